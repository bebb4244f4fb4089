//! Whom a letter reaches, and in which language: a member through their account, else by their own address.

use db::{DbError, Read};
use kit::id::MemberId;
use kit::{Catalogue, Email, Reader, Zone};
use settings::SiteSettings;
use std::sync::Arc;

/// Somebody who can be written to.
#[derive(Debug, Clone)]
pub struct Addressee {
    pub email: Email,
    pub name: String,
    pub language: String,
    pub zone: String,
}

impl Addressee {
    /// Prints dates and money for them. Sentences of ours are in the letter's own text.
    pub fn reader(&self) -> Reader {
        let catalogue = Catalogue::parse(&self.language, "{}").unwrap_or_default();
        Reader::new(
            Arc::new(catalogue),
            Zone::parse(&self.zone).unwrap_or_else(Zone::utc),
        )
    }

    pub fn of_account(account: &people::account::Account, site: &SiteSettings) -> Self {
        Self {
            email: account.email.clone(),
            name: account.name.clone(),
            language: account
                .locale
                .clone()
                .unwrap_or_else(|| site.language.clone()),
            zone: account
                .zone()
                .map_or_else(|| site.zone.clone(), |zone| zone.name().to_owned()),
        }
    }
}

/// The member's addressee. `None`: there is no address to write to.
pub async fn addressee_of(
    mut read: impl Read,
    member: &MemberId,
) -> Result<Option<Addressee>, DbError> {
    let (site, _) = settings::load::<SiteSettings>(&mut read).await?;
    let Some(member) = people::member::find(&mut read, member).await? else {
        return Ok(None);
    };
    if let Some(id) = &member.account_id
        && let Some(account) = people::account::find(&mut read, id).await?
    {
        return Ok(Some(Addressee::of_account(&account, &site)));
    }
    Ok(member.email.map(|email| Addressee {
        email,
        name: member.name,
        language: site.language.clone(),
        zone: site.zone.clone(),
    }))
}

/// The operator's addressee. `None`: no contact address is set.
pub async fn operator(read: impl Read) -> Result<Option<Addressee>, DbError> {
    let (site, _) = settings::load::<SiteSettings>(read).await?;
    let Ok(email) = Email::parse(&site.contact_email) else {
        return Ok(None);
    };
    Ok(Some(Addressee {
        email,
        name: site.name,
        language: site.language,
        zone: site.zone,
    }))
}
