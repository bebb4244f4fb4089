//! All that the stand-in remembers, and the few ways to change it.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::agenda::Agenda;
use super::answer::{Refusal, is, text};
use super::deliveries::{Deliveries, Delivery};
use super::events::Events;
use super::idempotency::Idempotency;
use super::ids::Ids;
use super::kind::Kind;
use super::settings::Settings;
use super::table::Table;
use crate::stage::Stage;

/// The account: its objects, what is due, and what has been told.
#[derive(Debug)]
pub struct Stripe {
    pub stage: Stage,
    pub settings: Settings,
    pub agenda: Agenda,
    pub events: Events,
    pub deliveries: Deliveries,
    pub idempotency: Idempotency,
    /// The call at work, for the events that it causes.
    pub asked_by: AskedBy,
    tables: HashMap<Kind, Table>,
    ids: Ids,
    /// Set while due steps are worked off: the moment at which the step was due.
    moment: Option<i64>,
}

/// What an event says of the call that caused it, and the mode its key chose.
#[derive(Debug, Default, Clone)]
pub struct AskedBy {
    pub request: Option<String>,
    pub idempotency_key: Option<String>,
    pub livemode: bool,
}

impl Stripe {
    pub fn new(stage: Stage) -> Self {
        Self {
            stage,
            settings: Settings::default(),
            agenda: Agenda::default(),
            events: Events::default(),
            deliveries: Deliveries::default(),
            idempotency: Idempotency::default(),
            asked_by: AskedBy::default(),
            tables: HashMap::new(),
            ids: Ids::default(),
            moment: None,
        }
    }

    /// Forgets everything, settings and faults included; the clock stays where it is.
    pub fn reset(&mut self) {
        self.stage.faults.clear();
        *self = Self::new(self.stage.clone());
    }

    /// Seconds since 1970: the clock's, or the moment of the due step at work.
    pub fn now(&self) -> i64 {
        self.moment.unwrap_or_else(|| self.stage.clock.now_s())
    }

    /// Works as if it were `moment`, for an object in the mode of `id`'s owner.
    pub fn at_moment(&mut self, moment: i64, livemode: bool, work: impl FnOnce(&mut Self)) {
        let before = self.asked_by.clone();
        self.moment = Some(moment);
        self.asked_by = AskedBy {
            livemode,
            ..AskedBy::default()
        };
        work(self);
        self.moment = None;
        self.asked_by = before;
    }

    pub fn new_id(&mut self, prefix: &str) -> String {
        self.ids.next(prefix)
    }

    /// Stores a new object under a new id, with `object`, `created` and `livemode` filled in.
    pub fn insert(&mut self, kind: Kind, object: Value) -> Value {
        let id = match kind {
            Kind::Session if self.asked_by.livemode => self.ids.long("cs_live"),
            Kind::Session => self.ids.long("cs_test"),
            _ => self.ids.next(kind.prefix()),
        };
        self.insert_as(kind, &id, object)
    }

    /// Stores a new object under an id that the caller chose.
    pub fn insert_as(&mut self, kind: Kind, id: &str, mut object: Value) -> Value {
        let now = self.now();
        let fields = object.as_object_mut().expect("objects are JSON objects");
        fields.insert("id".to_owned(), json!(id));
        fields.insert("object".to_owned(), json!(kind.object()));
        fields.entry("created").or_insert(json!(now));
        fields.insert("livemode".to_owned(), json!(self.asked_by.livemode));
        self.table_mut(kind).put(object.clone());
        object
    }

    /// Lays fields over an object and answers what they were before: an event's `previous_attributes`.
    pub fn set(&mut self, kind: Kind, id: &str, patch: Value) -> Value {
        let Some(mut object) = self.find(kind, id).cloned() else {
            return Value::Null;
        };
        let mut before = Map::new();
        let Value::Object(patch) = patch else {
            return Value::Null;
        };
        for (field, value) in patch {
            let old = object[&field].take();
            if old != value && !field.starts_with('_') {
                before.insert(field.clone(), old);
            }
            object[&field] = value;
        }
        self.table_mut(kind).put(object);
        Value::Object(before)
    }

    pub fn remove(&mut self, kind: Kind, id: &str) {
        self.table_mut(kind).remove(id);
    }

