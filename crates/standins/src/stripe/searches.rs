//! `…/search?query=`: clauses of `field:"value"` and `metadata["name"]:"value"`, joined by AND.

use serde_json::{Value, json};

use super::answer::{Answer, Refusal, is};
use super::call::Call;
use super::kind::Kind;
use super::lists::Page;
use super::state::{Stripe, public};

pub fn answer(stripe: &Stripe, call: &Call, kind: Kind) -> Answer {
    call.params.only(&["limit", "page", "query"])?;
    let clauses = parse(call.params.required("query")?)?;
    let page = Page::read(&call.params)?;
    let rows: Vec<&Value> = stripe
        .table(kind)
        .into_iter()
        .flat_map(|table| table.newest_first(None))
        .collect();
    let oldest_first: Vec<&Value> = rows.into_iter().rev().collect();
    let skipped: usize = call
        .params
        .number("page")?
        .and_then(|at| at.try_into().ok())
        .unwrap_or(0);
    let fits = |object: &Value| {
        is(object, "livemode") == stripe.asked_by.livemode
            && clauses.iter().all(|clause| clause.holds(object))
    };
    let matching: Vec<&Value> = oldest_first
        .into_iter()
        .filter(|object| fits(object))
        .collect();
    let rest = matching.len().saturating_sub(skipped);
    let (found, has_more) = page.cut(&matching, Some(rest), |_| true);
    let next = has_more.then(|| (skipped + found.len()).to_string());
    let data: Vec<Value> = found.into_iter().map(|object| public(object)).collect();
    Ok(
        json!({ "object": "search_result", "data": data, "has_more": has_more, "next_page": next,
               "url": format!("/v1/{}/search", kind.folder()) }),
    )
}

/// `pointer` leads to the field; the text must be equal, without regard to case.
#[derive(Debug)]
struct Clause {
    pointer: String,
    value: String,
}

impl Clause {
    fn holds(&self, object: &Value) -> bool {
        match object.pointer(&self.pointer) {
            Some(Value::String(held)) => held.eq_ignore_ascii_case(&self.value),
            Some(Value::Null) | None => false,
            // Numbers and flags are compared as they are written.
            Some(other) => {
                serde_json::from_str::<Value>(&self.value).is_ok_and(|value| value == *other)
            }
        }
    }
}

fn parse(query: &str) -> Result<Vec<Clause>, Refusal> {
    let joined = query.replace(" and ", " AND ");
    joined
        .split(" AND ")
        .map(|part| clause(part.trim()))
        .collect()
}

fn clause(text: &str) -> Result<Clause, Refusal> {
    let unreadable = || {
        let message = format!(
            "Invalid search query: cannot read {text:?}; the stand-in knows \
            field:\"value\" and metadata[\"name\"]:\"value\", joined by AND."
        );
        Refusal::invalid(message).param("query")
    };
    let (field, value) = text.split_once(':').ok_or_else(unreadable)?;
    let bare = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    let pointer = match field.split_once('[') {
        Some((field, name)) => {
            let name = name.strip_suffix(']').ok_or_else(unreadable)?;
            format!(
                "/{field}/{}",
                bare(name).replace('~', "~0").replace('/', "~1")
            )
        }
        None => format!("/{}", field.trim()),
    };
    Ok(Clause {
        pointer,
        value: bare(value),
    })
}
