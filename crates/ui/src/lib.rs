//! The design system: every piece of a page as a function of plain values. Knows no business.
//!
//! Words come in as [`kit::Text`] and are said to a [`kit::Reader`]; markup goes out as [`maud::Markup`].
//! Small things are functions (`ui::badge(reader, Tone::Good, &t!("In sync"))`); things with parts are
//! builders that start with a lower-case function and end in `.render(reader)`.
//!
//! - Pages: [`console_page`], [`front_page`], [`plain_page`], [`Assets`], [`MenuGroup`], [`MenuItem`], [`grid`], [`stack`]
//! - Forms: [`form`] with the fields of [`field`], [`button`], [`link_button`], [`post_button`], [`confirm`], [`dialog`], [`menu`]
//! - Lists: [`table`], [`filters`], [`bulk_bar`], [`rows`] of [`row`], [`facts`], [`timeline`], [`checklist`], [`steps`]
//! - Values: [`date`], [`moment`], [`ago`], [`money`], [`number`], [`person`], [`person_with`], [`initials_mark`], [`copyable`], [`secret_once`], [`code`], [`link`]
//! - States: [`badge`], [`Tone`], [`notice`], [`Flash`], [`empty`], [`progress`], [`usage`]
//! - Blocks: [`card`], [`figure`], [`section`], [`tabs`], [`crumbs`], [`plan_card`], [`price`], [`hero`], [`counts`], [`qr_code`], [`passkey`]
//! - Pictures: [`icon`], [`brand`], [`chart::sparkline`], [`chart::area`], [`chart::bars`], [`chart::donut`], [`chart::series`], [`chart::meter`]
//! - Live: [`live`] connects a page to its event stream, [`partial`] is one replacement sent on it
//! - Looks: [`theme::Theme`], [`STYLES`] and [`SCRIPTS`] to join, [`VENDORED`] to embed
//!
//! To add a component: one file here, one in `assets/css/components/` named in [`STYLES`], and one
//! example in [`gallery`].

mod assets;
mod badge;
mod block;
mod button;
mod card;
pub mod chart;
mod confirm;
mod counts;
mod facts;
mod filters;
mod form;
mod gallery;
mod icon;
mod list;
mod live;
mod nav;
mod notice;
mod plan;
mod shell;
mod table;
pub mod theme;
mod timeline;
mod value;

pub use assets::{SCRIPTS, STYLES, VENDORED};
pub use badge::{Tone, badge};
pub use block::{passkey, qr_code, section, stack};
pub use button::{Button, button, link_button, post_button};
pub use card::{Card, Delta, Figure, Span, card, figure, grid};
pub use confirm::{Confirm, Menu, confirm, dialog, menu};
pub use counts::{Count, counts};
pub use facts::{Facts, facts};
pub use filters::{Filters, bulk_bar, filters};
pub use form::{CSRF_FIELD, Form, field, form, get_form};
pub use gallery::gallery;
pub use icon::{ICONS, brand, icon};
pub use list::{Row, Rows, row, rows};
pub use live::{live, partial};
pub use nav::{Crumb, Tab, crumbs, steps, tabs};
pub use notice::{Empty, Flash, Notice, empty, notice, progress, usage};
pub use plan::{PlanCard, hero, plan_card, plans, price};
pub use shell::{
    Assets, ConsolePage, FrontPage, Language, MenuGroup, MenuItem, PlainPage, Viewer, console_page,
    front_page, plain_page,
};
pub use table::{Sort, Table, table};
pub use timeline::{Checklist, Moment, Timeline, checklist, timeline};
pub use value::{
    ago, code, copyable, date, initials_mark, link, moment, money, nothing, number, person,
    person_with, secret_once,
};
