//! Signing in on a platform's own page, and coming back: begun here, finished when the browser returns or asks.

use db::{DbError, Read, Tx, values};
use kit::id::{Id, PlatformSignInId};
use kit::{Actor, Secret, Span, Subject, Timestamp, t};

use crate::error::MediaError;
use crate::platform::{PlatformAccount, SignInRef};
use crate::servers::{Servers, result};

/// Longer than any platform waits.
const KEPT: Span = Span::hours(1);

db::row! {
    /// A sign-in that was begun.
    #[derive(Debug, Clone)]
    pub struct PlatformSignIn {
        pub id: PlatformSignInId,
        pub platform: String,
        /// Where the platform answers; empty: at its usual address.
        pub base: String,
        pub page_ref: String,
        /// The platform's page, where the person says yes.
        pub page_address: String,
        /// Who began it: only they finish it.
        pub begun_by: Subject,
        /// Whether the person lets us accept invitations for them.
        pub accepts: bool,
        pub begun_at: Timestamp,
    }
}

/// What a sign-in is for.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    pub platform: &'a str,
    pub base: Option<&'a str>,
    pub begun_by: Subject,
    pub accepts: bool,
}

/// How a sign-in stands.
#[derive(Debug)]
pub enum Finished {
    /// The person has not said yes yet.
    Waiting(PlatformSignIn),
    Done {
        sign_in: PlatformSignIn,
        account: PlatformAccount,
        key: Secret,
    },
}

/// A sign-in that was begun just now.
#[derive(Debug, Clone)]
pub struct Begun {
    pub id: PlatformSignInId,
    /// The platform's page, where the browser goes next.
    pub page: String,
}

const INSERT: &str = "
    insert into platform_sign_ins (id, platform, base, page_ref, page_address, begun_by, accepts, begun_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Opens a sign-in on the platform's page. `back` says where the browser returns to.
pub async fn begin(
    servers: &Servers,
    actor: Actor,
    wish: &Wish<'_>,
    back: impl FnOnce(&PlatformSignInId) -> String,
) -> Result<Begun, MediaError> {
    let id = PlatformSignInId::fresh(servers.db.world());
    let platform = servers.platform(wish.platform, wish.base)?;
    let page = result(platform.begin_sign_in(&back(&id)).await)?;
    let mut tx = servers.db.begin(actor).await?;
    let now = tx.now();
    let row = values![
        id,
        wish.platform,
        wish.base.unwrap_or_default(),
        page.at.0,
        page.address,
        wish.begun_by,
        wish.accepts,
        now
    ];
    tx.run(INSERT, row).await?;
    tx.save().await?;
    Ok(Begun {
        id,
        page: page.address,
    })
}

const FIND: &str = "
    select id, platform, base, page_ref, page_address, begun_by, accepts, begun_at
      from platform_sign_ins where id = $1 and begun_by = $2";

async fn find(
    mut read: impl Read,
    id: &PlatformSignInId,
    by: &Subject,
) -> Result<Option<PlatformSignIn>, DbError> {
    read.maybe(FIND, values![id, by]).await
}

/// Looks whether the person has said yes. Safe to repeat; only who began it is answered.
pub async fn finish(
    servers: &Servers,
    id: &PlatformSignInId,
    by: &Subject,
) -> Result<Finished, MediaError> {
    let Some(sign_in) = find(&servers.db, id, by).await? else {
        return Err(MediaError::Refused(t!(
            "This sign-in is not known here, or it is over. Please begin again."
        )));
    };
    let base = Some(sign_in.base.as_str()).filter(|base| !base.is_empty());
    let platform = servers.platform(&sign_in.platform, base)?;
    let page = SignInRef(sign_in.page_ref.clone());
    let Some(key) = result(platform.finish_sign_in(&page).await)? else {
        return Ok(Finished::Waiting(sign_in));
    };
    let account = result(platform.who(&key).await)?;
    Ok(Finished::Done {
        sign_in,
        account,
        key,
    })
}

const REMOVE: &str = "delete from platform_sign_ins where id = $1";

/// The sign-in has done its service. Safe to repeat.
pub async fn forget(tx: &mut Tx<'_>, id: &PlatformSignInId) -> Result<(), DbError> {
    tx.run(REMOVE, values![id]).await?;
    Ok(())
}

const REMOVE_OLD: &str = "delete from platform_sign_ins where begun_at < $1";

pub(crate) async fn forget_old(servers: &Servers) -> Result<(), DbError> {
    let mut tx = servers
        .db
        .begin(Actor::schedule("media.check_owners"))
        .await?;
    let before = tx.now() - KEPT;
    tx.run(REMOVE_OLD, values![before]).await?;
    tx.save().await
}
