//! A free trial: nothing to pay, only the name for watching.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use billing::events::length_text;
use billing::trial;
use flows::told_at_once::trial as story;
use kit::id::{Id, PlanId};
use kit::{FormErrors, Length, Subject, Text, t};
use maud::html;
use media::credentials;
use people::member;
use web::{CheckedForm, Done, PageError, PageResult, Posted, SignedIn, Site, front_with};

use crate::billing::choosing::{self, Answers, Questions};
use crate::forms::{self, Wrong};
use crate::home::offer::{self, Offer};

/// Everything that the form is drawn from.
struct Scene {
    offer: Offer,
    length: Length,
    questions: Questions,
    /// Why this person cannot have it.
    refused: Option<Text>,
}

/// `GET /trial/{plan}`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(plan): Path<String>,
) -> PageResult {
    let Some(scene) = find(&site, &visitor, &plan).await? else {
        return Ok(Done::not_at(&site, "/plans", gone()));
    };
    draw(
        &site,
        &visitor,
        &scene,
        &Posted::default(),
        &Wrong::default(),
    )
    .await
}

/// `POST /trial/{plan}`
pub async fn start(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(plan): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let Some(scene) = find(&site, &visitor, &plan).await? else {
        return Ok(Done::not_at(&site, "/plans", gone()));
    };
    let mut errors = FormErrors::default();
    let answers = scene.questions.read(&form, &mut errors);
    if !errors.is_empty() {
        return draw(&site, &visitor, &scene, &form, &Wrong::fields(errors)).await;
    }
    match begin(&site, &visitor, &scene, answers).await {
        Ok(()) => Ok(Done::at(
            &site,
            "/account",
            t!("Your trial has begun. You can watch in a moment."),
        )),
        Err(came) => draw(&site, &visitor, &scene, &form, &came?).await,
    }
}

/// Starts it, and links a user that is theirs already; that can be tried again from My account.
async fn begin(
    site: &Site,
    visitor: &SignedIn,
    scene: &Scene,
    answers: Answers,
) -> Result<(), Result<Wrong, PageError>> {
    let account = &visitor.visit.account;
    let wish = story::Wish {
        location: answers.location.as_deref(),
        platform: answers.platform.as_deref(),
    };
    story::start(
        &site.tools,
        account,
        &scene.offer.plan.id,
        wish,
        &answers.media,
    )
    .await
    .map_err(forms::of_flow)?;
    let Some((name, password)) = answers.existing else {
        return Ok(());
    };
    let mine = lists::my_account::find(&site.db, &account.id, site.now())
        .await
        .map_err(|error| Err(error.into()))?;
    for mine in mine
        .shares
        .iter()
        .filter(|mine| mine.share.needs_credentials())
    {
        let servers = site.tools.servers();
        credentials::link_own(&servers, visitor.actor(), &mine.share.id, &name, &password)
            .await
            .map_err(forms::of_media)?;
    }
    Ok(())
}

async fn find(site: &Site, visitor: &SignedIn, plan: &str) -> Result<Option<Scene>, PageError> {
    let id = PlanId::parse(plan).ok_or(PageError::NotFound)?;
    let Some(offer) = offer::find(site, &id).await? else {
        return Ok(None);
    };
    let Some(length) = offer.trial else {
        return Ok(None);
    };
    let account = &visitor.visit.account;
    let questions = choosing::questions(site, account, &offer.entitlements, true).await?;
    // Who is no member yet can only have had a trial by their address.
    let subject = match member::find_by_account(&site.db, &account.id).await? {
        Some(member) => Subject::of(&member.id),
        None => Subject::of(&account.id),
    };
    let refused = trial::refusal(&site.db, &subject, Some(&account.email)).await?;
    Ok(Some(Scene {
        offer,
        length,
        questions,
        refused,
    }))
}

fn gone() -> Text {
    t!("There is no trial of this plan at the moment. Please choose among what is offered now.")
}

async fn draw(
    site: &Site,
    visitor: &SignedIn,
    scene: &Scene,
    typed: &Posted,
    wrong: &Wrong,
) -> PageResult {
    let reader = &visitor.reader;
    let plan = &scene.offer.plan;
    let length = length_text(scene.length);
    let form = ui::form(format!("/trial/{}", plan.id), &visitor.csrf).errors(&wrong.errors);
    let form = scene.questions.ask(form, typed);
    let form = form.submit(t!("Start the trial")).cancel("/plans");
    let body = html! {
        header.page-head {
            h1 { (reader.say(&t!("{plan}, {length} for free", plan = plan.version.name.clone(), length = length))) }
            p { (reader.say(&t!("Nothing has to be paid, and it ends by itself. Everybody can try once."))) }
        }
        (wrong.notice(reader))
        @match &scene.refused {
            Some(reason) => (ui::empty("gift", t!("You cannot start a trial")).sentence(reason.clone())
                .action(ui::link_button("/plans", t!("See the plans")).primary().render(reader)).render(reader)),
            None => (ui::card(t!("Before you begin")).render(reader, &form.render(reader))),
        }
    };
    let status = if scene.refused.is_some() {
        StatusCode::OK
    } else {
        wrong.status
    };
    front_with(
        site,
        &visitor.as_guest(),
        status,
        t!("Free trial"),
        "/plans",
        body,
    )
    .await
}
