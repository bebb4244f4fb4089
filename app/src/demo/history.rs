//! Months in seconds: the clock is moved from act to act, and all jobs of the house are run on the way.

use std::collections::BTreeMap;

use billing::agreement::{self, WantedEnd};
use billing::hold::{self, HoldReason, NewHold};
use billing::plan::{self, PlanKind};
use billing::subscription;
use billing::term::{self, Cause, CauseKind, NewGrant};
use flows::told_at_once::checkout::MediaChoice;
use flows::told_at_once::{link_users, new_member, trial};
use kit::id::{EventId, SubscriptionId};
use kit::{Length, Span, Subject, Timestamp};
use media::{credentials, link, remote_user};
use people::account::Account;
use people::member;

use super::cast::{Act, BOREALIS_LOST, CAST, Kind, Person};
use super::clock::HISTORY;
use super::error::DemoError;
use super::money::{self, Buyer};
use super::plans::{self, Catalogue};
use super::platforms;
use super::servers::{self, Servers};
use super::streams::{self, Viewer};
use super::{Demo, sign_ins, site};

/// What happens at a moment.
enum Scene {
    /// Only time passes: schedules have their turn.
    Time,
    Act(&'static Person, Act),
    BorealisIsLost,
    /// Nobody else is to buy what cannot be watched.
    ClassicsAreWithdrawn,
    /// Somebody who was on Aurora before the house becomes a member.
    NeighbourIsLinked,
}

/// Those who take part.
struct Play<'a> {
    demo: &'a Demo,
    operator: Account,
    servers: Servers,
    catalogue: Catalogue,
    accounts: BTreeMap<&'static str, Account>,
}

/// Lives through the whole history; answers who is watching at its end.
pub async fn live(demo: &Demo) -> Result<Vec<Viewer>, DemoError> {
    site::set_up(demo).await?;
    let operator = sign_ins::operator(demo).await?;
    let servers = servers::add(demo, &operator).await?;
    let catalogue = plans::make(demo, &operator, &servers).await?;
    let mut play = Play {
        demo,
        operator,
        servers,
        catalogue,
        accounts: BTreeMap::new(),
    };
    play.run_jobs().await?;
    for (before_now, scene) in scenes() {
        play.demo.clock.move_to(before_now);
        play.scene(scene).await?;
    }
    play.evening().await?;
    play.demo.clock.move_to(Span::ZERO);
    let viewers = streams::start(&play.demo.outside).await;
    play.pass_time().await?;
    Ok(viewers)
}

/// All scenes in the order in which they happen.
fn scenes() -> Vec<(Span, Scene)> {
    let mut scenes = vec![
        (BOREALIS_LOST, Scene::BorealisIsLost),
        (Span::minutes(70), Scene::ClassicsAreWithdrawn),
        (Span::days(70), Scene::NeighbourIsLinked),
    ];
    for (nth, person) in CAST.iter().enumerate() {
        let acts = person.acts.iter();
        scenes.extend(acts.map(|(when, act)| (when.before_now(nth), Scene::Act(person, *act))));
    }
    scenes.extend(ticks().map(|at| (at, Scene::Time)));
    scenes.sort_by_key(|(before_now, _)| -before_now.as_ms());
    scenes
}

/// Long ago every third day, lately every second, and at last often: a renewal that is seen three days late
/// is still in time.
fn ticks() -> impl Iterator<Item = Span> {
    let days = HISTORY.as_ms() / Span::days(1).as_ms();
    let long_ago = (31..days).step_by(2);
    let minutes = [1380, 900, 580, 240, 85, 60, 30, 10];
    long_ago
        .chain(1..31)
        .map(Span::days)
        .chain(minutes.map(Span::minutes))
}

/// Minutes before now at which somebody looks in on the last evening.
const EVENING: [i64; 4] = [8, 6, 4, 3];

