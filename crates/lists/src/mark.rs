//! Marks of pages: the sort key of the last row and its id, as one opaque text.

use db::{Value, values};
use kit::PageAsked;

/// A mark of a row; the id holds no point.
pub fn of(key: &str, id: &str) -> String {
    format!("{key}.{id}")
}

/// The values after which the next page begins. A mark that is not ours is ignored: the first page is shown.
pub fn number(asked: &PageAsked) -> Option<Vec<Value>> {
    let (key, id) = asked.after.as_deref()?.rsplit_once('.')?;
    Some(values![key.parse::<i64>().ok()?, id])
}

/// Like [`number`], for a sort key that is a text.
pub fn text(asked: &PageAsked) -> Option<Vec<Value>> {
    let (key, id) = asked.after.as_deref()?.rsplit_once('.')?;
    Some(values![key, id])
}

/// Like [`number`], for a list in the order of its ids.
pub fn id(asked: &PageAsked) -> Option<Vec<Value>> {
    asked.after.as_deref().map(|id| values![id])
}

/// The first text that does not begin with this one any more: the end of a search by prefix.
pub fn end_of_prefix(text: &str) -> String {
    format!("{text}\u{10ffff}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_as_it_went_even_with_points_in_the_key() {
        let asked = PageAsked::new(10, Some(of("j. r. weber", "mem_1")));
        assert_eq!(text(&asked), Some(values!["j. r. weber", "mem_1"]));
    }

    #[test]
    fn a_mark_that_is_not_ours_begins_anew() {
        assert_eq!(number(&PageAsked::new(10, Some("hello".to_owned()))), None);
        assert_eq!(number(&PageAsked::new(10, Some("x.y".to_owned()))), None);
    }
}
