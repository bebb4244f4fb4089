//! Subtitles that somebody gives to a film or an episode: kept until the server has them, and uploaded once.

use async_trait::async_trait;
use db::{DbError, Read, Tx, values};
use jobs::{Job, JobError, Lane};
use kit::id::{LibraryId, MemberId, ServerId, SubtitleId};
use kit::stored::stored_words;
use kit::{Actor, FormErrors, Outcome, Span, Text, Timestamp, t};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::browse::{self, Chosen, Viewer};
use crate::error::MediaError;
use crate::events::SubtitleGiven;
use crate::help::{Help, ItemKind, Subtitle};
use crate::language::{self, Language};
use crate::library;
use crate::remote::MediaServer;
use crate::self_help::SelfHelpSettings;
use crate::servers::Servers;
use crate::subtitle_file::{self, Format};

/// How often a server that does not take it is asked.
const TRIES: i64 = 5;
const BETWEEN_TRIES: Span = Span::minutes(1);
/// How long an upload is remembered; its text goes as soon as the server has it.
const KEPT: Span = Span::days(90);

stored_words! {
    /// How far an upload is.
    pub enum UploadState {
        /// Kept here.
        Kept = "kept",
        /// The server is being given it, and the answer may have been lost.
        Sent = "sent",
        Done = "done",
        /// The server refused it, or was out of reach for too long.
        Failed = "failed",
    }
}

db::row! {
    /// One file of subtitles.
    #[derive(Debug, Clone)]
    pub struct Upload {
        pub id: SubtitleId,
        pub server_id: ServerId,
        /// Who gave it. `None`: staff.
        pub member_id: Option<MemberId>,
        pub library_id: LibraryId,
        /// The server's id of the film or episode.
        pub item: String,
        /// What people call it.
        pub title: String,
        /// ISO 639-1.
        pub language: String,
        pub is_forced: bool,
        pub format: Format,
        /// `None`: the server has it, or will not have it.
        pub content: Option<String>,
        pub state: UploadState,
        pub reason: Option<Text>,
        pub tries: i64,
        /// How many the item had of this language before the server was asked.
        pub before: i64,
        pub given_at: Timestamp,
        /// [`Timestamp::NEVER`]: it is not over.
        pub ended_at: Timestamp,
    }
}

/// What a form says beside the file.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    pub library: &'a LibraryId,
    pub item: &'a str,
    /// ISO 639-1.
    pub language: &'a str,
    /// Only what is foreign to the film's own language, and always shown.
    pub is_forced: bool,
}

const OF_MEMBER: &str = "
    select id, server_id, member_id, library_id, item, title, language, is_forced, format, content, state, reason,
           tries, before, given_at, ended_at
      from subtitles where member_id = $1 and server_id = $2 order by given_at desc, id desc limit 5";

/// The latest that a member gave to one server, newest first.
pub async fn list_of_member(
    mut read: impl Read,
    member: &MemberId,
    server: &ServerId,
) -> Result<Vec<Upload>, DbError> {
    read.all(OF_MEMBER, values![member, server]).await
}

const OF_STAFF: &str = "
    select id, server_id, member_id, library_id, item, title, language, is_forced, format, content, state, reason,
           tries, before, given_at, ended_at
      from subtitles where member_id is null and server_id = $1 order by given_at desc, id desc limit 10";

/// The latest that staff gave to one server, newest first.
pub async fn list_of_staff(mut read: impl Read, server: &ServerId) -> Result<Vec<Upload>, DbError> {
    read.all(OF_STAFF, values![server]).await
}

const FIND: &str = "
    select id, server_id, member_id, library_id, item, title, language, is_forced, format, content, state, reason,
           tries, before, given_at, ended_at
      from subtitles where id = $1";

const COUNT: &str = "select count(*) as n from subtitles where member_id = $1 and given_at > $2";

const INSERT: &str = "
    insert into subtitles
           (id, server_id, member_id, library_id, item, title, language, is_forced, format, content, digest, state,
            tries, before, given_at, ended_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'kept', 0, 0, $12, 9223372036854775807)
    on conflict do nothing";

const REMOVE_OLD: &str = "delete from subtitles where given_at < $1";

