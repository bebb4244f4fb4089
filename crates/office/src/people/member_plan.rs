//! Another plan for a member: the newest version of the one that is chosen, the time stays.

use axum::extract::{Path, State};
use billing::subscription;
use kit::id::PlanId;
use kit::{FormErrors, t};
use ui::field;
use web::{CheckedForm, PageError, PageResult, Posted, Site, Staff};

use super::member::Known;
use super::member_acts::{done, living};
use super::member_new::plan_field;
use crate::ask::Sheet;
use crate::typed;

/// `POST /office/members/{id}/plan`
pub async fn change_plan(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    let done = move_to(&site, &staff, &known, &form).await;
    plan_sheet(&site, &staff, &known)
        .await?
        .answer(&site, &staff, &known.here(), &form, done)
        .await
}

async fn move_to(site: &Site, staff: &Staff, known: &Known, form: &Posted) -> PageResult {
    let subscription = living(known)?;
    let mut errors = FormErrors::default();
    let plan: Option<PlanId> = errors.keep("plan", typed::id(form, "plan"));
    let reason = typed::reason(form, &mut errors);
    let Some(plan) = plan.filter(|_| errors.is_empty()) else {
        return Err(errors.into());
    };
    let plan = billing::plan::find(&site.db, &plan)
        .await?
        .ok_or(PageError::NotFound)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    subscription::change_plan(&mut tx, &subscription, &plan.version.id, Some(&reason)).await?;
    tx.save().await?;
    let words = t!(
        "They are on {plan} now. The time they have stays.",
        plan = plan.version.name
    );
    Ok(done(site, known, words))
}

/// `GET /office/members/{id}/plan`
pub async fn plan_form(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    plan_sheet(&site, &staff, &known)
        .await?
        .draw(&site, &staff, &known.here(), None)
        .await
}

async fn plan_sheet(site: &Site, staff: &Staff, known: &Known) -> Result<Sheet, PageError> {
    let plans = billing::plan::list(&site.db).await?;
    let mut typed = Posted::default();
    if let Some(standing) = &known.standing {
        typed.set("plan", standing.plan.plan_id.as_str());
    }
    let plan = plan_field(&plans, &typed).hint(t!(
        "They get its newest version. The time they have stays; nothing is charged or refunded."
    ));
    let form = ui::form(known.href("plan"), &staff.csrf)
        .field(plan)
        .field(field::text("reason", t!("Reason")).longest(500).required())
        .submit(t!("Change the plan"))
        .cancel(known.here().href);
    Ok(Sheet {
        title: t!("Change the plan"),
        intro: None,
        form,
    })
}
