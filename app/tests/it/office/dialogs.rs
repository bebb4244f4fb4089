//! What is asked over a page and cannot be used is asked again: the form, the sentence, and what was typed.

use testkit::engines;

use super::{Desk, action};
use crate::support::Page;

/// What is typed into a dialog, and what must be wrong with it.
struct Slip {
    /// The page with the dialog, and how the address of its form ends.
    page: String,
    form: &'static str,
    typed: Vec<(&'static str, String)>,
    /// The field that is wrong.
    at: &'static str,
    says: &'static str,
}

impl Slip {
    fn new(page: &str, form: &'static str, typed: &[(&'static str, &str)]) -> Self {
        let typed = typed.iter().map(|(name, text)| (*name, (*text).to_owned()));
        Self {
            page: page.to_owned(),
            form,
            typed: typed.collect(),
            at: "",
            says: "",
        }
    }

    fn wrong(self, at: &'static str, says: &'static str) -> Self {
        Self { at, says, ..self }
    }
}

/// What the answer lacks of a form that was drawn again.
fn lacks(page: &Page, action: &str, slip: &Slip) -> Vec<String> {
    let mut lacks = Vec::new();
    if page.status != 422 {
        lacks.push(format!("answered {}", page.status));
    }
    let Some(form) = form_of(&page.body, action) else {
        lacks.push("no form".to_owned());
        return lacks;
    };
    for (name, text) in &slip.typed {
        let is_kept = form.contains(&format!("value=\"{text}\""));
        if !text.is_empty() && *name != "password" && !is_kept {
            lacks.push(format!("forgot {name} {text:?}"));
        }
    }
    if !form.contains(slip.says) {
        lacks.push(format!("does not say {:?}", slip.says));
    }
    let marked = format!("-{}-error\"", slip.at);
    if !slip.at.is_empty() && !form.contains(&marked) {
        lacks.push(format!("nothing stands at {}", slip.at));
    }
    lacks
}

fn form_of<'a>(body: &'a str, action: &str) -> Option<&'a str> {
    let forms = body.split("<form").skip(1);
    let mut forms = forms.filter_map(|part| part.split("</form>").next());
    forms.find(|form| form.contains(&format!(" action=\"{action}\"")))
}

