//! Which event goes to which endpoint, when, and how often it has been tried.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::answer::{is, text};
use super::events::{Event, Events, is_of_type};
use super::signature;
use super::table::Table;
use crate::stage::Stage;

/// The first retry comes after this, each further one after twice the gap before.
const FIRST_GAP: Duration = Duration::from_secs(2);
const LAST_GAP: Duration = Duration::from_hours(1);
const ATTEMPTS: u32 = 14;

const DELAY: Duration = Duration::from_secs(3);
const DOUBLE_GAP: Duration = Duration::from_millis(50);
/// Messages that are to arrive out of order are gathered for so long, then sent last first.
const GATHERED: Duration = Duration::from_millis(400);

/// One message on its way to one endpoint.
#[derive(Debug, Clone)]
pub struct Delivery {
    event: usize,
    endpoint: String,
    attempt: u32,
    due: Instant,
    /// The same moment on the stand-in's clock, which may be moved past it.
    due_clock_ms: i64,
    pub course: Course,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    Usual,
    /// Goes last first, one after the other, with the others that were gathered.
    Reversed,
    /// A copy: what becomes of it changes nothing.
    Double,
    /// Signed by somebody else, and saying what never happened.
    Forged,
}

/// A message ready to send.
#[derive(Debug, Clone)]
pub struct Message {
    pub delivery: Delivery,
    pub url: String,
    pub body: String,
    pub signature: String,
}

#[derive(Debug, Default)]
pub struct Deliveries {
    waiting: Vec<Delivery>,
    /// Taken out to be sent, and not yet settled.
    under_way: usize,
}

impl Deliveries {
    /// Plans the messages of all events that have none yet.
    pub fn plan(
        &mut self,
        events: &mut Events,
        stage: &Stage,
        endpoints: Option<&Table>,
        now_ms: i64,
    ) {
        while let Some(event) = events.at_mut(events.planned) {
            let place = Planned {
                event,
                stage,
                now_ms,
            };
            let endpoints = endpoints
                .into_iter()
                .flat_map(|table| table.newest_first(None));
            let at = place.at_all(endpoints);
            self.waiting.extend(at.into_iter().map(|mut delivery| {
                delivery.event = events.planned;
                delivery
            }));
            events.planned += 1;
        }
    }

    /// Takes out what is due by the machine's time or by the stand-in's clock.
    pub fn take_due(&mut self, clock_ms: i64) -> Vec<Delivery> {
        let now = Instant::now();
        let is_due = |delivery: &Delivery| delivery.due <= now || delivery.due_clock_ms <= clock_ms;
        let (due, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(is_due);
        self.waiting = waiting;
        self.under_way += due.len();
        due
    }

    /// Some that were taken out are not sent: nobody listens there any more.
    pub fn give_up(&mut self, how_many: usize) {
        self.under_way = self.under_way.saturating_sub(how_many);
    }

    /// Writes down what became of a delivery; a failed one is tried again, until it is given up.
    pub fn settle(
        &mut self,
        events: &mut Events,
        mut tried: Delivery,
        arrived: bool,
        clock_ms: i64,
    ) {
        self.give_up(1);
        if matches!(tried.course, Course::Double | Course::Forged) {
            return;
        }
        if arrived {
            if let Some(event) = events.at_mut(tried.event) {
                event.undelivered = event.undelivered.saturating_sub(1);
            }
        } else if tried.attempt < ATTEMPTS {
            let gap = FIRST_GAP
                .saturating_mul(1 << (tried.attempt - 1))
                .min(LAST_GAP);
            tried.attempt += 1;
            tried.put_off(gap, clock_ms);
            tried.course = Course::Usual;
            self.waiting.push(tried);
        }
    }

    /// Messages that have not come to their end, those on their way included.
    pub fn waiting(&self) -> usize {
        self.waiting.len() + self.under_way
    }
}

impl Delivery {
    fn put_off(&mut self, by: Duration, clock_ms: i64) {
        self.due = Instant::now() + by;
        self.due_clock_ms = clock_ms + i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    }

