//! The kinds of letters, and what their texts may speak of.

use kit::stored::stored_words;
use kit::{Text, t};

stored_words! {
    /// What a letter is for.
    pub enum LetterKind {
        ConfirmAddress = "confirm_address",
        AlreadyRegistered = "already_registered",
        ResetPassword = "reset_password",
        SignInLink = "sign_in_link",
        Welcome = "welcome",
        WelcomeByAccount = "welcome_by_account",
        ChooseMediaPassword = "choose_media_password",
        ConnectAccount = "connect_account",
        GiveAccount = "give_account",
        Invitation = "invitation",
        InvitationWaiting = "invitation_waiting",
        GiveOtherAccount = "give_other_account",
        PaymentReceived = "payment_received",
        PaymentFailed = "payment_failed",
        ProofRejected = "proof_rejected",
        ExpiringSoon = "expiring_soon",
        Suspended = "suspended",
        Restored = "restored",
        Cancelled = "cancelled",
        PaidNotLetIn = "paid_not_let_in",
        ServerUnreachable = "server_unreachable",
        ServerBack = "server_back",
        OwnerSignedOut = "owner_signed_out",
        OwnerBack = "owner_back",
        MoveDone = "move_done",
        MoveUndone = "move_undone",
        MailTest = "mail_test",
    }
}

/// A variable that a text may use, with an example for the preview.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    pub name: &'static str,
    pub example: &'static str,
}

const fn variable(name: &'static str, example: &'static str) -> Variable {
    Variable { name, example }
}

/// In every letter.
const COMMON: &[Variable] = &[
    variable("site", "Northern Lights"),
    variable("site_url", "https://lights.example"),
    variable("name", "Mara Okafor"),
];

const LINK: Variable = variable("link", "https://lights.example/a-link-that-works-once");
const PLAN: Variable = variable("plan", "Family");
const UNTIL: Variable = variable("until", "22 December 2026");
const REASON: Variable = variable("reason", "The server did not answer in time.");
const SERVER: Variable = variable("server", "Aurora");
const ACCOUNT: Variable = variable("account", "orla");
const PLATFORM: Variable = variable("platform", "Plex");
const ADDRESS: Variable = variable("address", "https://aurora.lights.example");
const USER_NAME: Variable = variable("user_name", "mara");
const AMOUNT: Variable = variable("amount", "12.00 EUR");
const RECEIPT: Variable = variable("receipt", "2026-0042");
const DAYS: Variable = variable("days", "3");
const MEMBER: Variable = variable("member", "Jonas Weber");
const SOURCE: Variable = variable("source", "Aurora");
const TARGET: Variable = variable("target", "Borealis");
const MOVED: Variable = variable("moved", "118");
const ALREADY: Variable = variable("already", "3");
const WAITS: Variable = variable("waits", "7");
const FAILED: Variable = variable("failed", "1");
const LEFT_OUT: Variable = variable("left_out", "2");
const RETURNED: Variable = variable("returned", "118");
const NAMES: Variable = variable("names", "- Jonas Weber: The server did not answer in time.");
const SINCE: Variable = variable("since", "13:52");

impl LetterKind {
    /// For whom it is and when it is sent, for the settings page.
    pub fn title(self) -> Text {
        match self {
            Self::ConfirmAddress => t!("Confirm your address"),
            Self::AlreadyRegistered => t!("Somebody registered with an address that is known"),
            Self::ResetPassword => t!("Set a new password"),
            Self::SignInLink => t!("One-time sign-in link"),
            Self::Welcome => t!("Welcome, and how to watch"),
            Self::WelcomeByAccount => {
                t!("Welcome, and how to watch with an account of the platform")
            }
            Self::ChooseMediaPassword => t!("Choose a name and password for watching"),
            Self::ConnectAccount => t!("Sign in with the platform's account to be invited"),
            Self::GiveAccount => t!("The server asks for an account of its platform"),
            Self::Invitation => t!("You are invited"),
            Self::InvitationWaiting => t!("An invitation waits to be accepted"),
            Self::GiveOtherAccount => t!("Another account of the platform is needed"),
            Self::PaymentReceived => t!("Payment received"),
            Self::PaymentFailed => t!("Payment failed"),
            Self::ProofRejected => t!("Proof of payment rejected"),
            Self::ExpiringSoon => t!("Membership ends soon"),
            Self::Suspended => t!("Membership suspended"),
            Self::Restored => t!("Membership restored"),
            Self::Cancelled => t!("Membership cancelled"),
            Self::PaidNotLetIn => t!("To you: paid, but not let in"),
            Self::ServerUnreachable => t!("To you: server unreachable"),
            Self::ServerBack => t!("To you: server back"),
            Self::OwnerSignedOut => t!("To you: owner account signed out"),
            Self::OwnerBack => t!("To you: owner account signed in again"),
            Self::MoveDone => t!("To you: members moved to another server"),
            Self::MoveUndone => t!("To you: a move was taken back"),
            Self::MailTest => t!("Test letter"),
        }
    }

    /// Whether it goes to the operator.
    pub fn is_for_operator(self) -> bool {
        matches!(
            self,
            Self::PaidNotLetIn
                | Self::ServerUnreachable
                | Self::ServerBack
                | Self::OwnerSignedOut
                | Self::OwnerBack
                | Self::MoveDone
                | Self::MoveUndone
                | Self::MailTest
        )
    }

    /// What its texts may speak of besides [`LetterKind::common`].
    pub fn own_variables(self) -> &'static [Variable] {
        match self {
            Self::ConfirmAddress
            | Self::AlreadyRegistered
            | Self::ResetPassword
            | Self::SignInLink => &[LINK],
            Self::Welcome | Self::WelcomeByAccount => {
                &[PLAN, SERVER, UNTIL, PLATFORM, ADDRESS, USER_NAME, LINK]
            }
            Self::ChooseMediaPassword => &[SERVER, LINK],
            Self::ConnectAccount | Self::GiveAccount => &[SERVER, PLATFORM, LINK],
            Self::InvitationWaiting => &[SERVER, PLATFORM, USER_NAME, LINK],
            Self::GiveOtherAccount => &[PLATFORM, REASON, LINK],
            Self::PaymentReceived => &[PLAN, AMOUNT, RECEIPT, UNTIL, LINK],
            Self::PaymentFailed | Self::ProofRejected => &[PLAN, AMOUNT, REASON, LINK],
            Self::ExpiringSoon => &[PLAN, UNTIL, DAYS, LINK],
            Self::Suspended => &[PLAN, REASON, LINK],
            Self::Invitation | Self::Restored | Self::Cancelled => &[PLAN, UNTIL, LINK],
            Self::PaidNotLetIn => &[MEMBER, PLAN, REASON, LINK],
            Self::ServerUnreachable => &[SERVER, REASON, SINCE, LINK],
            Self::ServerBack => &[SERVER, SINCE, LINK],
            Self::OwnerSignedOut => &[ACCOUNT, REASON, LINK],
            Self::OwnerBack => &[ACCOUNT, LINK],
            Self::MoveDone => &[
                SOURCE, TARGET, MOVED, ALREADY, WAITS, FAILED, LEFT_OUT, NAMES, LINK,
            ],
            Self::MoveUndone => &[SOURCE, TARGET, RETURNED, WAITS, FAILED, NAMES, LINK],
            Self::MailTest => &[],
        }
    }

    /// What every text may speak of.
    pub fn common() -> &'static [Variable] {
        COMMON
    }

    /// All variables of this kind with their examples.
    pub fn variables(self) -> impl Iterator<Item = Variable> {
        COMMON.iter().chain(self.own_variables()).copied()
    }
}
