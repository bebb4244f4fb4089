//! `notices` and `templates`: letters that were posted, and the texts that they are written from.

use kit::id::LetterId;
use kit::{FormErrors, Subject, t};
use outreach::{Letter, LetterFilter, LetterKind, LetterState, LetterText};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::problem::Problem;
use crate::sent::Nothing;
use crate::table::Table;
use crate::values::{Moment, Page, moment, wished};

const NOTICES: &str = "/api/v1/notices";
const TEMPLATES: &str = "/api/v1/templates";
const TEMPLATE: &str = "/api/v1/templates/{id}";

pub fn table() -> Table {
    let (see, send) = (Permission::LettersSee, Permission::LettersSend);
    let change = Permission::SettingsChange;
    Table::of("notices")
        .list(NOTICES, (see, "Lists letters, newest first"), list)
        .read("/api/v1/notices/{id}", (see, "Shows a letter"), show)
        .act(
            "/api/v1/notices/{id}/send-again",
            (send, "Has a letter sent again"),
            send_again,
        )
        .and(
            Table::of("templates")
                .list(TEMPLATES, (see, "Lists the texts of letters"), texts)
                .read(TEMPLATE, (see, "Shows the text of a letter"), text)
                .replace(
                    TEMPLATE,
                    (change, "Puts a text of your own in its place"),
                    save_text,
                )
                .remove(
                    TEMPLATE,
                    (change, "Goes back to the text that came with the house"),
                    reset_text,
                ),
        )
}

/// A letter. What it said is not kept word by word.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notice)]
struct LetterShown {
    id: String,
    kind: String,
    to_email: String,
    to_name: String,
    language: String,
    /// What it is about, by id.
    subject: String,
    /// `waiting`, `sent`, `failed` or `withheld`.
    state: String,
    title: Option<String>,
    /// Why it was not sent.
    reason: Option<String>,
    tries: i64,
    created_at: Moment,
    sent_at: Option<Moment>,
}

fn shown(call: &Call, letter: Letter) -> LetterShown {
    LetterShown {
        id: letter.id.to_string(),
        kind: letter.kind.word().to_owned(),
        to_email: letter.to_email.to_string(),
        to_name: letter.to_name,
        language: letter.language,
        subject: letter.subject.as_str().to_owned(),
        state: letter.state.word().to_owned(),
        title: letter.title,
        reason: call.say_maybe(letter.reason.as_ref()),
        tries: letter.tries,
        created_at: Moment(letter.created_at),
        sent_at: moment(letter.sent_at),
    }
}

/// The text of one kind of letter in one language.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Template)]
struct TextShown {
    id: String,
    kind: String,
    language: String,
    title: String,
    body: String,
    /// Whether letters of this kind are sent at all.
    is_enabled: bool,
    /// Names that the text may use.
    variables: Vec<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    state: Option<String>,
    /// The member or account that it is about.
    subject: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct TextFilter {
    /// `en` if absent.
    language: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TextSent {
    title: String,
    body: String,
    is_enabled: bool,
}

/// `GET /api/v1/notices`
async fn list(call: Call, filter: Filter) -> Answer<Page<LetterShown>> {
    let filter = LetterFilter {
        state: wished("state", filter.state.as_ref(), LetterState::parse)?,
        subject: filter.subject.as_deref().map(Subject::named),
    };
    let page = outreach::list(&call.site.db, &filter, &call.page).await?;
    Ok(Page::of(page, |letter| shown(&call, letter)))
}

/// `GET /api/v1/notices/{id}`
async fn show(call: Call) -> Answer<LetterShown> {
    one(&call, &call.id()?).await
}

async fn one(call: &Call, id: &LetterId) -> Answer<LetterShown> {
    let letter = found(outreach::find(&call.site.db, id).await?)?;
    Ok(shown(call, letter))
}

/// `POST /api/v1/notices/{id}/send-again`
async fn send_again(call: Call, _: Nothing) -> Answer<LetterShown> {
    let id: LetterId = call.id()?;
    one(&call, &id).await?;
    let mut tx = call.begin().await?;
    let is_ordered = outreach::send_again(&mut tx, &id).await?;
    tx.save().await?;
    if is_ordered {
        one(&call, &id).await
    } else {
        Err(Problem::conflict(t!(
            "This letter cannot be sent again now: it is still waiting."
        )))
    }
}

/// `welcome.de`: kind and language.
fn named(call: &Call) -> Answer<(LetterKind, String)> {
    let known = call.name().split_once('.').and_then(|(kind, language)| {
        let is_known = call.site.catalogues.codes().any(|code| code == language);
        let kind = LetterKind::parse(kind)?;
        is_known.then(|| (kind, language.to_owned()))
    });
    found(known)
}

async fn text_of(call: &Call, kind: LetterKind, language: &str) -> Answer<TextShown> {
    let text = outreach::text_for(&call.site.db, kind, language).await?;
    Ok(TextShown {
        id: format!("{}.{language}", kind.word()),
        kind: kind.word().to_owned(),
        language: language.to_owned(),
        title: text.title,
        body: text.body,
        is_enabled: text.is_enabled,
        variables: kind
            .variables()
            .map(|variable| variable.name.to_owned())
            .collect(),
    })
}

/// `GET /api/v1/templates`
async fn texts(call: Call, filter: TextFilter) -> Answer<Page<TextShown>> {
    let language = filter.language.unwrap_or_else(|| "en".to_owned());
    if !call.site.catalogues.codes().any(|code| code == language) {
        let unknown = kit::FieldError::UnknownId.text();
        return Err(FormErrors::one("language", unknown).into());
    }
    let mut all = Vec::new();
    for kind in LetterKind::ALL {
        all.push(text_of(&call, *kind, &language).await?);
    }
    let id = |text: &TextShown| text.id.clone();
    Ok(Page::whole(&call.page, all, id, |text| text))
}

/// `GET /api/v1/templates/{id}`
async fn text(call: Call) -> Answer<TextShown> {
    let (kind, language) = named(&call)?;
    text_of(&call, kind, &language).await
}

/// `PUT /api/v1/templates/{id}`
async fn save_text(call: Call, sent: TextSent) -> Answer<TextShown> {
    let (kind, language) = named(&call)?;
    let text = LetterText {
        title: sent.title,
        body: sent.body,
        is_enabled: sent.is_enabled,
    };
    let mut tx = call.begin().await?;
    outreach::save_text(&mut tx, kind, &language, &text).await?;
    tx.save().await?;
    text_of(&call, kind, &language).await
}

/// `DELETE /api/v1/templates/{id}`
async fn reset_text(call: Call) -> Answer<()> {
    let (kind, language) = named(&call)?;
    let mut tx = call.begin().await?;
    outreach::reset_text(&mut tx, kind, &language).await?;
    Ok(tx.save().await?)
}
