//! Lists with cursors: `limit`, `starting_after`, `ending_before`, and filters by field.

use serde_json::Value;

use super::answer::{self, Answer, Refusal, is, number};
use super::call::Call;
use super::kind::Kind;
use super::params::Params;
use super::state::{Stripe, public};
use super::table;

/// One page of a list, as asked for.
#[derive(Debug)]
pub struct Page<'a> {
    limit: usize,
    after: Option<&'a str>,
    before: Option<&'a str>,
}

impl<'a> Page<'a> {
    pub fn read(params: &'a Params) -> Result<Self, Refusal> {
        let limit = params.number("limit")?.unwrap_or(10);
        if !(1..=100).contains(&limit) {
            let message = format!("Invalid integer: {limit}; a page holds 1 to 100 objects.");
            return Err(Refusal::invalid(message).param("limit"));
        }
        let limit = usize::try_from(limit).expect("between 1 and 100");
        Ok(Self {
            limit,
            after: params.text("starting_after"),
            before: params.text("ending_before"),
        })
    }

    /// The object that the page begins or ends at, without holding it.
    pub fn cursor(&self) -> Option<&'a str> {
        self.after.or(self.before)
    }

    pub fn cursor_name(&self) -> &'static str {
        if self.after.is_some() {
            "starting_after"
        } else {
            "ending_before"
        }
    }

    /// Cuts the page out of what is stored oldest first; `cursor` is the place of [`Self::cursor`].
    ///
    /// Also says whether there is more in the direction of the walk.
    pub fn cut<'r, T>(
        &self,
        rows: &'r [T],
        cursor: Option<usize>,
        wanted: impl Fn(&&T) -> bool,
    ) -> (Vec<&'r T>, bool) {
        let forward = self.after.is_none() && self.before.is_some();
        let mut found: Vec<&T> = match (forward, cursor) {
            (true, Some(at)) => rows[at + 1..]
                .iter()
                .filter(wanted)
                .take(self.limit + 1)
                .collect(),
            (_, Some(at)) => rows[..at]
                .iter()
                .rev()
                .filter(wanted)
                .take(self.limit + 1)
                .collect(),
            (_, None) => rows
                .iter()
                .rev()
                .filter(wanted)
                .take(self.limit + 1)
                .collect(),
        };
        let has_more = found.len() > self.limit;
        found.truncate(self.limit);
        if forward {
            found.reverse();
        }
        (found, has_more)
    }
}

/// `created[gte]=…` and the like, or `created=…`.
#[derive(Debug, Default)]
pub struct Range {
    least: Option<i64>,
    most: Option<i64>,
}

impl Range {
    pub fn read(params: &Params, name: &str) -> Result<Self, Refusal> {
        if let Some(exact) = params.number(name)? {
            return Ok(Self {
                least: Some(exact),
                most: Some(exact),
            });
        }
        let bound = |word: &str| params.number(&format!("{name}[{word}]"));
        let least = bound("gte")?.max(bound("gt")?.map(|at| at + 1));
        let most = match (bound("lte")?, bound("lt")?.map(|at| at - 1)) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Ok(Self { least, most })
    }

    pub fn holds(&self, at: i64) -> bool {
        self.least.is_none_or(|least| at >= least) && self.most.is_none_or(|most| at <= most)
    }
}

/// A filter of a list: the parameter's name and the JSON pointer to the field that it compares.
pub type Filter = (&'static str, &'static str);

/// Lists a kind: cursors and `created` as everywhere, the given filters, and whatever else `wanted` asks.
pub fn list(
    stripe: &Stripe,
    call: &Call,
    kind: Kind,
    filters: &[Filter],
    wanted: impl Fn(&Value) -> bool,
) -> Answer {
    let params = &call.params;
    let page = Page::read(params)?;
    let created = Range::read(params, "created")?;
    let asked: Vec<(&'static str, &str)> = filters
        .iter()
        .filter_map(|(name, pointer)| params.text(name).map(|value| (*pointer, value)))
        .collect();
    let fits = |object: &&Value| {
        is(object, "livemode") == stripe.asked_by.livemode
            && created.holds(number(object, "created"))
            && asked
                .iter()
                .all(|(pointer, value)| is_held(object, pointer, value))
            && wanted(object)
    };
    if let Some(cursor) = page.cursor() {
        stripe.named(kind, cursor, page.cursor_name())?;
    }
    let table = stripe.table(kind);
    let narrow = asked
        .iter()
        .copied()
        .find(|(pointer, _)| table::is_indexed(pointer));
    let mut rows: Vec<&Value> = table
        .into_iter()
        .flat_map(|table| table.newest_first(narrow))
        .filter(|object| fits(object) || page.cursor().is_some_and(|cursor| object["id"] == cursor))
        .collect();
    rows.reverse();
    let at = page
        .cursor()
        .and_then(|id| rows.iter().position(|object| object["id"] == id));
    let (found, has_more) = page.cut(&rows, at, |object| fits(object));
    let data = found.into_iter().map(|object| public(object));
    Ok(answer::list(
        &format!("/v1/{}", kind.folder()),
        data,
        has_more,
    ))
}

fn is_held(object: &Value, pointer: &str, value: &str) -> bool {
    match object.pointer(pointer) {
        Some(Value::String(held)) => held == value,
        Some(Value::Bool(held)) => value == if *held { "true" } else { "false" },
        _ => false,
    }
}
