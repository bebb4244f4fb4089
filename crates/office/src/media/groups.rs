//! Library groups of the operator's own: made, renamed, deleted.

use axum::extract::{Path, State};
use kit::id::{GroupId, Id};
use kit::t;
use maud::{Markup, html};
use media::group::{self, Group};
use ui::field;
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use crate::ask::ask;
use crate::menu;

/// What can be done with an own group.
pub fn acts(staff: &Staff, group: &Group) -> Markup {
    let href = format!("/office/libraries/groups/{}", group.id);
    html! {
        (ask(staff, &format!("rename-{}", group.id), t!("Rename…"), format!("{href}/rename"))
            .field(field::text("name", t!("Name")).value(&group.name).longest(60).required())
            .gently(t!("Rename it")))
        (ask(staff, &format!("delete-{}", group.id), t!("Delete…"), format!("{href}/remove"))
            .question(t!("Delete the group {group}?", group = group.name.as_str()))
            .sentence(t!("Only an empty group that no plan opens can be deleted."))
            .gravely(t!("Delete it")))
    }
}

/// `POST /office/libraries/groups`
pub async fn create(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let mut tx = site.db.begin(staff.actor()).await?;
    let group = group::create(&mut tx, form.text("name")).await?;
    tx.save().await?;
    Ok(Done::at(
        &site,
        menu::LIBRARIES,
        t!("The group {group} is there.", group = group.name),
    ))
}

/// `POST /office/libraries/groups/{id}/rename`
pub async fn rename(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let id = GroupId::parse(&id).ok_or(PageError::NotFound)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    group::rename(&mut tx, &id, form.text("name")).await?;
    tx.save().await?;
    Ok(Done::at(&site, menu::LIBRARIES, t!("Saved.")))
}

/// `POST /office/libraries/groups/{id}/remove`
pub async fn remove(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    _form: CheckedForm,
) -> PageResult {
    let id = GroupId::parse(&id).ok_or(PageError::NotFound)?;
    let mut tx = site.db.begin(staff.actor()).await?;
    flows::told_at_once::remove_group::remove(&mut tx, &id).await?;
    tx.save().await?;
    Ok(Done::at(&site, menu::LIBRARIES, t!("The group is gone.")))
}