/// Takes a file for something that was chosen from the server's own list. The same file for the same thing is taken
/// once: pressing twice does no harm. Calls the server to see that the thing is there.
pub async fn give(
    servers: &Servers,
    actor: Actor,
    viewer: Viewer<'_>,
    about: &About<'_>,
    file: &[u8],
) -> Result<(), MediaError> {
    let wrong = |field: &str, text| MediaError::Form(FormErrors::one(field, text));
    let language = language::find(about.language)
        .ok_or_else(|| wrong("language", t!("Choose the language of the subtitles.")))?;
    let read = subtitle_file::read(file).map_err(|text| wrong("file", text))?;
    let member = may_give(servers, viewer).await?;
    let Chosen {
        server,
        library,
        item,
    } = browse::choose(servers, viewer, (about.library, about.item)).await?;
    offered(servers, &server.kind)?;
    if item.kind != ItemKind::Video {
        return Err(MediaError::Refused(t!(
            "Only films, episodes and videos have subtitles. Open the series and choose the episode."
        )));
    }
    let mut tx = servers.db.begin(actor).await?;
    let (id, now): (SubtitleId, _) = (tx.id(), tx.now());
    tx.run(REMOVE_OLD, values![now - KEPT]).await?;
    let row = values![
        id,
        server.id,
        member.cloned(),
        library.id,
        item.id,
        item.full_title(),
        language.two,
        about.is_forced,
        read.format,
        read.text,
        digest(&read.text),
        now
    ];
    if tx.run(INSERT, row).await? == 0 {
        return Ok(());
    }
    jobs::add(&mut tx, &SendSubtitle { subtitle: id }).await?;
    let event = SubtitleGiven {
        server: server.id,
        server_name: server.name,
        member: member.cloned(),
        title: item.full_title(),
        language: language.two.to_owned(),
    };
    chronicle::tell(&mut tx, &event).await?;
    tx.save().await?;
    Ok(())
}

fn digest(text: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let halves = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let signs = halves.filter_map(|half| char::from_digit(u32::from(half), 16));
    signs.collect()
}

/// Says kindly why a kind of server takes none.
pub fn offered(servers: &Servers, kind: &str) -> Result<(), MediaError> {
    if servers.makers.offers(kind, Help::Subtitles) {
        return Ok(());
    }
    let card = servers.makers.find(kind).map(|maker| maker.card());
    Err(MediaError::Refused(t!(
        "{platform} lets no program upload subtitles. Put the file beside the film on the server's disk, under the same name, and have the server look at the film again.",
        platform = card.map_or(kind, |card| card.title)
    )))
}

async fn may_give<'a>(
    servers: &Servers,
    viewer: Viewer<'a>,
) -> Result<Option<&'a MemberId>, MediaError> {
    let Viewer::Member(share) = viewer else {
        return Ok(None);
    };
    let (settings, _) = settings::load::<SelfHelpSettings>(&servers.db).await?;
    if settings.subtitles_a_day == 0 {
        return Err(MediaError::Refused(t!(
            "Members upload no subtitles in this house. Write to its operator instead."
        )));
    }
    let since = servers.db.world().now() - Span::days(1);
    let row = values![share.member_id, since];
    let (given,): (i64,) = servers.db.one(COUNT, row).await?;
    let most = i64::from(settings.subtitles_a_day);
    if given >= most {
        return Err(MediaError::Refused(Text::counted(
            most,
            "You have uploaded a file within the last 24 hours, and one a day is what this house allows. Try again tomorrow.",
            "You have uploaded {n} files within the last 24 hours, which is what this house allows. Try again tomorrow.",
        )));
    }
    Ok(Some(&share.member_id))
}

/// Gives the server a file. Safe to run twice: after an answer that was lost it looks before it sends again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendSubtitle {
    pub subtitle: SubtitleId,
}

#[async_trait]
impl Job for SendSubtitle {
    const NAME: &'static str = "media.send_subtitle";
    const LANE: Lane = Lane::Bulk;
    type Needs = Servers;

    async fn run(&self, servers: &Servers) -> Result<(), JobError> {
        let found: Option<Upload> = servers.db.maybe(FIND, values![self.subtitle]).await?;
        let Some(mut upload) = found else {
            return Ok(());
        };
        let pause = match (upload.state, language::find(&upload.language)) {
            (UploadState::Done | UploadState::Failed, _) | (_, None) => return Ok(()),
            (_, Some(language)) => step(servers, &mut upload, language).await?,
        };
        let mut tx = servers.db.begin(Actor::schedule(Self::NAME)).await?;
        note(&mut tx, &upload).await?;
        if let Some(pause) = pause {
            let at = tx.now() + pause;
            jobs::add_at(&mut tx, self, at).await?;
        }
        tx.save().await?;
        Ok(())
    }
}

