//! Library groups: what plans are made of. Private and Standard are there from the start and protected.

use db::{DbError, Read, Tx, values};
use kit::field::required;
use kit::id::{GroupId, Id, LibraryId, ServerId};
use kit::stored::stored_words;
use kit::{FormErrors, Text, t};

use crate::error::MediaError;
use crate::events::{GroupChange, GroupChanged, LibrariesGrouped};
use crate::library;
use crate::waking;

stored_words! {
    /// What protects a group.
    pub enum Guard {
        /// Its libraries are never shared with anybody.
        Private = "private",
        Standard = "standard",
        /// The operator's own: can be renamed and deleted.
        Own = "own",
    }
}

db::row! {
    /// A library group.
    #[derive(Debug, Clone)]
    pub struct Group {
        pub id: GroupId,
        pub name: String,
        pub guard: Guard,
    }
}

impl Group {
    /// What people read: the two protected ones are translated, the others are the operator's words.
    pub fn title(&self) -> Text {
        match self.guard {
            Guard::Private => t!("Private"),
            Guard::Standard => t!("Standard"),
            Guard::Own => Text::verbatim(&self.name),
        }
    }

    pub fn is_private(&self) -> bool {
        self.guard == Guard::Private
    }
}

/// The group that is never shared; new libraries arrive in it.
pub fn private() -> GroupId {
    GroupId::parse("grp_private").expect("the text is an id")
}

pub fn standard() -> GroupId {
    GroupId::parse("grp_standard").expect("the text is an id")
}

const LIST: &str = "
    select id, name, guard from library_groups order by guard desc, name, id";

/// All groups: Standard, Private, then the operator's own by name.
pub async fn list(mut read: impl Read) -> Result<Vec<Group>, DbError> {
    read.all(LIST, values![]).await
}

/// The groups that a plan may give: all but Private.
pub async fn list_shareable(read: impl Read) -> Result<Vec<Group>, DbError> {
    Ok(list(read)
        .await?
        .into_iter()
        .filter(|group| !group.is_private())
        .collect())
}

const FIND: &str = "select id, name, guard from library_groups where id = $1";

/// `None`: there is no such group.
pub async fn find(mut read: impl Read, id: &GroupId) -> Result<Option<Group>, DbError> {
    read.maybe(FIND, values![id]).await
}

const INSERT: &str = "
    insert into library_groups (id, name, guard, made_at) values ($1, $2, 'own', $3)";

pub async fn create(tx: &mut Tx<'_>, name: &str) -> Result<Group, MediaError> {
    let name = group_name(name)?;
    let id: GroupId = tx.id();
    let now = tx.now();
    tx.run(INSERT, values![id, name, now])
        .await
        .map_err(name_taken)?;
    tell(tx, &id, &name, GroupChange::Created).await?;
    find(tx, &id).await?.ok_or(MediaError::NotFound)
}

const RENAME: &str = "update library_groups set name = $2 where id = $1";

pub async fn rename(tx: &mut Tx<'_>, id: &GroupId, name: &str) -> Result<(), MediaError> {
    let name = group_name(name)?;
    own(tx, id).await?;
    tx.run(RENAME, values![id, name])
        .await
        .map_err(name_taken)?;
    tell(tx, id, &name, GroupChange::Renamed).await
}

const REMOVE: &str = "delete from library_groups where id = $1";

/// Deletes a group of the operator's own that holds no library.
///
/// Plans that name it keep doing so and then ask for something that no server has: callers ask billing first.
pub async fn remove(tx: &mut Tx<'_>, id: &GroupId) -> Result<(), MediaError> {
    let group = own(tx, id).await?;
    let libraries = library::count_in_group(&mut *tx, id).await?;
    if libraries > 0 {
        return Err(MediaError::Refused(
            Text::counted(
                libraries,
                "One library is still in {group}. Put it into another group first.",
                "{n} libraries are still in {group}. Put them into other groups first.",
            )
            .with("group", group.name),
        ));
    }
    tx.run(REMOVE, values![id]).await?;
    tell(tx, id, &group.name, GroupChange::Removed).await
}

async fn tell(
    tx: &mut Tx<'_>,
    group: &GroupId,
    name: &str,
    change: GroupChange,
) -> Result<(), MediaError> {
    let event = GroupChanged {
        group: group.clone(),
        name: name.to_owned(),
        change,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

/// Puts libraries of one server into a group; whoever has shares there gets or loses them with the next look.
pub async fn put_libraries(
    tx: &mut Tx<'_>,
    server: &ServerId,
    libraries: &[LibraryId],
    into: &GroupId,
) -> Result<(), MediaError> {
    let group = find(&mut *tx, into).await?.ok_or(MediaError::NotFound)?;
    let mut moved = 0;
    for id in libraries {
        moved += i64::from(library::set_group(tx, server, id, into).await?);
    }
    if moved == 0 {
        return Ok(());
    }
    waking::wake_server(tx, server).await?;
    let event = LibrariesGrouped {
        server: server.clone(),
        group_title: group.title(),
        group: group.id,
        libraries: moved,
    };
    chronicle::tell(tx, &event).await?;
    Ok(())
}

async fn own(tx: &mut Tx<'_>, id: &GroupId) -> Result<Group, MediaError> {
    let group = find(tx, id).await?.ok_or(MediaError::NotFound)?;
    if group.guard == Guard::Own {
        return Ok(group);
    }
    Err(MediaError::Refused(t!(
        "The group {group} belongs to the house and cannot be changed or deleted. Make a group of your own instead.",
        group = group.title()
    )))
}

fn group_name(name: &str) -> Result<String, MediaError> {
    required(name, 60).map_err(|error| MediaError::Form(FormErrors::one("name", error.text())))
}

fn name_taken(error: DbError) -> MediaError {
    match error {
        DbError::Duplicate(_) => MediaError::Form(FormErrors::one(
            "name",
            t!("There is a group of this name already. Choose another name."),
        )),
        other => MediaError::Db(other),
    }
}
