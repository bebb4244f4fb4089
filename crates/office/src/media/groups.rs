//! Library groups of the operator's own: made, renamed, deleted.

use axum::extract::{Path, State};
use kit::id::{GroupId, Id};
use kit::t;
use maud::{Markup, html};
use media::group::{self, Group};
use ui::field;
use web::{CheckedForm, Done, PageError, PageResult, Site, Staff};

use crate::ask::{Ask, Here, ask};
use crate::menu;

/// What can be done with an own group.
pub fn acts(staff: &Staff, group: &Group) -> Markup {
    html! {
        (new_name(staff, group))
        (deletion(staff, group))
    }
}

fn here() -> Here {
    Here::new(menu::LIBRARIES, t!("Libraries"), menu::LIBRARIES)
}

fn action(group: &Group, act: &str) -> String {
    format!("/office/libraries/groups/{}/{act}", group.id)
}

/// Asks for the name of a new group.
pub fn new_group(staff: &Staff) -> Ask<'_> {
    ask(
        staff,
        "new-group",
        t!("New group…"),
        "/office/libraries/groups",
    )
    .question(t!("New group"))
    .field(field::text("name", t!("Name")).longest(60).required())
    .gently(t!("Make the group"))
}

fn new_name<'a>(staff: &'a Staff, group: &Group) -> Ask<'a> {
    let name = field::text("name", t!("Name")).value(&group.name);
    let id = format!("rename-{}", group.id);
    ask(staff, &id, t!("Rename…"), action(group, "rename"))
        .question(t!("Rename {group}", group = group.name.as_str()))
        .field(name.longest(60).required())
        .gently(t!("Rename it"))
}

fn deletion<'a>(staff: &'a Staff, group: &Group) -> Ask<'a> {
    let id = format!("delete-{}", group.id);
    ask(staff, &id, t!("Delete…"), action(group, "remove"))
        .question(t!("Delete the group {group}?", group = group.name.as_str()))
        .sentence(t!("Only an empty group that no plan opens can be deleted."))
        .gravely(t!("Delete it"))
}

async fn own(site: &Site, id: &str) -> Result<Group, PageError> {
    let id = GroupId::parse(id).ok_or(PageError::NotFound)?;
    let groups = group::list(&site.db).await?;
    let found = groups.into_iter().find(|group| group.id == id);
    found.ok_or(PageError::NotFound)
}

/// `POST /office/libraries/groups`
pub async fn create(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    let done = make(&site, &staff, form.text("name")).await;
    new_group(&staff).answer(&site, &here(), &form, done).await
}

async fn make(site: &Site, staff: &Staff, name: &str) -> PageResult {
    let mut tx = site.db.begin(staff.actor()).await?;
    let group = group::create(&mut tx, name).await?;
    tx.save().await?;
    Ok(Done::at(
        site,
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
    let group = own(&site, &id).await?;
    let done = call(&site, &staff, &group, form.text("name")).await;
    new_name(&staff, &group)
        .answer(&site, &here(), &form, done)
        .await
}

async fn call(site: &Site, staff: &Staff, group: &Group, name: &str) -> PageResult {
    let mut tx = site.db.begin(staff.actor()).await?;
    group::rename(&mut tx, &group.id, name).await?;
    tx.save().await?;
    Ok(Done::at(site, menu::LIBRARIES, t!("Saved.")))
}

/// `POST /office/libraries/groups/{id}/remove`
pub async fn remove(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let group = own(&site, &id).await?;
    let done = delete(&site, &staff, &group).await;
    deletion(&staff, &group)
        .answer(&site, &here(), &form, done)
        .await
}

async fn delete(site: &Site, staff: &Staff, group: &Group) -> PageResult {
    let mut tx = site.db.begin(staff.actor()).await?;
    flows::told_at_once::remove_group::remove(&mut tx, &group.id).await?;
    tx.save().await?;
    Ok(Done::at(site, menu::LIBRARIES, t!("The group is gone.")))
}
