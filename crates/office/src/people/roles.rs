//! Roles: named sets of permissions for staff.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use kit::id::{Id, RoleId};
use kit::{FormErrors, Text, t};
use maud::{Markup, Render, html};
use people::PeopleError;
use people::role::{self, Permission, Permissions, Role, RoleForm};
use ui::{Tone, field};
use web::{CheckedForm, Done, PageError, PageResult, Posted, Site, Staff};

use crate::ask::{Ask, Here, ask};
use crate::{desk, menu};

/// `GET /office/roles`
pub async fn list(staff: Staff, State(site): State<Site>) -> PageResult {
    let roles = role::list(&site.db).await?;
    let body = table(&staff, &roles);
    let mut parts = desk::parts(t!("Roles"), menu::ROLES);
    parts.intro = Some(t!(
        "What staff may do. A change counts at their next click."
    ));
    if staff.may(Permission::RolesChange) {
        let new = ui::link_button("/office/roles/new", t!("New role"))
            .primary()
            .icon("plus");
        parts.actions = Some(new.render(&staff.reader));
    }
    desk::page(&site, &staff, parts, body).await
}

fn table(staff: &Staff, roles: &[Role]) -> Markup {
    let reader = &staff.reader;
    ui::table("roles")
        .caption(t!("Roles"))
        .column(t!("Role"), |row: &Role| {
            html! {
                (row.name)
                @if row.built_in { " " (ui::badge(reader, Tone::Neutral, &t!("Built in"))) }
            }
        })
        .column(t!("May"), |row| html! { (reader.say(&summary(row))) })
        .column(t!("Who has it"), |row| {
            ui::link(
                &format!("/office/accounts?role={}", row.id),
                &reader.say(&t!("See who")),
            )
        })
        .row_link(|row| format!("/office/roles/{}", row.id))
        .render_rows(reader, roles)
}

fn summary(role: &Role) -> Text {
    let n = role.grants().iter().count();
    match n {
        0 => t!("Nothing in the office"),
        n if n == Permission::ALL.len() => t!("Everything"),
        n => Text::counted(
            i64::try_from(n).unwrap_or(i64::MAX),
            "One thing",
            "{n} things",
        ),
    }
}

fn form_of(posted: &Posted) -> RoleForm {
    RoleForm {
        name: posted.text("name").to_owned(),
        permissions: posted
            .all("may")
            .iter()
            .filter_map(|word| Permission::parse(word))
            .collect(),
    }
}

async fn draw(
    site: &Site,
    staff: &Staff,
    role: Option<&Role>,
    wanted: &RoleForm,
    errors: &FormErrors,
) -> PageResult {
    let reader = &staff.reader;
    let is_fixed = role.is_some_and(|role| role.built_in) || !staff.may(Permission::RolesChange);
    let action = role.map_or_else(
        || "/office/roles/new".to_owned(),
        |role| format!("/office/roles/{}", role.id),
    );
    let chosen = wanted
        .permissions
        .iter()
        .map(|permission| permission.word().to_owned())
        .collect();
    let ticks = Permission::ALL.iter().fold(
        field::ticks("may", t!("May"), chosen),
        |field, permission| field.option(permission.word(), permission.text()),
    );
    let name = field::text("name", t!("Name"))
        .value(&wanted.name)
        .longest(60)
        .required();
    let version = role.map_or(0, |role| role.version);
    let form = ui::form(action, &staff.csrf).errors(errors);
    let form = if is_fixed {
        form.field(name.fixed()).field(ticks.fixed())
    } else {
        form.field(name)
            .field(ticks)
            .hidden("version", version.to_string())
            .submit(t!("Save"))
            .cancel(menu::ROLES)
    };
    let title = role.map_or_else(|| t!("New role"), |role| Text::verbatim(role.name.clone()));
    let mut parts = desk::below(title, t!("Roles"), menu::ROLES);
    parts.status = (!errors.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
    if is_fixed && role.is_some_and(|role| role.built_in) {
        parts.intro = Some(t!("This role is built in and stays as it is."));
    }
    if let Some(role) = role.filter(|_| !is_fixed) {
        parts.actions = Some(deletion(staff, role).render());
    }
    desk::page(site, staff, parts, form.render(reader)).await
}

fn deletion<'a>(staff: &'a Staff, role: &Role) -> Ask<'a> {
    let action = format!("/office/roles/{}/remove", role.id);
    ask(staff, "remove-role", t!("Delete…"), action)
        .question(t!("Delete the role {role}?", role = role.name.as_str()))
        .sentence(t!("Only a role that nobody has can be deleted."))
        .gravely(t!("Delete it"))
}

