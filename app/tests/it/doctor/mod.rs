//! The doctor's page, walked: every row of `docs/doctor.md` is set on a stand-in, and the page it names must say the
//! sentence and offer the way out.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod bed;
mod emby;
mod jellyfin;
mod plans;
mod plex;

use testkit::engines;

use bed::{Bed, Seen};

const TABLE: &str = include_str!("../../../../docs/doctor.md");

/// One row of the table.
#[derive(Debug)]
struct Case {
    name: &'static str,
    page: &'static str,
    says: &'static str,
    way_out: &'static str,
}

impl Case {
    fn parse(line: &'static str) -> Option<Self> {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, page, says, way_out] = cells[..] else {
            return None;
        };
        let page = page.strip_prefix('`')?.strip_suffix('`')?;
        Some(Self {
            name,
            page,
            says,
            way_out,
        })
    }

    /// The button's words and where it leads. `None`: there is nothing to do.
    fn button(&self) -> Option<(&str, &str)> {
        let (words, rest) = self.way_out.strip_prefix('[')?.split_once("](")?;
        Some((words, rest.strip_suffix(')')?))
    }

    /// What is not as the table says. `None`: all is.
    fn differs(&self, bed: &Bed, seen: &Seen) -> Option<String> {
        let text = words_of(&seen.page.body);
        // What every page of the office begins with is no sentence of this one.
        let text = text.rsplit("Sign out").next().unwrap_or_default();
        let wrong = |what: &str| {
            Some(format!(
                "{}: {what} is not on {}:\n{text}",
                self.name, seen.path
            ))
        };
        if seen.path != bed.filled(self.page) {
            return Some(format!("{} shows on {}", self.name, seen.path));
        }
        let mut rest = text;
        for piece in self.says.split('…').map(str::trim) {
            let Some((_, behind)) = rest.split_once(piece) else {
                return wrong(&format!("«{piece}»"));
            };
            rest = behind;
        }
        let Some((words, target)) = self.button() else {
            let is_fine = self.way_out.starts_with("nothing: ");
            return (!is_fine).then(|| format!("{}: {}", self.name, self.way_out));
        };
        let target = bed.filled(target);
        let leads = ["href", "action", "formaction"]
            .map(|attribute| format!("{attribute}=\"{target}\""))
            .iter()
            .any(|there| seen.page.body.contains(there.as_str()));
        match (text.contains(words), leads) {
            (true, true) => None,
            (false, _) => wrong(&format!("the button «{words}»")),
            (_, false) => wrong(&format!("a way to {target}")),
        }
    }
}

/// What a person reads of a page: no tags, no double blanks.
fn words_of(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for sign in html.chars() {
        match sign {
            '<' => {
                is_tag = true;
                text.push(' ');
            }
            '>' => is_tag = false,
            _ if !is_tag => text.push(sign),
            _ => {}
        }
    }
    for (entity, sign) in [("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
        text = text.replace(entity, sign);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cases(of: &str) -> Vec<Case> {
    let rows = TABLE.lines().filter_map(Case::parse);
    let all: Vec<Case> = rows.filter(|case| case.name.starts_with(of)).collect();
    assert!(!all.is_empty(), "the table has no case of {of}");
    all
}

/// Walks all rows of a kind, each in a house of its own.
async fn walk(of: &str, play: impl AsyncFn(&str, testkit::TestDb) -> (Bed, Seen)) {
    for engine in engines().await {
        let mut wrong = Vec::new();
        for case in cases(of) {
            let (bed, seen) = play(case.name, engine.fresh().await).await;
            wrong.extend(case.differs(&bed, &seen));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
}

#[test]
fn the_table_holds_thirty_cases_and_each_is_walked() {
    let all: Vec<Case> = TABLE.lines().filter_map(Case::parse).collect();
    let kinds = ["plex-", "emby-", "jellyfin-", "plan-"];
    let walked: usize = kinds.iter().map(|kind| cases(kind).len()).sum();
    assert!(all.len() >= 30, "{} cases", all.len());
    assert_eq!(walked, all.len(), "a case of another kind is not walked");
    let mut names: Vec<&str> = all.iter().map(|case| case.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all.len(), "two cases have one name");
}

#[tokio::test]
async fn what_goes_wrong_with_plex_is_said_with_its_cause_and_a_way_out() {
    walk("plex-", async |name, on| {
        Box::pin(plex::play(name, on)).await
    })
    .await;
}

#[tokio::test]
async fn what_goes_wrong_with_emby_is_said_with_its_cause_and_a_way_out() {
    walk("emby-", async |name, on| {
        Box::pin(emby::play(name, on)).await
    })
    .await;
}

#[tokio::test]
async fn what_goes_wrong_with_jellyfin_is_said_with_its_cause_and_a_way_out() {
    walk("jellyfin-", async |name, on| {
        Box::pin(jellyfin::play(name, on)).await
    })
    .await;
}

/// Checklist: G12
#[tokio::test]
async fn why_a_plan_cannot_be_had_is_said_for_each_server() {
    walk("plan-", async |name, on| {
        Box::pin(plans::play(name, on)).await
    })
    .await;
}
