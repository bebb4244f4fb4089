//! When servers will be full, if members go on coming and leaving as in the last four weeks.

use std::collections::BTreeMap;

use db::{DbError, Read, values};
use kit::id::ServerId;
use kit::{Span, Text, Timestamp, t};

use crate::choosing::Candidate;

/// How far back the count looks.
const DAYS: i64 = 28;
/// Beyond this many days a forecast is a guess.
const FAR: i64 = 365;

const CAME: &str = "
    select server_id, count(*) as n from shares
     where joined_at >= $1 and joined_at < 9223372036854775807 group by server_id";
const LEFT: &str = "
    select server_id, count(*) as n from shares
     where state in ('left', 'removed') and changed_at >= $1 group by server_id";

db::row! {
    struct CountOn { server_id: ServerId, n: i64 }
}

/// How many more members each server has than four weeks ago.
#[derive(Debug, Default)]
pub struct Growth(BTreeMap<ServerId, i64>);

/// Counts who came and who left in the last four weeks.
pub async fn growth(mut read: impl Read, now: Timestamp) -> Result<Growth, DbError> {
    let since = now - Span::days(DAYS);
    let mut net = BTreeMap::new();
    for (statement, sign) in [(CAME, 1), (LEFT, -1)] {
        let rows: Vec<CountOn> = read.all(statement, values![since]).await?;
        for row in rows {
            *net.entry(row.server_id).or_insert(0) += sign * row.n;
        }
    }
    Ok(Growth(net))
}

/// When a server will take nobody more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forecast {
    /// It has no ceiling of any kind.
    NoCeiling,
    Full,
    /// Whole days from now.
    FullIn(i64),
    /// Nobody comes, or not so soon that it could be said.
    NotSoon,
}

impl FromIterator<(ServerId, i64)> for Growth {
    fn from_iter<T: IntoIterator<Item = (ServerId, i64)>>(counts: T) -> Self {
        Self(counts.into_iter().collect())
    }
}

impl Growth {
    /// Pure.
    pub fn forecast(&self, one: &Candidate) -> Forecast {
        let Some(most) = one.most() else {
            return Forecast::NoCeiling;
        };
        let free = most - one.taken;
        let net = self.0.get(&one.server.id).copied().unwrap_or(0);
        if free <= 0 {
            return Forecast::Full;
        }
        if net <= 0 {
            return Forecast::NotSoon;
        }
        match free * DAYS / net {
            days if days <= FAR => Forecast::FullIn(days.max(1)),
            _ => Forecast::NotSoon,
        }
    }
}

impl Forecast {
    /// `None`: nothing to say.
    pub fn text(self) -> Option<Text> {
        match self {
            Self::NoCeiling | Self::NotSoon => None,
            Self::Full => Some(t!("Full")),
            Self::FullIn(days) if days < 14 => Some(Text::counted(
                days,
                "Full in about a day",
                "Full in about {n} days",
            )),
            Self::FullIn(days) => Some(t!("Full in about {n} weeks", n = (days + 3) / 7)),
        }
    }
}
