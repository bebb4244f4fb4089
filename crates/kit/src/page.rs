//! Pages of results by keyset: "the next 50 after this one".

/// How many rows are asked for, and after which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAsked {
    pub limit: u32,
    /// An opaque mark from [`PageOf::next`].
    pub after: Option<String>,
}

impl PageAsked {
    pub const LARGEST: u32 = 500;

    /// A limit outside 1–500 becomes the nearest allowed.
    pub fn new(limit: u32, after: Option<String>) -> Self {
        Self {
            limit: limit.clamp(1, Self::LARGEST),
            after: after.filter(|mark| !mark.is_empty()),
        }
    }

    pub fn first(limit: u32) -> Self {
        Self::new(limit, None)
    }

    /// One more than asked: whether there is a next page shows without counting.
    pub fn probe(&self) -> i64 {
        i64::from(self.limit) + 1
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
