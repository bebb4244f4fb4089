//! How states of things are called here and in which tone, in one place for all pages.

use billing::attempt::AttemptState;
use billing::price::{Price, PriceMode};
use billing::refund::RefundState;
use billing::status::Status;
use billing::term::CauseKind;
use kit::{Length, Reader, Text, t};
use maud::Markup;
use media::remedy::is_of_platform;
use media::remote::{Door, LibraryKind};
use media::server::ServerState;
use media::share::{Share, ShareState, UserStage};
use outreach::LetterState;
use ui::Tone;

pub fn tone(tone: chronicle::Tone) -> Tone {
    match tone {
        chronicle::Tone::Info => Tone::Info,
        chronicle::Tone::Good => Tone::Good,
        chronicle::Tone::Warn => Tone::Warn,
        chronicle::Tone::Bad => Tone::Bad,
    }
}

pub fn status_tone(status: Status) -> Tone {
    match status {
        Status::Active | Status::Permanent => Tone::Good,
        Status::Trial | Status::Pending => Tone::Info,
        Status::PastDue | Status::Grace => Tone::Warn,
        Status::Suspended => Tone::Bad,
        Status::Paused | Status::Cancelled | Status::Expired => Tone::Neutral,
    }
}

pub fn status(reader: &Reader, status: Status) -> Markup {
    ui::badge(reader, status_tone(status), &status.text())
}

/// How access on one server stands.
pub fn share_state(share: &Share) -> (Tone, Text) {
    match share.state {
        ShareState::None => (Tone::Neutral, t!("Kept ready")),
        ShareState::BeingSetUp if share.needs_credentials() => {
            (Tone::Warn, t!("Waits for name and password"))
        }
        ShareState::BeingSetUp => (Tone::Warn, t!("Being set up")),
        _ if share.stage == UserStage::Gone => (Tone::Warn, t!("Left by themselves")),
        ShareState::Invited => (Tone::Warn, t!("Waits for acceptance")),
        ShareState::InPlace => (Tone::Good, t!("In place")),
        ShareState::Left => (Tone::Neutral, t!("Left")),
        ShareState::Removed => (Tone::Neutral, t!("Removed")),
    }
}

pub fn server_state(server: &media::server::Server) -> (Tone, Text) {
    let trouble = server.trouble.as_deref().unwrap_or_default();
    match server.state {
        _ if is_of_platform(trouble) => (Tone::Bad, t!("Account service in trouble")),
        ServerState::Unreachable => (Tone::Bad, t!("Unreachable")),
        ServerState::Refused => (Tone::Bad, t!("Refuses us")),
        ServerState::Replaced => (Tone::Bad, t!("Another server answers")),
        ServerState::Ok if server.enabled => (Tone::Good, t!("In sync")),
        ServerState::Ok => (Tone::Neutral, t!("Switched off")),
    }
}

pub fn door(door: Door) -> Text {
    match door {
        Door::Open => t!("Open"),
        Door::Withdrawn => t!("Withdrawn"),
        Door::Closed => t!("Disabled"),
    }
}

pub fn library_kind(kind: LibraryKind) -> Text {
    match kind {
        LibraryKind::Movies => t!("Films"),
        LibraryKind::Shows => t!("Series"),
        LibraryKind::Music => t!("Music"),
        LibraryKind::Books => t!("Books"),
        LibraryKind::Photos => t!("Photos"),
        LibraryKind::HomeVideos => t!("Home videos"),
        LibraryKind::MusicVideos => t!("Music videos"),
        LibraryKind::Collections => t!("Collections"),
        LibraryKind::Mixed => t!("Mixed"),
    }
}

pub fn letter_state(state: LetterState) -> (Tone, Text) {
    match state {
        LetterState::Waiting => (Tone::Info, t!("Waiting")),
        LetterState::Sent => (Tone::Good, t!("Sent")),
        LetterState::Failed => (Tone::Bad, t!("Failed")),
        LetterState::Withheld => (Tone::Neutral, t!("Switched off")),
    }
}

pub fn refund_state(state: RefundState) -> (Tone, Text) {
    match state {
        RefundState::Sending => (Tone::Info, t!("Being sent")),
        RefundState::Unknown => (Tone::Warn, t!("Being looked for")),
        RefundState::Pending => (Tone::Info, t!("On its way")),
        RefundState::Succeeded => (Tone::Good, t!("Refunded")),
        RefundState::Failed => (Tone::Bad, t!("Failed")),
    }
}

pub fn attempt_state(state: AttemptState) -> (Tone, Text) {
    match state {
        AttemptState::Sending => (Tone::Info, t!("Being sent")),
        AttemptState::Unknown => (Tone::Warn, t!("Being looked for")),
        AttemptState::Open => (Tone::Info, t!("Open")),
        AttemptState::Processing => (Tone::Info, t!("Money on its way")),
        AttemptState::AwaitingProof => (Tone::Warn, t!("Waits for you")),
        AttemptState::Settled => (Tone::Good, t!("Settled")),
        AttemptState::Expired => (Tone::Neutral, t!("Run out")),
        AttemptState::Failed => (Tone::Bad, t!("Failed")),
        AttemptState::Rejected => (Tone::Bad, t!("Rejected")),
    }
}

/// Why time was given.
pub fn cause(kind: CauseKind) -> Text {
    match kind {
        CauseKind::Payment => t!("A payment"),
        CauseKind::Trial => t!("A trial"),
        CauseKind::Gift => t!("A gift"),
        CauseKind::Referral => t!("A referral"),
        CauseKind::Credit => t!("A credit"),
        CauseKind::Compensation => t!("Compensation"),
        CauseKind::Import => t!("Taken over"),
        CauseKind::Staff => t!("Given by staff"),
    }
}

pub fn length(length: Length) -> Text {
    billing::events::length_text(length)
}

/// "15.00 EUR a month, renews by itself".
pub fn price(price: &Price) -> Text {
    let (amount, period) = (price.amount(), price.period_text());
    match price.mode {
        PriceMode::Prepaid => t!("{amount} {period}", amount = amount, period = period),
        PriceMode::Recurring => t!(
            "{amount} {period}, renews by itself",
            amount = amount,
            period = period
        ),
    }
}

/// A dash where there is no text.
pub fn or_nothing(reader: &Reader, text: Option<&str>) -> Markup {
    match text.filter(|text| !text.is_empty()) {
        Some(text) => maud::html! { (text) },
        None => ui::nothing(reader),
    }
}

/// A number that may have been cut off: "1,284" or "10,000+".
pub fn counted(reader: &Reader, counted: lists::standing::Counted) -> Markup {
    maud::html! { (ui::number(reader, counted.n)) @if counted.and_more { "+" } }
}
