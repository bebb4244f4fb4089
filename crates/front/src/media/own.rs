//! The visitor's own user on a server.

use kit::id::{Id, ShareId};
use lists::my_account::{self, MyShare};
use web::{PageError, SignedIn, Site};

/// `NotFound`: there is none of this id, or it is somebody else's.
pub async fn share(site: &Site, visitor: &SignedIn, id: &str) -> Result<MyShare, PageError> {
    let id = ShareId::parse(id).ok_or(PageError::NotFound)?;
    let mine = my_account::find(&site.db, &visitor.visit.account.id, site.now()).await?;
    mine.shares
        .into_iter()
        .find(|mine| mine.share.id == id)
        .ok_or(PageError::NotFound)
}

/// Where one of the pages about it is.
pub fn path(share: &ShareId, what: &str) -> String {
    format!("/account/watching/{share}/{what}")
}
