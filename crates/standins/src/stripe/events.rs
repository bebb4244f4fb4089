//! Events: what happened, as `GET /v1/events` lists it and webhooks carry it.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::answer::{self, Answer, Refusal};
use super::calendar::DAY_S;
use super::call::Call;
use super::lists;
use super::state::{AskedBy, Stripe};

/// Stripe forgets events after 30 days.
const KEPT_S: i64 = 30 * DAY_S;

/// The object is kept as text, which is a fraction of the tree's size.
#[derive(Debug)]
pub struct Event {
    pub id: String,
    pub kind: String,
    pub created: i64,
    /// Endpoints that have not confirmed it, whether still tried or given up.
    pub undelivered: usize,
    object: String,
    before: String,
    asked_by: AskedBy,
}

/// All events, oldest first. While held, new ones wait to be released in another order.
#[derive(Debug, Default)]
pub struct Events {
    all: Vec<Event>,
    place: HashMap<String, usize>,
    held: Option<Vec<Event>>,
    /// Events up to here have been given to the deliveries.
    pub planned: usize,
}

impl Events {
    pub fn add(
        &mut self,
        id: String,
        kind: &str,
        created: i64,
        object: &Value,
        before: &Value,
        asked_by: AskedBy,
    ) {
        let before = if before.is_null() {
            String::new()
        } else {
            before.to_string()
        };
        let kind = kind.to_owned();
        let object = object.to_string();
        let event = Event {
            id,
            kind,
            created,
            undelivered: 0,
            object,
            before,
            asked_by,
        };
        match &mut self.held {
            Some(held) => held.push(event),
            None => self.append(event),
        }
    }

    fn append(&mut self, event: Event) {
        self.place.insert(event.id.clone(), self.all.len());
        self.all.push(event);
    }

    /// New events wait until [`Self::release`].
    pub fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Lets the held events go, those of lower rank first.
    pub fn release(&mut self, rank: impl Fn(&str) -> u8) {
        let mut held = self.held.take().unwrap_or_default();
        held.sort_by_key(|event| rank(&event.kind));
        for event in held {
            self.append(event);
        }
    }

    pub fn at(&self, place: usize) -> Option<&Event> {
        self.all.get(place)
    }

    pub fn at_mut(&mut self, place: usize) -> Option<&mut Event> {
        self.all.get_mut(place)
    }

    pub fn count(&self) -> usize {
        self.all.len()
    }

    fn find(&self, id: &str) -> Option<&Event> {
        self.all.get(*self.place.get(id)?)
    }
}

impl Event {
    pub fn livemode(&self) -> bool {
        self.asked_by.livemode
    }

    pub fn body(&self, api_version: &str) -> Value {
        let mut data = json!({ "object": parsed(&self.object) });
        if !self.before.is_empty() {
            data["previous_attributes"] = parsed(&self.before);
        }
        json!({
            "id": self.id, "object": "event", "api_version": api_version, "created": self.created,
            "data": data, "livemode": self.asked_by.livemode, "pending_webhooks": self.undelivered,
            "request": {
                "id": self.asked_by.request, "idempotency_key": self.asked_by.idempotency_key,
            },
            "type": self.kind,
        })
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("written by this module")
}

pub fn answer(stripe: &Stripe, call: &Call) -> Answer {
    match (call.method(), call.segments().as_slice()) {
        ("GET", []) => list(stripe, call),
        ("GET", [id]) => {
            let seen = |event: &&Event| is_seen(stripe, event);
            let event = stripe.events.find(id).filter(seen);
            let event = event.ok_or_else(|| Refusal::missing("event", id, "id"))?;
            Ok(event.body(&stripe.settings.api_version))
        }
        _ => Err(call.unknown_url()),
    }
}

fn is_seen(stripe: &Stripe, event: &Event) -> bool {
    event.created > stripe.now() - KEPT_S && event.livemode() == stripe.asked_by.livemode
}

/// `GET /v1/events`: the last 30 days, newest first.
fn list(stripe: &Stripe, call: &Call) -> Answer {
    let params = &call.params;
    params.only(&[
        "created",
        "delivery_success",
        "ending_before",
        "limit",
        "starting_after",
        "type",
        "types",
    ])?;
    let types = wanted_types(call)?;
    let created = lists::Range::read(params, "created")?;
    let delivered = params.flag("delivery_success")?;
    let wanted = |event: &&Event| {
        is_seen(stripe, event)
            && created.holds(event.created)
            && (types.is_empty() || types.iter().any(|wanted| is_of_type(&event.kind, wanted)))
            && delivered.is_none_or(|delivered| delivered == (event.undelivered == 0))
    };
    let page = lists::Page::read(params)?;
    let events = &stripe.events;
    let cursor = page.cursor().map(|id| {
        events
            .place
            .get(id)
            .copied()
            .ok_or_else(|| Refusal::missing("event", id, page.cursor_name()))
    });
    let (found, has_more) = page.cut(&events.all, cursor.transpose()?, wanted);
    let data = found
        .into_iter()
        .map(|event| event.body(&stripe.settings.api_version));
    Ok(answer::list("/v1/events", data, has_more))
}

fn wanted_types(call: &Call) -> Result<Vec<&str>, Refusal> {
    let types = call.params.texts("types");
    match call.params.text("type") {
        Some(_) if !types.is_empty() => Err(Refusal::invalid(
            "You may pass either `type` or `types`, but not both.",
        )
        .param("type")),
        Some(one) => Ok(vec![one]),
        None => Ok(types),
    }
}

/// `charge.*` means all that begins with `charge.`; `*` means all.
pub fn is_of_type(kind: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(beginning) => kind.starts_with(beginning),
        None => kind == wanted,
    }
}
