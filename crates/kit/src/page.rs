//! Pages of results by keyset: "the next 50 after this one". A mark is the sort key of the last row and its
//! id, as one opaque text.

use std::fmt::Display;

use crate::stored::{Bind as _, Value};

/// How many rows are asked for, and after which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAsked {
    pub limit: u32,
    /// An opaque mark from [`PageOf::next`].
    pub after: Option<String>,
}

impl PageAsked {
    pub const LARGEST: u32 = 500;

    /// A limit outside 1–500 becomes the nearest allowed. A mark that no row can have is none.
    pub fn new(limit: u32, after: Option<String>) -> Self {
        Self {
            limit: limit.clamp(1, Self::LARGEST),
            after: after.filter(|mark| !mark.is_empty() && !mark.contains('\0')),
        }
    }

    pub fn first(limit: u32) -> Self {
        Self::new(limit, None)
    }

    /// One more than asked: whether there is a next page shows without counting.
    pub fn probe(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The mark of a row in a list by this key; the id holds no point.
    pub fn mark(key: impl Display, id: impl Display) -> String {
        format!("{key}.{id}")
    }

    /// The key and the id after which the page begins, in a list by number or moment. A mark that is not ours
    /// is ignored: the first page is shown.
    pub fn after_number(&self) -> Option<Vec<Value>> {
        let (key, id) = self.after.as_deref()?.rsplit_once('.')?;
        let key: i64 = key.parse().ok()?;
        Some(vec![key.bind_value(), id.bind_value()])
    }

    /// Like [`Self::after_number`], in a list by text.
    pub fn after_text(&self) -> Option<Vec<Value>> {
        let (key, id) = self.after.as_deref()?.rsplit_once('.')?;
        Some(vec![key.bind_value(), id.bind_value()])
    }

    /// Like [`Self::after_number`], in a list in the order of its ids; such a mark is the id alone.
    pub fn after_id(&self) -> Option<Vec<Value>> {
        self.after.as_deref().map(|id| vec![id.bind_value()])
    }
}

/// Rows, and the mark with which the next page begins. `None`: these were the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOf<T> {
    pub rows: Vec<T>,
    pub next: Option<String>,
}

impl<T> PageOf<T> {
    /// Cuts what [`PageAsked::probe`] brought; `mark` names the last row kept.
    pub fn cut(mut rows: Vec<T>, asked: &PageAsked, mark: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = if has_more {
            rows.last().map(mark)
        } else {
            None
        };
        Self { rows, next }
    }

    pub fn map<U>(self, change: impl FnMut(T) -> U) -> PageOf<U> {
        PageOf {
            rows: self.rows.into_iter().map(change).collect(),
            next: self.next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(mark: &str) -> PageAsked {
        PageAsked::new(10, Some(mark.to_owned()))
    }

    #[test]
    fn a_mark_comes_back_as_it_went_even_with_points_in_the_key() {
        let text = |words: &str| Value::Text(words.to_owned());
        let asked = after(&PageAsked::mark("j. r. weber", "mem_1"));
        let expected = vec![text("j. r. weber"), text("mem_1")];
        assert_eq!(asked.after_text(), Some(expected));
        let asked = after(&PageAsked::mark(-7, "mem_1"));
        let expected = vec![(-7_i64).bind_value(), text("mem_1")];
        assert_eq!(asked.after_number(), Some(expected));
    }

    #[test]
    fn a_mark_that_is_not_ours_begins_anew() {
        assert_eq!(after("hello").after_number(), None);
        assert_eq!(after("x.y").after_number(), None);
        assert_eq!(after("1.a\0").after, None);
    }
}