    pub fn find(&self, kind: Kind, id: &str) -> Option<&Value> {
        self.tables.get(&kind)?.find(id)
    }

    /// An object that is known to be there, e.g. because another object names it.
    pub fn get(&self, kind: Kind, id: &str) -> Value {
        self.find(kind, id).cloned().unwrap_or(Value::Null)
    }

    /// An object that a caller named, in the caller's mode; otherwise Stripe's 404.
    pub fn named(&self, kind: Kind, id: &str, param: &str) -> Result<Value, Refusal> {
        let found = self
            .find(kind, id)
            .filter(|object| is(object, "livemode") == self.asked_by.livemode);
        found
            .cloned()
            .ok_or_else(|| Refusal::missing(kind.spoken(), id, param))
    }

    pub fn table(&self, kind: Kind) -> Option<&Table> {
        self.tables.get(&kind)
    }

    fn table_mut(&mut self, kind: Kind) -> &mut Table {
        self.tables.entry(kind).or_default()
    }

    /// All objects of a kind whose field (a JSON pointer that lists filter on) has this value, oldest first.
    pub fn all_with(&self, kind: Kind, field: &'static str, value: &str) -> Vec<Value> {
        let Some(table) = self.table(kind) else {
            return Vec::new();
        };
        let mut found: Vec<Value> = table
            .newest_first(Some((field, value)))
            .filter(|object| object.pointer(field).is_some_and(|held| held == value))
            .cloned()
            .collect();
        found.reverse();
        found
    }

    /// Tells that an object is new or has reached a state.
    pub fn tell(&mut self, event: &str, kind: Kind, id: &str) {
        self.tell_change(event, kind, id, &Value::Null);
    }

    /// Tells that an object changed; nothing is told if nothing did.
    pub fn tell_if_changed(&mut self, event: &str, kind: Kind, id: &str, before: &Value) {
        if before.as_object().is_some_and(|fields| !fields.is_empty()) {
            self.tell_change(event, kind, id, before);
        }
    }

    pub fn tell_change(&mut self, event: &str, kind: Kind, id: &str, before: &Value) {
        let object = public(&self.get(kind, id));
        self.tell_of(event, &object, before);
    }

    /// Tells of an object as it was at some earlier step.
    pub fn tell_of(&mut self, event: &str, object: &Value, before: &Value) {
        let id = self.ids.next("evt");
        let now = self.now();
        let asked_by = self.asked_by.clone();
        self.events.add(id, event, now, object, before, asked_by);
        self.plan_deliveries();
    }

    /// Lets events out that were held back ([`Events::hold`]), those of lower rank first.
    pub fn release_events(&mut self, rank: impl Fn(&str) -> u8) {
        self.events.release(rank);
        self.plan_deliveries();
    }

    fn plan_deliveries(&mut self) {
        let now_ms = self.stage.clock.now_ms();
        let endpoints = self.tables.get(&Kind::Endpoint);
        self.deliveries
            .plan(&mut self.events, &self.stage, endpoints, now_ms);
    }

    /// Writes down what became of a webhook.
    pub fn settle_delivery(&mut self, tried: Delivery, arrived: bool) {
        let now_ms = self.stage.clock.now_ms();
        self.deliveries
            .settle(&mut self.events, tried, arrived, now_ms);
    }

    /// How many objects there are of each kind, by Stripe's names.
    pub fn counts(&self) -> Value {
        let counts = Kind::ALL.iter().map(|kind| {
            (
                kind.object().to_owned(),
                json!(self.table(*kind).map_or(0, Table::count)),
            )
        });
        Value::Object(counts.collect())
    }
}

/// Kinds whose objects do not say in which mode they are, though they are in one.
const WITHOUT_MODE: [&str; 2] = ["balance_transaction", "refund"];

/// The object without what is ours alone (fields that begin with an underscore).
pub fn public(object: &Value) -> Value {
    match object {
        Value::Object(fields) => {
            let says_mode = !WITHOUT_MODE.contains(&text(object, "object"));
            let shown = fields
                .iter()
                .filter(|(name, _)| !name.starts_with('_') && (says_mode || *name != "livemode"));
            Value::Object(
                shown
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// The id in a field that names another object.
pub fn id_in(object: &Value, field: &str) -> Option<String> {
    let id = text(object, field);
    (!id.is_empty()).then(|| id.to_owned())
}