impl Play<'_> {
    /// Everybody watched something shortly before now, so that there is a history of it.
    async fn evening(&self) -> Result<(), DemoError> {
        let viewers = streams::start(&self.demo.outside).await;
        for minutes in EVENING {
            self.pass_time().await?;
            self.demo.clock.move_to(Span::minutes(minutes));
        }
        streams::stop(&self.demo.outside, &viewers).await?;
        self.demo.clock.move_to(Span::minutes(2));
        self.pass_time().await
    }

    async fn scene(&mut self, scene: Scene) -> Result<(), DemoError> {
        match scene {
            Scene::Time => return self.pass_time().await,
            Scene::Act(person, act) => self.act(person, act).await?,
            Scene::BorealisIsLost => self.demo.outside.lose_borealis().await?,
            Scene::ClassicsAreWithdrawn => {
                let mut tx = self.demo.house.db.begin(self.operator.actor()).await?;
                plan::set_active(&mut tx, &self.catalogue.classics, false).await?;
                tx.save().await?;
            }
            Scene::NeighbourIsLinked => self.link_neighbour().await?,
        }
        self.run_jobs().await
    }

    async fn pass_time(&self) -> Result<(), DemoError> {
        self.demo.house.runner.turn_schedules().await?;
        self.run_jobs().await
    }

    async fn run_jobs(&self) -> Result<(), DemoError> {
        self.demo.house.runner.run_until_idle().await?;
        Ok(())
    }

    async fn act(&mut self, person: &'static Person, act: Act) -> Result<(), DemoError> {
        let account = self.account(person).await?;
        let demo = self.demo;
        let buyer = Buyer {
            person,
            account: &account,
            catalogue: &self.catalogue,
        };
        match act {
            Act::Registers => Ok(()),
            Act::Card(offer, card) => money::by_card(demo, &buyer, offer, card).await,
            Act::CardOn(kind, card) => {
                if kind == Kind::Plex {
                    platforms::link(demo, person, &account).await?;
                }
                money::by_card_on(demo, &buyer, kind, card).await
            }
            Act::Transfer(offer) => {
                let attempt = money::by_transfer(demo, &buyer, offer).await?;
                money::approve(demo, &self.operator, &attempt).await
            }
            Act::Proof(offer) => {
                let attempt = money::by_transfer(demo, &buyer, offer).await?;
                money::prove(demo, &account, &attempt).await
            }
            Act::Refunded(minor, reason) => {
                money::pay_back(demo, &self.operator, &account, minor, reason).await
            }
            Act::Disputed => money::dispute(demo, &account).await,
            Act::PaysTwice => money::stray(demo, person).await,
            Act::Trial => self.try_out(person, &account).await,
            Act::Permanent => self.let_in_for_good(person, &account).await,
            _ => self.change_term(&account, act).await,
        }
    }

    /// The person's account, made when they first do something.
    async fn account(&mut self, person: &'static Person) -> Result<Account, DemoError> {
        if let Some(known) = self.accounts.get(person.email) {
            return Ok(known.clone());
        }
        let account = sign_ins::register(self.demo, person).await?;
        self.accounts.insert(person.email, account.clone());
        Ok(account)
    }

    async fn try_out(&self, person: &Person, account: &Account) -> Result<(), DemoError> {
        let tools = &self.demo.house.tools;
        let media = MediaChoice::New(money::chosen(person)?);
        trial::start(
            tools,
            account,
            &self.catalogue.trial,
            trial::Wish::default(),
            &media,
        )
        .await?;
        Ok(())
    }

    /// Staff give time without end; then the member chooses a name and a password.
    async fn let_in_for_good(&self, person: &Person, account: &Account) -> Result<(), DemoError> {
        let tools = &self.demo.house.tools;
        let gift = new_member::Gift {
            plan: self.catalogue.family.clone(),
            until: new_member::Until::Permanent,
            cause: CauseKind::Staff,
        };
        let mut tx = tools.db.begin(self.operator.actor()).await?;
        let member = member::of_account(&mut tx, account).await?;
        new_member::give(&mut tx, &member, &gift).await?;
        tx.save().await?;
        self.run_jobs().await?;
        let chosen = money::chosen(person)?;
        let mut tx = tools.db.begin(account.actor()).await?;
        credentials::choose_everywhere(&mut tx, &tools.vault, &member.id, &chosen).await?;
        Ok(tx.save().await?)
    }

    /// What staff or the member do to a membership that is there.
    async fn change_term(&self, account: &Account, act: Act) -> Result<(), DemoError> {
        let actor = match act {
            Act::StopsRenewal => account.actor(),
            _ => self.operator.actor(),
        };
        let mut tx = self.demo.house.db.begin(actor).await?;
        let member = member::of_account(&mut tx, account).await?;
        let subject = Subject::of(&member.id);
        let living = subscription::living_of_kind(&mut tx, &subject, PlanKind::Membership).await?;
        let id = living
            .ok_or(DemoError::Script("no membership to change"))?
            .id;
        match act {
            Act::StopsRenewal => agreement::want_end(&mut tx, &id, WantedEnd::AtPeriodEnd).await?,
            Act::Suspended(note) => drop(hold::place(&mut tx, &staff_hold(&id, note)).await?),
            Act::Days(days, reason) => {
                let event: EventId = tx.id();
                let cause = Cause::new(CauseKind::Compensation, event.as_str());
                let mut grant = NewGrant::new(&id, Length::days(days), cause, tx.now());
                grant.reason = Some(reason.to_owned());
                term::grant(&mut tx, &grant).await?;
            }
            _ => return Err(DemoError::Script("an act that changes no term")),
        }
        Ok(tx.save().await?)
    }

    async fn link_neighbour(&self) -> Result<(), DemoError> {
        let db = &self.demo.house.db;
        let server = &self.servers.aurora;
        let seen = remote_user::find_by_name(db, server, "Jonas Feld").await?;
        let user = seen
            .ok_or(DemoError::Script("the neighbour was not seen"))?
            .id;
        let wishes = [link::Wish { user, member: None }];
        let changes = link::preview(db, server, &wishes).await?;
        let terms = link_users::Terms {
            plan: self.catalogue.solo.clone(),
            until: new_member::Until::Day(db.world().now() + Span::days(365)),
        };
        let mut tx = db.begin(self.operator.actor()).await?;
        for change in &changes {
            link_users::apply(&mut tx, server, change, &terms).await?;
        }
        Ok(tx.save().await?)
    }
}

fn staff_hold(subscription: &SubscriptionId, note: &str) -> NewHold {
    NewHold {
        subscription: subscription.clone(),
        reason: HoldReason::Abuse,
        source: String::new(),
        note: Some(note.to_owned()),
        until: Timestamp::NEVER,
    }
}
