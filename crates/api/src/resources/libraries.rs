//! `libraries` and `library-groups`: what there is to see, bundled for plans.

use flows::told_at_once::remove_group;
use kit::FormErrors;
use kit::id::{GroupId, Id, LibraryId, ServerId};
use media::group::{self, Group};
use media::library::{self, Library};
use people::role::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::{Answer, Call, found};
use crate::sent::NoFilter;
use crate::table::Table;
use crate::values::{Moment, Page, id_of, moment, wished};

const LIBRARIES: &str = "/api/v1/libraries";
const GROUPS: &str = "/api/v1/library-groups";
const GROUP: &str = "/api/v1/library-groups/{id}";

pub fn table() -> Table {
    let (see, change) = (Permission::LibrariesSee, Permission::LibrariesChange);
    Table::of("libraries")
        .list(LIBRARIES, (see, "Lists libraries"), list)
        .change(
            "/api/v1/libraries/{id}",
            (change, "Puts a library into a group"),
            put,
        )
        .and(
            Table::of("library-groups")
                .list(GROUPS, (see, "Lists groups of libraries"), groups)
                .create(GROUPS, (change, "Makes a group"), create)
                .change(GROUP, (change, "Renames a group"), rename)
                .remove(
                    GROUP,
                    (change, "Removes a group; its libraries become Private"),
                    remove,
                ),
        )
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Library)]
struct LibraryShown {
    id: String,
    server_id: String,
    name: String,
    /// `movies`, `shows`, `music`, …
    kind: String,
    group_id: String,
    /// The server does not have it any more.
    missing_since: Option<Moment>,
}

impl From<Library> for LibraryShown {
    fn from(library: Library) -> Self {
        Self {
            id: library.id.to_string(),
            server_id: library.server_id.to_string(),
            name: library.name,
            kind: library.kind.word().to_owned(),
            group_id: library.group_id.to_string(),
            missing_since: moment(library.missing_since),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LibraryGroup)]
struct GroupShown {
    id: String,
    name: String,
    /// `private` is never shared; `private` and `standard` stay for ever; `own` are the operator's.
    guard: String,
}

fn shown(call: &Call, group: &Group) -> GroupShown {
    GroupShown {
        id: group.id.to_string(),
        name: call.say(&group.title()),
        guard: group.guard.word().to_owned(),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    server_id: Option<String>,
    group_id: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LibraryChange {
    group_id: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupName {
    name: String,
}

/// `GET /api/v1/libraries`
async fn list(call: Call, filter: Filter) -> Answer<Page<LibraryShown>> {
    let server: Option<ServerId> = wished("server_id", filter.server_id.as_ref(), Id::parse)?;
    let group: Option<GroupId> = wished("group_id", filter.group_id.as_ref(), Id::parse)?;
    let mut libraries = match &server {
        Some(server) => library::list_of_server(&call.site.db, server).await?,
        None => library::list(&call.site.db).await?,
    };
    libraries.retain(|library| {
        group
            .as_ref()
            .is_none_or(|group| library.group_id == *group)
    });
    Ok(Page::whole(
        &call.page,
        libraries,
        |row| row.id.to_string(),
        LibraryShown::from,
    ))
}

/// `PATCH /api/v1/libraries/{id}`
async fn put(call: Call, sent: LibraryChange) -> Answer<LibraryShown> {
    let id: LibraryId = call.id()?;
    let into: GroupId = id_of("group_id", &sent.group_id)?;
    let mut tx = call.begin().await?;
    let before = found(with_id(library::list(&mut tx).await?, &id))?;
    if group::find(&mut tx, &into).await?.is_none() {
        return Err(FormErrors::one("group_id", kit::FieldError::UnknownId.text()).into());
    }
    group::put_libraries(&mut tx, &before.server_id, std::slice::from_ref(&id), &into).await?;
    let after = found(with_id(library::list(&mut tx).await?, &id))?;
    tx.save().await?;
    Ok(after.into())
}

fn with_id(libraries: Vec<Library>, id: &LibraryId) -> Option<Library> {
    libraries.into_iter().find(|library| library.id == *id)
}

/// `GET /api/v1/library-groups`
async fn groups(call: Call, _: NoFilter) -> Answer<Page<GroupShown>> {
    let groups = group::list(&call.site.db).await?;
    Ok(Page::whole(
        &call.page,
        groups,
        |row| row.id.to_string(),
        |group| shown(&call, &group),
    ))
}

/// `POST /api/v1/library-groups`
async fn create(call: Call, sent: GroupName) -> Answer<GroupShown> {
    let mut tx = call.begin().await?;
    let group = group::create(&mut tx, &sent.name).await?;
    tx.save().await?;
    Ok(shown(&call, &group))
}

/// `PATCH /api/v1/library-groups/{id}`
async fn rename(call: Call, sent: GroupName) -> Answer<GroupShown> {
    let id: GroupId = call.id()?;
    let mut tx = call.begin().await?;
    group::rename(&mut tx, &id, &sent.name).await?;
    let group = found(group::find(&mut tx, &id).await?)?;
    tx.save().await?;
    Ok(shown(&call, &group))
}

/// `DELETE /api/v1/library-groups/{id}`
async fn remove(call: Call) -> Answer<()> {
    let mut tx = call.begin().await?;
    remove_group::remove(&mut tx, &call.id()?).await?;
    Ok(tx.save().await?)
}
