//! A member: how they stand and what comes next, where they have access, what was given, what happened.

use axum::extract::{Path, Query, State};
use billing::standing::Standing;
use kit::id::{Id, MemberId};
use kit::{PageAsked, Subject, Text, t};
use maud::{Markup, html};
use media::account_change::{self, AccountChange};
use media::placed::Placed;
use media::share::{self, Share};
use people::identity::{self, IdentityKind, IdentityRow};
use people::member::{self, Member};
use people::role::Permission;
use serde::Deserialize;
use ui::{Crumb, Span};
use web::{ConsoleParts, PageError, PageResult, Site, Staff};

use super::{member_acts as acts, member_pieces as pieces, member_plays, other_account};
use crate::ask::Here;
use crate::{desk, menu, words};

/// Which part of the story is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
}

/// What a page about a member knows.
pub struct Known {
    pub member: Member,
    pub standing: Option<Standing>,
    pub shares: Vec<Share>,
    pub servers: Vec<media::Server>,
    pub placed: Vec<Placed>,
    /// What they were asked for and have not given.
    pub account_change: Option<AccountChange>,
    identities: Vec<IdentityRow>,
}

impl Known {
    pub async fn read(site: &Site, id: &str) -> Result<Self, PageError> {
        let id = MemberId::parse(id).ok_or(PageError::NotFound)?;
        let member = member::find(&site.db, &id)
            .await?
            .ok_or(PageError::NotFound)?;
        let standing = standing_of(site, &id).await?;
        let shares = share::list_of_member(&site.db, &id).await?;
        let servers = media::server::list(&site.db).await?;
        let placed = media::placed::of_member(&site.db, &id).await?;
        let account_change = account_change::due_of(&site.db, &id).await?;
        let identities = identity::list_of(&site.db, &id).await?;
        Ok(Self {
            member,
            standing,
            shares,
            servers,
            placed,
            account_change,
            identities,
        })
    }

    /// Whether they sign in there with a name and a password of ours: where people are invited, they have their own.
    pub fn has_password(&self, share: &Share) -> bool {
        let server = self.servers.iter().find(|one| one.id == share.server_id);
        server.is_some_and(|server| server.owner_account_id.is_none())
    }

    /// The addresses by which gateways know them.
    pub fn payer_emails(&self) -> Vec<&str> {
        let payers = self.identities.iter();
        payers
            .filter(|one| one.kind == IdentityKind::PayerEmail)
            .map(|one| one.label.as_str())
            .collect()
    }

    pub fn server_name(&self, share: &Share) -> &str {
        self.servers
            .iter()
            .find(|server| server.id == share.server_id)
            .map_or("", |server| server.name.as_str())
    }

    /// Their page, for whatever is asked on it.
    pub fn here(&self) -> Here {
        let name = Text::verbatim(self.member.name.clone());
        Here::new(
            menu::MEMBERS,
            name,
            format!("/office/members/{}", self.member.id),
        )
    }

    pub fn href(&self, act: &str) -> String {
        format!("/office/members/{}/{act}", self.member.id)
    }
}

/// The membership that lives, else the last one.
async fn standing_of(site: &Site, id: &MemberId) -> Result<Option<Standing>, PageError> {
    let subject = Subject::of(id);
    let found = match billing::subscription::living_of(&site.db, &subject).await? {
        Some(living) => Some(living.id),
        None => billing::subscription::of_subject(&site.db, &subject)
            .await?
            .first()
            .map(|last| last.id.clone()),
    };
    match found {
        Some(id) => Ok(Some(
            billing::standing::standing(&site.db, &id, site.now()).await?,
        )),
        None => Ok(None),
    }
}

/// `GET /office/members/{id}`
pub async fn show(
    staff: Staff,
    State(site): State<Site>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let known = Known::read(&site, &id).await?;
    if let Some(into) = &known.member.merged_into {
        return Ok(web::see_other(&format!("/office/members/{into}")));
    }
    let reader = &staff.reader;
    let live = format!("/events?topics=member:{}", known.member.id);
    let body = html! {
        (ui::live(&live))
        (moving(&site, &staff, &known).await?)
        (ui::grid(&[
            ui::card(t!("What happened")).span(Span::Seven)
                .render(reader, &story(&site, &staff, &known, &asked).await?),
            html! { div.stack data-span="5" {
                (payments(&site, &staff, &known).await?)
                (member_plays::card(&site, &staff, &known).await?)
                (person(&staff, &known))
            } },
        ]))
    };
    let parts = ConsoleParts {
        path: vec![Crumb::new(t!("Members"), menu::MEMBERS)],
        intro: known
            .standing
            .as_ref()
            .map(|standing| standing.next.clone()),
        actions: Some(acts::buttons(&staff, &known)),
        ..desk::parts(Text::verbatim(known.member.name.clone()), menu::MEMBERS)
    };
    desk::page(&site, &staff, parts, body).await
}