const NOTE: &str = "
    update subtitles
       set content = $2, state = $3, reason = $4, tries = $5, before = $6, ended_at = $7
     where id = $1";

async fn note(tx: &mut Tx<'_>, upload: &Upload) -> Result<(), DbError> {
    let row = values![
        upload.id,
        upload.content,
        upload.state,
        upload.reason,
        upload.tries,
        upload.before,
        upload.ended_at
    ];
    tx.run(NOTE, row).await?;
    Ok(())
}

/// When to go on. `None`: it is over.
type Again = Option<Span>;

async fn step(
    servers: &Servers,
    upload: &mut Upload,
    language: &'static Language,
) -> Result<Again, JobError> {
    let gone = || t!("The server or the library is not here any more.");
    let libraries = library::list_of_server(&servers.db, &upload.server_id).await?;
    let Some(library) = libraries
        .into_iter()
        .find(|one| one.id == upload.library_id)
    else {
        return Ok(fail(servers, upload, gone()));
    };
    let remote = match servers.open(&upload.server_id).await {
        Ok((_, remote)) => remote,
        Err(error) => return Ok(fail(servers, upload, error.text().unwrap_or_else(gone))),
    };
    let content = upload.content.clone().unwrap_or_default();
    let item = upload.item.clone();
    let subtitle = Subtitle {
        library: &library.remote_id,
        item: &item,
        language,
        format: upload.format.word(),
        is_forced: upload.is_forced,
        text: &content,
    };
    let there = match remote.count_subtitles(&subtitle).await {
        Outcome::Done(there) => i64::try_from(there).unwrap_or(i64::MAX),
        Outcome::Refused(refusal) if !refusal.may_pass => {
            return Ok(fail(servers, upload, refusal.reason));
        }
        Outcome::Refused(refusal) => return Ok(wait(servers, upload, refusal.reason)),
        Outcome::Unknown(unknown) => return Ok(wait(servers, upload, unknown.reason)),
    };
    if upload.state == UploadState::Sent && there > upload.before {
        return Ok(finish(servers, upload));
    }
    send(servers, upload, remote.as_ref(), (&subtitle, there)).await
}

/// What is about to be sent is noted first, so that a lost answer can be told from one that never came.
async fn send(
    servers: &Servers,
    upload: &mut Upload,
    remote: &dyn MediaServer,
    (subtitle, there): (&Subtitle<'_>, i64),
) -> Result<Again, JobError> {
    upload.state = UploadState::Sent;
    upload.before = there;
    let mut tx = servers
        .db
        .begin(Actor::schedule(SendSubtitle::NAME))
        .await?;
    note(&mut tx, upload).await?;
    tx.save().await?;
    Ok(match remote.upload_subtitle(subtitle).await {
        Outcome::Done(()) => finish(servers, upload),
        Outcome::Refused(refusal) => {
            upload.state = UploadState::Kept;
            if refusal.may_pass {
                wait(servers, upload, refusal.reason)
            } else {
                fail(servers, upload, refusal.reason)
            }
        }
        Outcome::Unknown(unknown) => wait(servers, upload, unknown.reason),
    })
}

fn wait(servers: &Servers, upload: &mut Upload, reason: Text) -> Again {
    upload.tries += 1;
    if upload.tries >= TRIES {
        return fail(servers, upload, reason);
    }
    upload.reason = Some(reason);
    Some(BETWEEN_TRIES)
}

fn fail(servers: &Servers, upload: &mut Upload, reason: Text) -> Again {
    upload.state = UploadState::Failed;
    upload.reason = Some(reason);
    upload.content = None;
    upload.ended_at = servers.db.world().now();
    None
}

fn finish(servers: &Servers, upload: &mut Upload) -> Again {
    upload.state = UploadState::Done;
    upload.reason = None;
    upload.content = None;
    upload.ended_at = servers.db.world().now();
    None
}

const MOVE: &str = "update subtitles set member_id = $2 where member_id = $1";
const REMOVE_OF_MEMBER: &str = "delete from subtitles where member_id = $1";

pub(crate) async fn merge(tx: &mut Tx<'_>, from: &MemberId, to: &MemberId) -> Result<(), DbError> {
    tx.run(MOVE, values![from, to]).await?;
    Ok(())
}

pub(crate) async fn erase(tx: &mut Tx<'_>, member: &MemberId) -> Result<(), DbError> {
    tx.run(REMOVE_OF_MEMBER, values![member]).await?;
    Ok(())
}
