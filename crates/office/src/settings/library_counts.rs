//! Whether visitors see how much there is, and the words around it.

use axum::extract::State;
use flows::told_at_once::change_settings;
use kit::{FormErrors, t};
use media::counting::{self, CountSettings};
use ui::{Form, field};
use web::{CheckedForm, Done, PageResult, Posted, Site, Staff};

use super::site::page;

const HERE: &str = "/office/settings/library-counts";
const LONGEST: usize = 1_000;

/// `GET /office/settings/library-counts`
pub async fn show(staff: Staff, State(site): State<Site>) -> PageResult {
    let (now, version) = settings::load::<CountSettings>(&site.db).await?;
    let mut typed = Posted::default();
    typed.set("version", version.to_string());
    if now.shown {
        typed.set("shown", "on");
    }
    typed.set("before", now.before);
    typed.set("after", now.after);
    page(
        &site,
        &staff,
        HERE,
        form(&staff, &typed),
        &FormErrors::default(),
    )
    .await
}

fn form(staff: &Staff, typed: &Posted) -> Form {
    ui::form(HERE, &staff.csrf)
        .hidden("version", typed.text("version"))
        .field(
            field::tick("shown", t!("Show on the first page"), typed.ticked("shown")).hint(t!(
                "The servers are asked once a day, and when you read one. Servers that take no members and private libraries do not count; what lies on several servers counts on each."
            )),
        )
        .field(
            field::area("before", t!("Words before"))
                .value(typed.text("before"))
                .hint(t!("Below the heading «What you find here». Empty: nothing.")),
        )
        .field(field::area("after", t!("Words after")).value(typed.text("after")))
}

/// `POST /office/settings/library-counts`
pub async fn save(staff: Staff, State(site): State<Site>, posted: CheckedForm) -> PageResult {
    let mut errors = FormErrors::default();
    let mut text = |name: &str| {
        let typed = errors.keep(name, posted.optional(name, LONGEST));
        typed.flatten().unwrap_or_default()
    };
    let wanted = CountSettings {
        shown: posted.ticked("shown"),
        before: text("before"),
        after: text("after"),
    };
    if !errors.is_empty() {
        return page(&site, &staff, HERE, form(&staff, &posted), &errors).await;
    }
    let version = posted.text("version").parse().unwrap_or(0);
    let mut tx = site.db.begin(staff.actor()).await?;
    change_settings::save(&mut tx, &wanted, version).await?;
    if wanted.shown {
        counting::ask_all(&mut tx).await?;
    }
    tx.save().await?;
    Ok(Done::at(&site, HERE, t!("Saved.")))
}
