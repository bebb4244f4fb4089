//! Tables: a column is a heading and a function of the row. On a phone each row becomes a card.

mod draw;

use kit::{PageOf, Reader, Text};
use maud::Markup;

type Cell<'a, T> = Box<dyn Fn(&T) -> Markup + 'a>;
type State<'a, T> = Box<dyn Fn(&T) -> &'static str + 'a>;
type Next<'a> = Box<dyn Fn(&str) -> String + 'a>;
type Word<'a, T> = Box<dyn Fn(&T) -> String + 'a>;

/// A table in the making. `T` is the row.
pub struct Table<'a, T> {
    id: String,
    columns: Vec<Column<'a, T>>,
    caption: Option<Text>,
    empty: Option<(Text, Option<Markup>)>,
    row_link: Option<Word<'a, T>>,
    row_menu: Option<Cell<'a, T>>,
    row_state: Option<State<'a, T>>,
    select: Option<Select<'a, T>>,
    sort: Option<Sort<'a>>,
    next: Option<Next<'a>>,
}

/// The check box of a row: what it sends, and how it is called.
struct Select<'a, T> {
    name: String,
    value: Word<'a, T>,
    title: Word<'a, T>,
}

struct Column<'a, T> {
    label: Text,
    cell: Cell<'a, T>,
    is_numeric: bool,
    is_minor: bool,
    sort_key: Option<&'static str>,
}

/// How the rows are sorted, and the address that sorts them otherwise.
pub struct Sort<'a> {
    pub key: &'a str,
    pub is_descending: bool,
    /// The address for a key and whether it descends.
    pub href: SortHref<'a>,
}

type SortHref<'a> = Box<dyn Fn(&str, bool) -> String + 'a>;

impl<'a> Sort<'a> {
    pub fn new(
        key: &'a str,
        is_descending: bool,
        href: impl Fn(&str, bool) -> String + 'a,
    ) -> Self {
        Self {
            key,
            is_descending,
            href: Box::new(href),
        }
    }
}

/// `id` is the element's id, by which live updates find it.
pub fn table<'a, T>(id: impl Into<String>) -> Table<'a, T> {
    Table {
        id: id.into(),
        columns: Vec::new(),
        caption: None,
        empty: None,
        row_link: None,
        row_menu: None,
        row_state: None,
        select: None,
        sort: None,
        next: None,
    }
}

impl<'a, T> Table<'a, T> {
    #[must_use]
    pub fn column(mut self, label: Text, cell: impl Fn(&T) -> Markup + 'a) -> Self {
        self.columns.push(Column {
            label,
            cell: Box::new(cell),
            is_numeric: false,
            is_minor: false,
            sort_key: None,
        });
        self
    }

    /// The last column holds numbers: they stand at the end of their cell.
    #[must_use]
    pub fn numeric(mut self) -> Self {
        if let Some(column) = self.columns.last_mut() {
            column.is_numeric = true;
        }
        self
    }

    /// The last column is left out where there is little room.
    #[must_use]
    pub fn minor(mut self) -> Self {
        if let Some(column) = self.columns.last_mut() {
            column.is_minor = true;
        }
        self
    }

    /// The last column can be sorted by; `key` is its name in the address.
    #[must_use]
    pub fn sortable(mut self, key: &'static str) -> Self {
        if let Some(column) = self.columns.last_mut() {
            column.sort_key = Some(key);
        }
        self
    }

    #[must_use]
    pub fn sort(mut self, sort: Sort<'a>) -> Self {
        self.sort = Some(sort);
        self
    }

    /// What the table is, for those who hear it.
    #[must_use]
    pub fn caption(mut self, caption: Text) -> Self {
        self.caption = Some(caption);
        self
    }

    /// Said when there are no rows: what would stand here, and how it comes to.
    #[must_use]
    pub fn empty(mut self, sentence: Text) -> Self {
        self.empty = Some((sentence, None));
        self
    }

