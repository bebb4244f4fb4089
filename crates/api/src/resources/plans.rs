//! `plans`: what is sold. A change makes a new version; what was sold keeps its own.

use billing::entitlements::Entitlements as Own;
use billing::plan::{self, NewPlan, Plan, PlanKind, Sections};
use kit::field;
use kit::id::PlanId;
use kit::{FormErrors, Length};
use media::entitlements::{Entitlements, SECTION, Spread, Targets, no_groups};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::term_grants::reason_of;
use crate::call::{Answer, Call, found};
use crate::sent::{NoFilter, Nothing};
use crate::table::Table;
use crate::values::{Moment, Page, Stretch, id_of, moment, word};

const ALL: &str = "/api/v1/plans";
const ONE: &str = "/api/v1/plans/{id}";

pub fn table() -> Table {
    let change = Permission::PlansChange;
    Table::of("plans")
        .list(ALL, (Permission::PlansSee, "Lists plans"), list)
        .create(ALL, (change, "Makes a membership plan"), create)
        .read(ONE, (Permission::PlansSee, "Shows a plan"), show)
        .replace(
            ONE,
            (change, "Makes a new version; nothing changed makes none"),
            revise,
        )
        .remove(
            ONE,
            (change, "Deletes a plan; one that was sold is archived"),
            remove,
        )
        .act(
            "/api/v1/plans/{id}/offer",
            (change, "Puts a plan on sale"),
            offer,
        )
        .act(
            "/api/v1/plans/{id}/withdraw",
            (change, "Takes a plan off sale"),
            withdraw,
        )
        .act(
            "/api/v1/plans/{id}/make-default",
            (change, "Makes it the default plan"),
            make_default,
        )
        .act(
            "/api/v1/plans/{id}/move-members",
            (
                change,
                "Puts everybody who has an earlier version on the newest",
            ),
            move_members,
        )
}

/// What a plan opens on media servers.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MediaRights {
    /// Library groups, by id; none opens nothing.
    groups: Vec<String>,
    /// Servers, by id; none stands for any.
    #[serde(default)]
    servers: Vec<String>,
    /// `only` these servers, or these `first`.
    targets: Option<String>,
    /// `one` or `all` of the servers.
    spread: Option<String>,
    /// Streams at once; absent: no limit.
    streams: Option<u32>,
    #[serde(default)]
    video_transcoding: bool,
    #[serde(default)]
    four_k_transcoding: bool,
    #[serde(default)]
    downloads: bool,
    /// Absent: no limit.
    downloads_per_week: Option<u32>,
    /// Devices signed in, where servers count them; absent: no limit.
    devices: Option<u32>,
}

impl From<Entitlements> for MediaRights {
    fn from(rights: Entitlements) -> Self {
        Self {
            groups: rights.groups.iter().map(ToString::to_string).collect(),
            servers: rights.servers.iter().map(ToString::to_string).collect(),
            targets: Some(rights.targets.word().to_owned()),
            spread: Some(rights.spread.word().to_owned()),
            streams: rights.streams,
            video_transcoding: rights.video_transcoding,
            four_k_transcoding: rights.four_k_transcoding,
            downloads: rights.downloads,
            downloads_per_week: rights.downloads_per_week,
            devices: rights.devices,
        }
    }
}

impl MediaRights {
    fn read(&self, errors: &mut FormErrors) -> Entitlements {
        let targets = self.targets.as_ref().map(|text| word(text, Targets::parse));
        let targets = targets.and_then(|targets| errors.keep("media.targets", targets));
        let spread = self.spread.as_ref().map(|text| word(text, Spread::parse));
        let spread = spread.and_then(|spread| errors.keep("media.spread", spread));
        Entitlements {
            groups: ids("media.groups", &self.groups, errors),
            servers: ids("media.servers", &self.servers, errors),
            targets: targets.unwrap_or_default(),
            spread: spread.unwrap_or_default(),
            streams: self.streams,
            video_transcoding: self.video_transcoding,
            four_k_transcoding: self.four_k_transcoding,
            downloads: self.downloads,
            downloads_per_week: self.downloads_per_week,
            devices: self.devices,
        }
    }
}

