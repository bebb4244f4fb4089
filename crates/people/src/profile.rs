//! What a person changes of their own account: name, user name, phone, language, time zone.

use db::{Tx, values};
use kit::{FormErrors, Zone, field, t};

use crate::account::{Account, find_by_username, parse_username, tell_changed, username_taken};
use crate::error::PeopleError;

/// What a person may change of their own account.
#[derive(Debug, Clone, Default)]
pub struct ProfileForm {
    pub username: String,
    pub name: String,
    pub phone: String,
    /// Empty: the site's.
    pub locale: String,
    /// Empty: the site's.
    pub zone: String,
}

struct Profile {
    username: String,
    name: String,
    phone: Option<String>,
    locale: Option<String>,
    zone: Option<String>,
}

impl ProfileForm {
    fn parse(&self) -> Result<Profile, PeopleError> {
        let mut errors = FormErrors::default();
        let username = errors.keep("username", parse_username(&self.username));
        let name = errors.keep("name", field::required(&self.name, 120));
        let phone = errors.keep("phone", field::optional(&self.phone, 40));
        let locale = errors.keep("locale", field::optional(&self.locale, 20));
        let zone = errors.keep("zone", parse_zone(&self.zone));
        match (username, name, phone, locale, zone) {
            (Some(username), Some(name), Some(phone), Some(locale), Some(zone)) => Ok(Profile {
                username,
                name,
                phone,
                locale,
                zone,
            }),
            _ => Err(PeopleError::Form(errors)),
        }
    }
}

fn parse_zone(text: &str) -> Result<Option<String>, kit::FieldError> {
    match field::optional(text, 60)? {
        None => Ok(None),
        Some(name) => Zone::parse(&name)
            .map(|zone| Some(zone.name().to_owned()))
            .ok_or_else(|| {
                kit::FieldError::Invalid(t!(
                    "There is no time zone of this name. Please choose one from the list, e.g. Europe/Berlin."
                ))
            }),
    }
}

const UPDATE_PROFILE: &str = "
    update accounts
       set username = $3, username_key = $4, name = $5, phone = $6, locale = $7, zone = $8,
           version = version + 1
     where id = $1 and version = $2";

/// Saves the profile if nobody has since `before` was read.
pub async fn change(
    tx: &mut Tx<'_>,
    before: &Account,
    form: &ProfileForm,
) -> Result<(), PeopleError> {
    let profile = form.parse()?;
    let holder = find_by_username(&mut *tx, &profile.username).await?;
    if holder.is_some_and(|holder| holder.id != before.id) {
        return Err(username_taken());
    }
    let row = values![
        before.id,
        before.version,
        profile.username,
        profile.username.to_lowercase(),
        profile.name,
        profile.phone,
        profile.locale,
        profile.zone
    ];
    if tx.run(UPDATE_PROFILE, row).await? == 0 {
        return Err(PeopleError::ChangedMeanwhile);
    }
    tell_changed(tx, before).await
}
