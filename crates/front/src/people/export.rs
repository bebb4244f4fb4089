//! Everything that the house knows about somebody, in one file, for them.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use billing::privacy;
use kit::Subject;
use lists::my_account::{self, MyPayment, Owners};
use media::{keeping, viewing};
use people::{member, person};
use serde_json::{Value, json};
use web::{PageError, PageResult, SignedIn, Site};

/// More payments than that are asked for from the operator.
const MOST_PAGES: usize = 100;

/// `GET /account/export`
pub async fn download(visitor: SignedIn, State(site): State<Site>) -> PageResult {
    let account = &visitor.visit.account;
    let person = person::export_of(&site.db, &account.id, site.now()).await?;
    let letters = outreach::export_of(&site.db, &account.email).await?;
    let letters: Vec<Value> = letters.iter().map(letter).collect();
    let all = json!({
        "account": value(&person)?,
        "memberships": memberships(&site, &visitor).await?,
        "payments": payments(&site, &visitor).await?,
        "letters": letters,
    });
    let text = serde_json::to_string_pretty(&all).map_err(|error| PageError::broken(&error))?;
    let kind = HeaderValue::from_static("application/json");
    let name = HeaderValue::from_static("attachment; filename=\"my-data.json\"");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

async fn memberships(site: &Site, visitor: &SignedIn) -> Result<Value, PageError> {
    let Some(member) = member::find_by_account(&site.db, &visitor.visit.account.id).await? else {
        return Ok(json!([]));
    };
    let time = privacy::export_of(&site.db, &Subject::of(&member.id), site.now()).await?;
    let servers = keeping::export_of(&site.db, &member.id).await?;
    let viewing = viewing::keeping::export_of(&site.db, &member.id).await?;
    Ok(json!({ "time": value(&time)?, "servers": value(&servers)?, "viewing": value(&viewing)? }))
}

async fn payments(site: &Site, visitor: &SignedIn) -> Result<Vec<Value>, PageError> {
    let owners = Owners::of(&site.db, &visitor.visit.account.id).await?;
    let (mut all, mut last) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let page = my_account::payments(&site.db, &owners, last).await?;
        let Some(oldest) = page.last() else { break };
        last = Some((oldest.settled_at, oldest.id.clone()));
        all.extend(page.iter().map(payment));
    }
    Ok(all)
}

fn payment(payment: &MyPayment) -> Value {
    json!({
        "id": payment.id.as_str(),
        "paid_at": payment.settled_at.rfc3339(),
        "amount": payment.amount().plain(),
        "currency": payment.amount().currency.code(),
        "for": payment.title,
        "by": payment.gateway,
    })
}

fn letter(letter: &outreach::Letter) -> Value {
    json!({
        "to": letter.to_email.as_str(),
        "title": letter.title,
        "kind": letter.kind.word(),
    })
}

fn value<T: serde::Serialize>(kept: &T) -> Result<Value, PageError> {
    serde_json::to_value(kept).map_err(|error| PageError::broken(&error))
}