fn ids<T: kit::id::Id>(field: &str, texts: &[String], errors: &mut FormErrors) -> Vec<T> {
    let read: Result<Vec<T>, FormErrors> = texts.iter().map(|text| id_of(field, text)).collect();
    read.unwrap_or_else(|wrong| {
        for (field, text) in wrong.iter() {
            errors.add(field, text.clone());
        }
        Vec::new()
    })
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
struct PlanShown {
    id: String,
    /// `membership`, `radio`, `tv` or `reseller`.
    kind: String,
    name: String,
    description: String,
    /// The order of offering, smallest first.
    position: i64,
    is_active: bool,
    is_default: bool,
    /// The present version; what was sold keeps its own.
    version_id: String,
    version_number: i64,
    /// How long a free trial is; absent: it is no trial plan.
    trial: Option<Stretch>,
    /// Places for linked members beside the paying one.
    seats: u32,
    /// Absent if it cannot be read.
    media: Option<MediaRights>,
    version_made_at: Moment,
    archived_at: Option<Moment>,
}

impl From<Plan> for PlanShown {
    fn from(plan: Plan) -> Self {
        let version = &plan.version;
        let media = Entitlements::parse(version.section(SECTION)).ok();
        Self {
            id: plan.id.to_string(),
            kind: version.kind.word().to_owned(),
            name: version.name.clone(),
            description: version.description.clone(),
            position: plan.position,
            is_active: plan.is_active,
            is_default: plan.is_default,
            version_id: version.id.to_string(),
            version_number: version.number,
            trial: version.trial().map(Stretch::from),
            seats: Own::of(version).seats,
            media: media.map(MediaRights::from),
            version_made_at: Moment(version.created_at),
            archived_at: moment(plan.archived_at),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanSent {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    position: i64,
    trial: Option<Stretch>,
    #[serde(default)]
    seats: u32,
    media: MediaRights,
}

impl PlanSent {
    fn read(&self, kept: &Sections) -> Result<NewPlan, FormErrors> {
        let mut errors = FormErrors::default();
        let name = errors.keep("name", field::required(&self.name, 80));
        let description = errors.keep("description", field::optional(&self.description, 2_000));
        let trial: Option<Length> = self
            .trial
            .as_ref()
            .and_then(|trial| errors.keep("trial", trial.read()));
        let opened = self.media.read(&mut errors);
        if opened.groups.is_empty() && errors.of("media.groups").is_none() {
            errors.add("media.groups", no_groups());
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut sections = kept.clone();
        let own = Own {
            seats: self.seats.min(100),
        };
        sections.insert(SECTION.to_owned(), opened.print());
        sections.insert(Own::SECTION.to_owned(), own.to_section());
        Ok(NewPlan {
            kind: PlanKind::Membership,
            name: name.unwrap_or_default(),
            description: description.flatten().unwrap_or_default(),
            position: self.position.clamp(-1_000, 1_000),
            trial,
            sections,
        })
    }
}

/// `GET /api/v1/plans`
async fn list(call: Call, _: NoFilter) -> Answer<Page<PlanShown>> {
    let plans = plan::list(&call.site.db).await?;
    Ok(Page::whole(
        &call.page,
        plans,
        |row| row.id.to_string(),
        PlanShown::from,
    ))
}

/// `GET /api/v1/plans/{id}`
async fn show(call: Call) -> Answer<PlanShown> {
    shown(&call, &call.id()?).await
}

async fn shown(call: &Call, id: &PlanId) -> Answer<PlanShown> {
    Ok(found(plan::find(&call.site.db, id).await?)?.into())
}

/// `POST /api/v1/plans`
async fn create(call: Call, sent: PlanSent) -> Answer<PlanShown> {
    let new = sent.read(&Sections::new())?;
    let mut tx = call.begin().await?;
    let id = plan::create(&mut tx, &new).await?;
    tx.save().await?;
    shown(&call, &id).await
}

/// `PUT /api/v1/plans/{id}`
async fn revise(call: Call, sent: PlanSent) -> Answer<PlanShown> {
    let mut tx = call.begin().await?;
    let before = found(plan::find(&mut tx, &call.id()?).await?)?;
    let wanted = NewPlan {
        kind: before.kind(),
        ..sent.read(before.version.sections())?
    };
    plan::revise(&mut tx, &before.id, &wanted).await?;
    tx.save().await?;
    shown(&call, &before.id).await
}

/// `DELETE /api/v1/plans/{id}`
async fn remove(call: Call) -> Answer<()> {
    let mut tx = call.begin().await?;
    plan::delete(&mut tx, &call.id()?).await?;
    Ok(tx.save().await?)
}

/// `POST /api/v1/plans/{id}/offer`
async fn offer(call: Call, _: Nothing) -> Answer<PlanShown> {
    set_active(call, true).await
}

/// `POST /api/v1/plans/{id}/withdraw`
async fn withdraw(call: Call, _: Nothing) -> Answer<PlanShown> {
    set_active(call, false).await
}

async fn set_active(call: Call, is_active: bool) -> Answer<PlanShown> {
    let id: PlanId = call.id()?;
    let mut tx = call.begin().await?;
    plan::set_active(&mut tx, &id, is_active).await?;
    tx.save().await?;
    shown(&call, &id).await
}

/// `POST /api/v1/plans/{id}/make-default`
async fn make_default(call: Call, _: Nothing) -> Answer<PlanShown> {
    let id: PlanId = call.id()?;
    let mut tx = call.begin().await?;
    plan::make_default(&mut tx, &id).await?;
    tx.save().await?;
    shown(&call, &id).await
}

/// Why; kept on the time line of each member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MembersMove {
    reason: String,
}

/// `POST /api/v1/plans/{id}/move-members`
async fn move_members(call: Call, sent: MembersMove) -> Answer<PlanShown> {
    let id: PlanId = call.id()?;
    let reason = reason_of(&sent.reason)?;
    let mut tx = call.begin().await?;
    plan::move_everybody(&mut tx, &id, &reason).await?;
    tx.save().await?;
    shown(&call, &id).await
}