async fn found(site: &Site, id: &str) -> Result<Role, PageError> {
    let id = RoleId::parse(id).ok_or(PageError::NotFound)?;
    role::find(&site.db, &id).await?.ok_or(PageError::NotFound)
}

/// `GET /office/roles/new`
pub async fn new(staff: Staff, State(site): State<Site>) -> PageResult {
    let empty = RoleForm {
        name: String::new(),
        permissions: Permissions::default(),
    };
    draw(&site, &staff, None, &empty, &FormErrors::default()).await
}

/// `GET /office/roles/{id}`
pub async fn show(staff: Staff, State(site): State<Site>, Path(id): Path<String>) -> PageResult {
    let role = found(&site, &id).await?;
    let wanted = RoleForm {
        name: role.name.clone(),
        permissions: role.grants(),
    };
    draw(&site, &staff, Some(&role), &wanted, &FormErrors::default()).await
}

/// Nobody makes a role that may more than they do.
fn more_than_own(staff: &Staff, permissions: &Permissions) -> Option<FormErrors> {
    let is_within = staff.visit.permissions.contains_all(permissions);
    (!is_within).then(|| {
        let words =
            t!("A role of yours cannot do more than you. Choose only what you may do yourself.");
        FormErrors::one("permissions", words)
    })
}

/// `POST /office/roles/new`
pub async fn create(staff: Staff, State(site): State<Site>, form: CheckedForm) -> PageResult {
    staff.fresh(&site)?;
    let wanted = form_of(&form);
    if let Some(errors) = more_than_own(&staff, &wanted.permissions) {
        return draw(&site, &staff, None, &wanted, &errors).await;
    }
    let mut tx = site.db.begin(staff.actor()).await?;
    match role::create(&mut tx, &wanted).await {
        Ok(_) => tx.save().await?,
        Err(PeopleError::Form(errors)) => {
            drop(tx);
            return draw(&site, &staff, None, &wanted, &errors).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Done::at(
        &site,
        menu::ROLES,
        t!("The role {role} is there.", role = wanted.name),
    ))
}

/// `POST /office/roles/{id}`
pub async fn save(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let role = found(&site, &id).await?;
    let wanted = form_of(&form);
    let own = more_than_own(&staff, &wanted.permissions);
    if let Some(errors) = own.or_else(|| more_than_own(&staff, &role.grants())) {
        return draw(&site, &staff, Some(&role), &wanted, &errors).await;
    }
    let version = form.text("version").parse().unwrap_or(0);
    let mut tx = site.db.begin(staff.actor()).await?;
    match role::change(&mut tx, &role.id, version, &wanted).await {
        Ok(()) => tx.save().await?,
        Err(PeopleError::Form(errors)) => {
            drop(tx);
            return draw(&site, &staff, Some(&role), &wanted, &errors).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Done::at(
        &site,
        menu::ROLES,
        t!("Saved. It counts at once."),
    ))
}

/// `POST /office/roles/{id}/remove`
pub async fn remove(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    staff.fresh(&site)?;
    let role = found(&site, &id).await?;
    let done = delete(&site, &staff, &role).await;
    let name = Text::verbatim(role.name.clone());
    let here = Here::new(menu::ROLES, name, format!("/office/roles/{}", role.id));
    deletion(&staff, &role)
        .answer(&site, &here, &form, done)
        .await
}

async fn delete(site: &Site, staff: &Staff, role: &Role) -> PageResult {
    let mut tx = site.db.begin(staff.actor()).await?;
    role::remove(&mut tx, &role.id).await?;
    tx.save().await?;
    Ok(Done::at(site, menu::ROLES, t!("The role is gone.")))
}
