//! Filtered lists: a base text plus those of its clauses that are in use.
//!
//! A nullable filter (`$1 is null or …`) keeps the planner from the index; a text of its own for each set of
//! filters does not. The texts are static; only their joining happens here, and a test prepares each subset.

use kit::Value;
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::error::DbError;
use crate::read::Read;
use crate::row::FromRow;

/// One optional part of a listing's `where`, e.g. `("status", "and s.status = ?")`.
pub type Clause = (&'static str, &'static str);

/// A list with optional filters and a choice of orders. Placeholders are `?`, numbered when joined.
#[derive(Debug)]
pub struct Listing {
    /// Up to and including `where …`; end with `where true` if nothing is always asked.
    pub base: &'static str,
    pub clauses: &'static [Clause],
    /// `order by … limit ?`, by name; the first is the default.
    pub orders: &'static [Clause],
}

impl Listing {
    pub fn ask(&'static self) -> ListingAsk {
        ListingAsk {
            listing: self,
            text: self.base.to_owned(),
            values: Vec::new(),
        }
    }

    /// Every text that [`ListingAsk`] can make of it, placeholders numbered; for the test of all SQL.
    pub fn every_text(&self) -> Vec<String> {
        let subsets = 1_u32 << self.clauses.len().min(12);
        let mut texts = Vec::new();
        for subset in 0..subsets {
            let chosen = self
                .clauses
                .iter()
                .enumerate()
                .filter(|(at, _)| subset & (1 << at) != 0);
            let text = chosen.fold(self.base.to_owned(), |text, (_, clause)| {
                join(text, clause.1)
            });
            for order in self.orders {
                texts.push(numbered(&join(text.clone(), order.1)));
            }
        }
        texts
    }
}

/// A listing being asked: filters first, then an order.
#[derive(Debug)]
pub struct ListingAsk {
    listing: &'static Listing,
    text: String,
    values: Vec<Value>,
}

impl ListingAsk {
    /// Values of the base's own placeholders; call it first.
    #[must_use]
    pub fn base(mut self, values: Vec<Value>) -> Self {
        self.values.extend(values);
        self
    }

    /// Uses a clause if there are values for it.
    #[must_use]
    pub fn filter(mut self, name: &'static str, values: Option<Vec<Value>>) -> Self {
        if let Some(values) = values {
            self.text = join(self.text, named(self.listing.clauses, name));
            self.values.extend(values);
        }
        self
    }

    /// Closes with an order (its values are usually the limit) and brings the rows.
    pub async fn rows<T: FromRow>(
        mut self,
        mut read: impl Read,
        order: &str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, DbError> {
        let text = numbered(&join(self.text, named(self.listing.orders, order)));
        self.values.extend(values);
        // Safe: joined from static texts only; values are bound.
        let sql = AssertSqlSafe(text).into_sql_str();
        read.fetch(sql, self.values)
            .await?
            .iter()
            .map(T::from_row)
            .collect()
    }
}

/// The clause of this name; of an unknown name the first, since orders come from addresses that people type.
fn named(clauses: &'static [Clause], name: &str) -> &'static str {
    let found = clauses
        .iter()
        .find(|(known, _)| *known == name)
        .or_else(|| clauses.first());
    debug_assert!(
        found.is_some_and(|(known, _)| *known == name),
        "no clause {name}"
    );
    found.map_or("", |(_, sql)| sql)
}

fn join(mut text: String, clause: &str) -> String {
    text.push('\n');
    text.push_str(clause);
    text
}

/// `?` → `$1`, `$2`, …; our SQL has no question marks in strings.
fn numbered(text: &str) -> String {
    let mut numbered = String::with_capacity(text.len() + 16);
    let mut next = 1;
    for letter in text.chars() {
        if letter == '?' {
            numbered.push('$');
            numbered.push_str(&next.to_string());
            next += 1;
        } else {
            numbered.push(letter);
        }
    }
    numbered
}
