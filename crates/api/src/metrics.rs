//! The figures of the house in Prometheus' text format, version 0.0.4.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use db::DbError;
use lists::api::Counted;
use web::Site;

/// Prints all figures.
pub async fn print(site: &Site, answers: &[AtomicU64]) -> Result<String, DbError> {
    let mut page = Page::default();
    page.line(
        "playhouse_build_info",
        "gauge",
        "The version that runs.",
        &[(&format!("version=\"{}\"", env!("CARGO_PKG_VERSION")), 1)],
    );
    let classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];
    let by_class: Vec<(String, i64)> = classes
        .iter()
        .zip(answers)
        .map(|(class, n)| (format!("class=\"{class}\""), whole(n)))
        .collect();
    page.lines(
        "playhouse_http_answers_total",
        "counter",
        "Answers since the start, by class of status.",
        &by_class,
    );
    let now = site.now();
    let jobs = lists::api::jobs_by_lane(&site.db, now).await?;
    page.lines(
        "playhouse_jobs",
        "gauge",
        "Jobs by lane and state; counted up to 10,000.",
        &labelled(&jobs, "lane"),
    );
    let targets = lists::api::targets_by_state(&site.db).await?;
    page.lines(
        "playhouse_targets",
        "gauge",
        "Things kept in place elsewhere, by kind and state.",
        &labelled(&targets, "kind"),
    );
    process(&mut page).await;
    Ok(page.0)
}

fn whole(n: &AtomicU64) -> i64 {
    i64::try_from(n.load(Ordering::Relaxed)).unwrap_or(i64::MAX)
}

fn labelled(rows: &[Counted], name: &str) -> Vec<(String, i64)> {
    let one = |row: &Counted| {
        let labels = format!("{name}=\"{}\",state=\"{}\"", row.name, row.state);
        (labels, row.n)
    };
    rows.iter().map(one).collect()
}

/// What the kernel says of this process; nothing on systems without `/proc`.
async fn process(page: &mut Page) {
    let status = tokio::fs::read_to_string("/proc/self/status").await;
    if let Some(bytes) = status.ok().and_then(|status| resident_bytes(&status)) {
        page.line(
            "process_resident_memory_bytes",
            "gauge",
            "Memory in use.",
            &[("", bytes)],
        );
    }
    let stat = tokio::fs::read_to_string("/proc/self/stat").await;
    let uptime = tokio::fs::read_to_string("/proc/uptime").await;
    if let (Ok(stat), Ok(uptime)) = (stat, uptime)
        && let Some(seconds) = running_s(&stat, &uptime)
    {
        page.line(
            "playhouse_uptime_seconds",
            "gauge",
            "Since this process began.",
            &[("", seconds)],
        );
    }
}

fn resident_bytes(status: &str) -> Option<i64> {
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: i64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// The 22nd field is the start in ticks since boot, a hundred a second on every Linux that we know of
/// (`man 5 proc_pid_stat`). The name in the second field may hold blanks, but ends with the last bracket.
fn running_s(stat: &str, uptime: &str) -> Option<i64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let ticks: i64 = after_name.split_whitespace().nth(19)?.parse().ok()?;
    let up: i64 = uptime.split('.').next()?.trim().parse().ok()?;
    Some((up - ticks / 100).max(0))
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, name: &str, kind: &str, help: &str, values: &[(&str, i64)]) {
        let owned: Vec<(String, i64)> = values.iter().map(|(l, n)| ((*l).to_owned(), *n)).collect();
        self.lines(name, kind, help, &owned);
    }

    fn lines(&mut self, name: &str, kind: &str, help: &str, values: &[(String, i64)]) {
        const INFALLIBLE: &str = "writing into a String does not fail";
        writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}").expect(INFALLIBLE);
        for (labels, n) in values {
            if labels.is_empty() {
                writeln!(self.0, "{name} {n}").expect(INFALLIBLE);
            } else {
                writeln!(self.0, "{name}{{{labels}}} {n}").expect(INFALLIBLE);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_a_bracket_in_its_name_still_has_its_age() {
        let after = " S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 5000 0";
        assert_eq!(running_s(&format!("7 (a) b){after}"), "120.5 9"), Some(70));
    }

    #[test]
    fn memory_is_read_in_bytes() {
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t    2 kB\n"), Some(2048));
        assert_eq!(resident_bytes("Name:\tx\n"), None);
    }
}
