//! Posting letters from flows: to a member, to an account, to the operator.

use std::collections::BTreeMap;

use db::{DbError, Tx};
use kit::id::MemberId;
use kit::{Email, Reader, Subject};
use outreach::{LetterKind, NewLetter};
use settings::SiteSettings;

use crate::reach::{Addressee, addressee_of, operator};

/// What a letter says, before it is known to whom.
pub(crate) struct Note<'a> {
    /// Its cause: the same is not written twice.
    pub key: String,
    pub kind: LetterKind,
    /// A path of ours, shown as the letter's link.
    pub path: String,
    pub subject: Subject,
    /// Values of the kind's own variables, printed for the addressee.
    pub words: Words<'a>,
}

/// Prints the values for whoever reads them.
pub(crate) type Words<'a> = Box<dyn Fn(&Reader) -> Vec<(&'static str, String)> + Send + Sync + 'a>;

/// Nothing but the link.
pub(crate) fn no_words<'a>() -> Words<'a> {
    Box::new(|_| Vec::new())
}

/// Posts to a member. Without an address nothing is posted: the member's page says all of it too.
pub(crate) async fn post_to_member(
    tx: &mut Tx<'_>,
    member: &MemberId,
    note: Note<'_>,
) -> Result<(), DbError> {
    match addressee_of(&mut *tx, member).await? {
        Some(to) => post(tx, &to, None, note).await,
        None => Ok(()),
    }
}

/// Posts to the operator, if a contact address is set; Overview shows the same.
pub(crate) async fn post_to_operator(tx: &mut Tx<'_>, note: Note<'_>) -> Result<(), DbError> {
    match operator(&mut *tx).await? {
        Some(to) => post(tx, &to, None, note).await,
        None => Ok(()),
    }
}

/// Posts to somebody, or to another address of theirs.
pub(crate) async fn post(
    tx: &mut Tx<'_>,
    to: &Addressee,
    other_address: Option<&Email>,
    note: Note<'_>,
) -> Result<(), DbError> {
    let (site, _) = settings::load::<SiteSettings>(&mut *tx).await?;
    let mut context: BTreeMap<String, String> = (note.words)(&to.reader())
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    context.insert("link".to_owned(), site.link(&note.path));
    let letter = NewLetter {
        key: note.key,
        kind: note.kind,
        to_email: other_address.unwrap_or(&to.email).clone(),
        to_name: to.name.clone(),
        language: to.language.clone(),
        zone: to.zone.clone(),
        context,
        subject: note.subject,
    };
    outreach::post(tx, &letter).await?;
    Ok(())
}
