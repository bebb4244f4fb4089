//! Objects of one kind in the order they were made, found by id and by the fields that lists filter on.

use std::collections::HashMap;

use serde_json::Value;

/// Fields that lists filter on, as JSON pointers. An object is found by each that it has.
const INDEXED: [&str; 9] = [
    "/customer",
    "/payment_intent",
    "/subscription",
    "/invoice",
    "/charge",
    "/product",
    "/source",
    "/payment/payment_intent",
    "/parent/subscription_details/subscription",
];

/// Whether [`Table::newest_first`] can narrow by this field.
pub fn is_indexed(field: &str) -> bool {
    INDEXED.contains(&field)
}

#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Option<Value>>,
    place: HashMap<String, usize>,
    /// By field and value: places in ascending order. May hold places that no longer match.
    index: HashMap<(&'static str, String), Vec<usize>>,
}

impl Table {
    /// Stores a new object, or a new state of one.
    pub fn put(&mut self, row: Value) {
        let id = row["id"]
            .as_str()
            .expect("every object has an id")
            .to_owned();
        let at = *self.place.entry(id).or_insert(self.rows.len());
        for field in INDEXED {
            if let Some(value) = row.pointer(field).and_then(Value::as_str) {
                let places = self.index.entry((field, value.to_owned())).or_default();
                if let Err(gap) = places.binary_search(&at) {
                    places.insert(gap, at);
                }
            }
        }
        if at == self.rows.len() {
            self.rows.push(Some(row));
        } else {
            self.rows[at] = Some(row);
        }
    }

    pub fn find(&self, id: &str) -> Option<&Value> {
        self.rows.get(*self.place.get(id)?)?.as_ref()
    }

    pub fn remove(&mut self, id: &str) {
        if let Some(at) = self.place.get(id) {
            self.rows[*at] = None;
        }
    }

    pub fn count(&self) -> usize {
        self.rows.iter().flatten().count()
    }

    /// Newest first; only those whose `field` is `value`, if one is asked for and indexed.
    pub fn newest_first<'a>(
        &'a self,
        filter: Option<(&'static str, &str)>,
    ) -> Box<dyn Iterator<Item = &'a Value> + 'a> {
        let places = filter
            .filter(|(field, _)| is_indexed(field))
            .map(|(field, value)| self.index.get(&(field, value.to_owned())));
        match places {
            None => Box::new(self.rows.iter().rev().flatten()),
            Some(None) => Box::new(std::iter::empty()),
            Some(Some(places)) => {
                Box::new(places.iter().rev().filter_map(|at| self.rows[*at].as_ref()))
            }
        }
    }
}