/// What changes while the page is open: standing, access, grants.
async fn moving(site: &Site, staff: &Staff, known: &Known) -> Result<Markup, PageError> {
    let tries = upkeep::of_subject(&site.db, &Subject::of(&known.member.id)).await?;
    Ok(html! {
        div.stack id="member" {
            @if let Some(change) = &known.account_change { (other_account::notice(staff, known, change)) }
            (ui::grid(&[
                pieces::standing(staff, known),
                pieces::access(staff, known, &tries),
            ]))
            @if let Some(standing) = &known.standing {
                (ui::grid(&[pieces::holds(staff, known, standing), pieces::grants(staff, known, standing)]))
            }
        }
    })
}

/// The live piece of this page.
pub fn topic() -> web::LiveTopic {
    web::LiveTopic::new("member", |site, guest, key| async move {
        let Some(staff) = desk::staff_of(guest, Some(Permission::MembersSee)) else {
            return Ok(None);
        };
        let known = Known::read(&site, &key).await?;
        let markup = moving(&site, &staff, &known).await?;
        Ok(Some(ui::partial("member", &markup)))
    })
}

async fn story(
    site: &Site,
    staff: &Staff,
    known: &Known,
    asked: &Asked,
) -> Result<Markup, PageError> {
    let reader = &staff.reader;
    let subject = Subject::of(&known.member.id);
    let asked = PageAsked::new(25, Some(asked.after.clone()));
    let events = chronicle::of_subject(&site.db, &subject, &asked).await?;
    let moments = events
        .rows
        .iter()
        .map(crate::house::events::moment)
        .collect();
    let older = events
        .next
        .map(|mark| format!("/office/members/{}?after={mark}", known.member.id));
    Ok(html! {
        (ui::timeline(moments).empty(t!("Nothing has happened yet.")).render(reader))
        @if let Some(href) = older { p { (ui::link(&href, &reader.say(&t!("Older")))) } }
    })
}

async fn payments(site: &Site, staff: &Staff, known: &Known) -> Result<Markup, PageError> {
    let Some(standing) = known
        .standing
        .as_ref()
        .filter(|_| staff.may(Permission::PaymentsSee))
    else {
        return Ok(html! {});
    };
    let reader = &staff.reader;
    let filter = lists::payments::PaymentFilter {
        subscription: Some(standing.subscription.id.clone()),
        ..Default::default()
    };
    let page = lists::payments::page(&site.db, &filter, &PageAsked::first(6)).await?;
    let rows = ui::rows()
        .rows(page.rows.iter().map(|payment| {
            let title = html! {
                a.link href={ "/office/payments/" (payment.id) } { (ui::money(reader, payment.amount())) }
            };
            let detail = html! {
                (ui::date(reader, payment.settled_at))
                @if let Some(gateway) = &payment.gateway { " · " (gateway) }
            };
            ui::row(reader, ui::Tone::Neutral, "payments", &t!("Payment")).title(title).detail(detail)
        }))
        .empty(t!("Nothing was paid for this membership yet."));
    let all = format!("/office/payments?subscription={}", standing.subscription.id);
    let aside = ui::link(&all, &reader.say(&t!("All of theirs")));
    Ok(ui::card(t!("Payments"))
        .flush()
        .aside(aside)
        .render(reader, &rows.render(reader)))
}

fn person(staff: &Staff, known: &Known) -> Markup {
    let reader = &staff.reader;
    let member = &known.member;
    let account = member.account_id.as_ref().map(|id| {
        ui::link(
            &format!("/office/accounts/{id}"),
            &reader.say(&t!("Open their sign-in")),
        )
    });
    let nobody = html! { (reader.say(&t!("None: nobody signs in here as them."))) };
    let facts = ui::facts()
        .line(t!("Name"), html! { (member.name) })
        .line(
            t!("E-mail"),
            words::or_nothing(reader, member.email.as_ref().map(kit::Email::as_str)),
        )
        .maybe(t!("E-mail at Plex"), shown(member.plex_email.as_ref()))
        .maybe(t!("E-mail at Emby"), shown(member.emby_email.as_ref()))
        .maybe(t!("Pays from"), pays_from(known))
        .line(t!("Sign-in"), account.unwrap_or(nobody))
        .line(t!("Note"), words::or_nothing(reader, Some(&member.note)))
        .line(t!("Member since"), ui::date(reader, member.created_at))
        .line(t!("Number"), ui::code(member.id.as_str()));
    let aside = html! {
        @if staff.may(Permission::MembersChange) {
            (ui::link(&known.href("join"), &reader.say(&t!("Join with another…")))) " "
            (ui::link(&known.href("edit"), &reader.say(&t!("Change"))))
        }
    };
    ui::card(t!("Person"))
        .aside(aside)
        .render(reader, &facts.render(reader))
}

fn shown(email: Option<&kit::Email>) -> Option<Markup> {
    email.map(|email| html! { (email) })
}

fn pays_from(known: &Known) -> Option<Markup> {
    let emails = known.payer_emails().join(", ");
    (!emails.is_empty()).then(|| html! { (emails) })
}