async fn try_all(desk: &mut Desk, slips: Vec<Slip>) {
    let mut wrong = Vec::new();
    for slip in slips {
        let page = desk.browser.get(&slip.page).await;
        let action = action(&page.body, slip.form);
        let typed: Vec<(&str, &str)> = slip
            .typed
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        let answer = desk.browser.post(&action, &typed).await;
        for word in lacks(&answer, &action, &slip) {
            wrong.push(format!("{action}: {word}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const REQUIRED: &str = "Please fill this in.";
const WHY: &str = "The outage of last week";

fn about_a_member(page: &str) -> Vec<Slip> {
    let plan = format!("{page}/plan");
    vec![
        Slip::new(page, "/grants", &[("days", "many"), ("reason", WHY)])
            .wrong("days", "whole number from 1 to"),
        Slip::new(page, "/grants", &[("days", ""), ("reason", WHY)])
            .wrong("days", "Please say how many days."),
        Slip::new(page, "/grants", &[("days", "7"), ("reason", "")]).wrong("reason", REQUIRED),
        Slip::new(page, "/revoke", &[("reason", "")]).wrong("reason", REQUIRED),
        Slip::new(page, "/holds", &[("until", "2001-02-03"), ("reason", WHY)])
            .wrong("until", "This day is over."),
        Slip::new(page, "/permanent", &[("reason", " ")]).wrong("reason", REQUIRED),
        Slip::new(page, "/cancel", &[("when", "now"), ("reason", "")]).wrong("reason", REQUIRED),
        Slip::new(page, "/password", &[("password", "abc")]).wrong("password", ""),
        Slip::new(&plan, "/plan", &[("plan", "gone"), ("reason", WHY)]).wrong("plan", ""),
    ]
}

/// Checklist: C04
#[tokio::test]
async fn what_is_asked_about_a_member_keeps_what_was_typed() {
    for engine in engines().await {
        let mut desk = Desk::open(&engine).await;
        let page = format!("/office/members/{}", desk.member("Mara").await);
        let mut slips = about_a_member(&page);
        // The plan is chosen from a list: what is not on it cannot be kept.
        slips.last_mut().unwrap().typed[0].1 = String::new();
        try_all(&mut desk, slips).await;
        let reason = [("days", "7"), ("reason", WHY)];
        let given = desk.browser.post(&format!("{page}/grants"), &reason).await;
        assert_eq!(given.status, 303, "and with the days it is done");
    }
}

#[tokio::test]
async fn a_hold_is_lifted_only_with_a_reason() {
    let engine = engines().await.remove(0);
    let mut desk = Desk::open(&engine).await;
    let page = format!("/office/members/{}", desk.member("Mara").await);
    let held = [("reason", WHY)];
    desk.browser.post(&format!("{page}/holds"), &held).await;
    let lift = Slip::new(&page, "/lift", &[("reason", "")]).wrong("reason", REQUIRED);
    try_all(&mut desk, vec![lift]).await;
}

async fn payment_by_hand(desk: &mut Desk) -> String {
    let member = desk.member("Mara").await.to_string();
    let price = desk.shop.month.to_string();
    let today = kit::Zone::utc().civil(desk.site.world.now()).date();
    let typed = [
        ("member", member.as_str()),
        ("price", &price),
        ("paid_on", &today.to_string()),
        ("sequence", "1"),
    ];
    let entered = desk.browser.post("/office/payments/new", &typed).await;
    assert_eq!(entered.status, 303, "{}", entered.body);
    entered.location().to_owned()
}

#[tokio::test]
async fn what_is_asked_about_a_payment_keeps_what_was_typed() {
    let engine = engines().await.remove(0);
    let mut desk = Desk::open(&engine).await;
    let by_hand = payment_by_hand(&mut desk).await;
    let refund = format!("{by_hand}/refund");
    let too_much = [("amount", "99999.00"), ("term", "keep"), ("reason", WHY)];
    let slips = vec![
        Slip::new(&by_hand, "/void", &[("reason", "")]).wrong("reason", REQUIRED),
        Slip::new(&refund, "/refund", &too_much).wrong("amount", ""),
    ];
    try_all(&mut desk, slips).await;
    let unknown = [("member", "nobody"), ("price", ""), ("reason", WHY)];
    let assign = format!("{by_hand}/assign");
    let answer = desk.browser.post(&assign, &unknown).await;
    let slip = Slip::new(&by_hand, "/assign", &unknown).wrong("member", "");
    assert_eq!(lacks(&answer, &assign, &slip), Vec::<String>::new());
}

#[tokio::test]
async fn the_yes_and_no_to_a_transfer_keep_what_was_typed() {
    let engine = engines().await.remove(0);
    let mut desk = Desk::open(&engine).await;
    let page = format!(
        "/office/payments/attempts/{}",
        desk.begin_by_hand("Noah").await
    );
    let slips = vec![
        Slip::new(&page, "/approve", &[("amount", "-5"), ("note", WHY)]).wrong("amount", ""),
        Slip::new(&page, "/reject", &[("reason", "")]).wrong("reason", REQUIRED),
    ];
    try_all(&mut desk, slips).await;
}

#[tokio::test]
async fn what_is_asked_about_groups_and_closed_lines_keeps_what_was_typed() {
    let engine = engines().await.remove(0);
    let mut desk = Desk::open(&engine).await;
    desk.want("server_down/x", "The server is away").await;
    desk.site.add_small_plan(&desk.shop).await;
    let long = "x".repeat(301);
    let slips = vec![
        Slip::new("/office", "/close", &[("note", &long)]).wrong("note", "300"),
        Slip::new("/office/libraries", "/groups", &[("name", &long)]).wrong("name", ""),
        Slip::new("/office/libraries", "/rename", &[("name", &long)]).wrong("name", ""),
        // Nothing was typed; the sentence says why it stays.
        Slip::new("/office/libraries", "/remove", &[]),
    ];
    try_all(&mut desk, slips).await;
}

#[tokio::test]
async fn rights_that_are_not_ones_own_to_give_are_refused_in_the_form() {
    let engine = engines().await.remove(0);
    let mut desk = Desk::open(&engine).await;
    let mara = desk.site.account("Mara").await;
    let page = format!("/office/accounts/{}", mara.id);
    let typed = [("level", "administrator"), ("role", "")];
    let slip = Slip::new(&page, "/standing", &typed).wrong("role", "");
    let action = format!("{page}/standing");
    let answer = desk.browser.post(&action, &typed).await;
    assert_eq!(lacks(&answer, &action, &slip), Vec::<String>::new());
}