    /// Like [`Self::empty`], with a button to begin.
    #[must_use]
    pub fn empty_with(mut self, sentence: Text, action: Markup) -> Self {
        self.empty = Some((sentence, Some(action)));
        self
    }

    /// The first cell of a row leads here.
    #[must_use]
    pub fn row_link(mut self, href: impl Fn(&T) -> String + 'a) -> Self {
        self.row_link = Some(Box::new(href));
        self
    }

    /// At the end of each row; usually a [`crate::menu`].
    #[must_use]
    pub fn row_menu(mut self, menu: impl Fn(&T) -> Markup + 'a) -> Self {
        self.row_menu = Some(Box::new(menu));
        self
    }

    /// `data-state` of the row, e.g. `ended`, which is drawn quieter.
    #[must_use]
    pub fn row_state(mut self, state: impl Fn(&T) -> &'static str + 'a) -> Self {
        self.row_state = Some(Box::new(state));
        self
    }

    /// A check box per row, sent as `name` with the row's value; `title` names the row. See [`crate::bulk_bar`].
    #[must_use]
    pub fn select(
        mut self,
        name: impl Into<String>,
        value: impl Fn(&T) -> String + 'a,
        title: impl Fn(&T) -> String + 'a,
    ) -> Self {
        self.select = Some(Select {
            name: name.into(),
            value: Box::new(value),
            title: Box::new(title),
        });
        self
    }

    /// The address of the next page, from the mark of [`PageOf::next`].
    #[must_use]
    pub fn next(mut self, href: impl Fn(&str) -> String + 'a) -> Self {
        self.next = Some(Box::new(href));
        self
    }

    pub fn render(&self, reader: &Reader, page: &PageOf<T>) -> Markup {
        let next = page
            .next
            .as_deref()
            .zip(self.next.as_ref())
            .map(|(mark, href)| href(mark));
        self.draw(reader, &page.rows, next.as_deref())
    }

    /// Rows that need no paging.
    pub fn render_rows(&self, reader: &Reader, rows: &[T]) -> Markup {
        self.draw(reader, rows, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kit::t;
    use maud::html;

    fn names() -> Table<'static, &'static str> {
        table("names")
            .column(t!("Name"), |name: &&str| html! { (name) })
            .sortable("name")
            .column(t!("Letters"), |name| html! { (name.len()) })
            .numeric()
            .empty(t!("Nobody yet."))
            .row_link(|name| format!("/names/{name}"))
            .next(|mark| format!("?after={mark}"))
    }

    fn page(rows: Vec<&'static str>, next: Option<&str>) -> PageOf<&'static str> {
        PageOf {
            rows,
            next: next.map(str::to_owned),
        }
    }

    #[test]
    fn cells_are_escaped_and_named_for_phones() {
        let shown = names()
            .render(&Reader::default(), &page(vec!["<i>"], None))
            .into_string();
        assert!(!shown.contains("<i>"), "{shown}");
        assert!(shown.contains("data-label=\"Letters\""), "{shown}");
        assert!(!shown.contains("Next page"), "{shown}");
    }

    #[test]
    fn an_empty_table_says_what_it_is_for() {
        let shown = names()
            .render(&Reader::default(), &page(vec![], None))
            .into_string();
        assert!(
            shown.contains("Nobody yet.") && shown.contains("id=\"names\""),
            "{shown}"
        );
    }

    #[test]
    fn the_next_page_and_the_sort_are_links() {
        let sorted = names().sort(Sort::new("name", false, |key, down| {
            format!("?sort={key}&down={down}")
        }));
        let shown = sorted
            .render(&Reader::default(), &page(vec!["Mara"], Some("m1")))
            .into_string();
        assert!(shown.contains("href=\"?after=m1\""), "{shown}");
        assert!(shown.contains("aria-sort=\"ascending\""), "{shown}");
        assert!(shown.contains("?sort=name&amp;down=true"), "{shown}");
    }
}
