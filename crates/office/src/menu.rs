//! The menu at the side: only what the viewer may open.

use db::DbError;
use kit::{Text, t};
use people::role::Permission;
use ui::{MenuGroup, MenuItem};
use web::{Site, Staff};

/// What waits for somebody, shown at its place in the menu.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waiting {
    pub wants: i64,
    failed_jobs: i64,
}

/// A line of the menu: words, address, icon, and what it takes to open it.
type Line = (Text, &'static str, &'static str, Permission);

pub const OVERVIEW: &str = "/office";
pub const MEMBERS: &str = "/office/members";
pub const INVITATIONS: &str = "/office/invitations";
pub const ACCOUNTS: &str = "/office/accounts";
pub const ROLES: &str = "/office/roles";
pub const PAYMENTS: &str = "/office/payments";
pub const PLANS: &str = "/office/plans";
pub const GATEWAYS: &str = "/office/gateways";
pub const SERVERS: &str = "/office/servers";
pub const SHARES: &str = "/office/shares";
pub const DEVICES: &str = "/office/devices";
pub const ACTIVITY: &str = "/office/activity";
pub const DOWNLOADS: &str = "/office/downloads";
pub const OWNERS: &str = "/office/owners";
pub const LIBRARIES: &str = "/office/libraries";
pub const LETTERS: &str = "/office/letters";
pub const EVENTS: &str = "/office/events";
pub const JOBS: &str = "/office/jobs";
pub const AUDIT: &str = "/office/audit";
pub const API_KEYS: &str = "/office/api-keys";
pub const SETTINGS: &str = "/office/settings";

fn people() -> [Line; 4] {
    [
        (t!("Members"), MEMBERS, "members", Permission::MembersSee),
        (
            t!("Invitations"),
            INVITATIONS,
            "mail",
            Permission::MembersSee,
        ),
        (
            t!("Sign-ins"),
            ACCOUNTS,
            "sign-ins",
            Permission::AccountsSee,
        ),
        (t!("Roles"), ROLES, "staff", Permission::RolesSee),
    ]
}

fn money() -> [Line; 3] {
    [
        (
            t!("Payments"),
            PAYMENTS,
            "payments",
            Permission::PaymentsSee,
        ),
        (t!("Plans"), PLANS, "plans", Permission::PlansSee),
        (t!("Gateways"), GATEWAYS, "card", Permission::SettingsSee),
    ]
}

fn machines() -> [Line; 4] {
    [
        (t!("Servers"), SERVERS, "servers", Permission::ServersSee),
        (t!("Access"), SHARES, "key", Permission::MembersSee),
        (t!("Devices"), DEVICES, "phone", Permission::MembersSee),
        (
            t!("Libraries"),
            LIBRARIES,
            "libraries",
            Permission::LibrariesSee,
        ),
    ]
}

fn activity() -> [Line; 2] {
    let see = Permission::StreamsSee;
    [
        (t!("Now playing"), ACTIVITY, "now-playing", see),
        (t!("Downloads"), DOWNLOADS, "download", see),
    ]
}

fn house() -> [Line; 6] {
    [
        (t!("Letters"), LETTERS, "mail", Permission::LettersSee),
        (t!("Events"), EVENTS, "events", Permission::EventsSee),
        (t!("Jobs"), JOBS, "jobs", Permission::JobsSee),
        (t!("Audit log"), AUDIT, "audit", Permission::AuditSee),
        (t!("API keys"), API_KEYS, "key", Permission::ApiKeysSee),
        (
            t!("Settings"),
            SETTINGS,
            "settings",
            Permission::SettingsSee,
        ),
    ]
}

/// Counts what waits, as far as the viewer may know.
pub async fn waiting(site: &Site, staff: &Staff) -> Result<Waiting, DbError> {
    let may_see_jobs = staff.may(Permission::JobsSee);
    Ok(Waiting {
        wants: chronicle::want::count_open(&site.db).await?,
        failed_jobs: if may_see_jobs {
            jobs::count_failed(&site.db).await?
        } else {
            0
        },
    })
}

pub fn of(staff: &Staff, waiting: &Waiting) -> Vec<MenuGroup> {
    let mut overview = MenuItem::new(t!("Overview"), OVERVIEW, "overview");
    if waiting.wants > 0 {
        overview = overview.count(waiting.wants).urgent();
    }
    let mut groups = vec![MenuGroup {
        title: None,
        items: vec![overview],
    }];
    groups.extend(group(staff, waiting, t!("People"), &people()));
    groups.extend(group(staff, waiting, t!("Payments & plans"), &money()));
    groups.extend(group(
        staff,
        waiting,
        t!("Servers & libraries"),
        &machines(),
    ));
    groups.extend(group(staff, waiting, t!("Activity"), &activity()));
    groups.extend(group(staff, waiting, t!("House"), &house()));
    groups
}

/// `None`: the viewer may open nothing of it.
fn group(staff: &Staff, waiting: &Waiting, title: Text, lines: &[Line]) -> Option<MenuGroup> {
    let items: Vec<MenuItem> = lines
        .iter()
        .filter(|line| staff.may(line.3))
        .map(|(label, href, icon, _)| {
            let item = MenuItem::new(label.clone(), *href, icon);
            if *href == JOBS && waiting.failed_jobs > 0 {
                item.count(waiting.failed_jobs).urgent()
            } else {
                item
            }
        })
        .collect();
    (!items.is_empty()).then_some(MenuGroup {
        title: Some(title),
        items,
    })
}

/// Whether the viewer may open a page of the office, judged by the menu's line that it belongs to.
pub fn may_open(staff: &Staff, href: &str) -> bool {
    people()
        .iter()
        .chain(&money())
        .chain(&machines())
        .chain(&activity())
        .chain(&house())
        .filter(|line| href.starts_with(line.1))
        .all(|line| staff.may(line.3))
}