    /// The message to send. `None` if the endpoint has gone or was switched off.
    pub fn message(
        self,
        events: &Events,
        endpoints: Option<&Table>,
        default_version: &str,
        now_s: i64,
    ) -> Option<Message> {
        let endpoint = endpoints?.find(&self.endpoint)?;
        let event = events
            .at(self.event)
            .filter(|_| text(endpoint, "status") == "enabled")?;
        let version = endpoint["api_version"].as_str().unwrap_or(default_version);
        let mut body = event.body(version);
        let mut secret = text(endpoint, "_secret");
        if self.course == Course::Forged {
            forge(&mut body);
            secret = "whsec_of_somebody_else";
        }
        let body = serde_json::to_string_pretty(&body).expect("a JSON tree");
        let signature = signature::header(secret, now_s, &body);
        Some(Message {
            delivery: self,
            url: text(endpoint, "url").to_owned(),
            body,
            signature,
        })
    }
}

/// Claims money that was never paid.
fn forge(body: &mut Value) {
    body["id"] = format!("{}forged", text(body, "id")).into();
    let object = &mut body["data"]["object"];
    for amount in ["amount", "amount_total", "amount_paid", "amount_received"] {
        if object[amount].is_number() {
            object[amount] = 99_999_900.into();
        }
    }
    for (field, claim) in [("payment_status", "paid"), ("status", "succeeded")] {
        if object[field].is_string() {
            object[field] = claim.into();
        }
    }
}

/// An event whose messages are being planned.
struct Planned<'a> {
    event: &'a mut Event,
    stage: &'a Stage,
    now_ms: i64,
}

impl Planned<'_> {
    fn at_all<'e>(self, endpoints: impl Iterator<Item = &'e Value>) -> Vec<Delivery> {
        let mut planned = Vec::new();
        let wanted: Vec<&Value> = endpoints
            .filter(|endpoint| self.is_wanted_by(endpoint))
            .collect();
        self.event.undelivered += wanted.len();
        for endpoint in wanted {
            let faults = &self.stage.faults;
            // Lost for good: nobody tries again, and the event stays undelivered.
            if faults.take_named("webhooks_lost") {
                continue;
            }
            let (course, delay) = if faults.take_named("webhooks_reordered") {
                (Course::Reversed, self.until_gathered())
            } else if faults.take_named("webhooks_delayed") {
                (Course::Usual, DELAY)
            } else {
                (Course::Usual, Duration::ZERO)
            };
            planned.push(self.to(endpoint, course, delay));
            if faults.take_named("webhooks_doubled") {
                planned.push(self.to(endpoint, Course::Double, delay + DOUBLE_GAP));
            }
            if faults.take_named("webhooks_forged") {
                planned.push(self.to(endpoint, Course::Forged, Duration::ZERO));
            }
        }
        planned
    }

    fn is_wanted_by(&self, endpoint: &Value) -> bool {
        let enabled = endpoint["enabled_events"].as_array().into_iter().flatten();
        text(endpoint, "status") == "enabled"
            && is(endpoint, "livemode") == self.event.livemode()
            && enabled
                .filter_map(Value::as_str)
                .any(|wanted| is_of_type(&self.event.kind, wanted))
    }

    fn to(&self, endpoint: &Value, course: Course, delay: Duration) -> Delivery {
        let mut delivery = Delivery {
            event: 0,
            endpoint: text(endpoint, "id").to_owned(),
            attempt: 1,
            due: Instant::now(),
            due_clock_ms: 0,
            course,
        };
        delivery.put_off(delay, self.now_ms);
        delivery
    }

    /// The rest of the current window, so that messages of one window leave together.
    fn until_gathered(&self) -> Duration {
        let window = i64::try_from(GATHERED.as_millis()).expect("less than a second");
        let rest = window - self.now_ms.rem_euclid(window);
        Duration::from_millis(rest.unsigned_abs())
    }
}
