//! The first administrator: made by a one-time link that `serve` prints, never by a shipped password.

use db::{Db, Tx};
use kit::{Actor, Email, FormErrors, Secret, Subject, field, t};

use crate::account::{self, NewAccount};
use crate::error::PeopleError;
use crate::password::{self, Lane};
use crate::password_rule;
use crate::rate::{self, Rate};
use crate::session::{self, Browser, Proof, Started, Stay};
use crate::standing;
use crate::token::{self, Purpose};

fn house() -> Subject {
    Subject::named("house")
}

/// Makes the link's secret; earlier ones end. `None`: there is an administrator already.
pub async fn issue(tx: &mut Tx<'_>) -> Result<Option<Secret>, PeopleError> {
    if standing::has_administrator(&mut *tx).await? {
        return Ok(None);
    }
    token::revoke(tx, Purpose::FirstStart, &house()).await?;
    let secret = token::issue(tx, Purpose::FirstStart, &house(), None).await?;
    Ok(Some(secret))
}

/// What the operator types.
#[derive(Debug, Clone)]
pub struct FirstStartForm {
    pub name: String,
    pub email: String,
    pub password: Secret,
}

impl FirstStartForm {
    fn parse(&self) -> Result<NewAccount, PeopleError> {
        let mut errors = FormErrors::default();
        let name = errors.keep("name", field::required(&self.name, 120));
        let email = errors.keep("email", Email::parse(&self.email));
        let known = ["playhouse", &self.email, &self.name];
        let fine = errors.keep("password", password_rule::check(&self.password, &known));
        match (name, email, fine) {
            (Some(name), Some(email), Some(())) => Ok(NewAccount::administrator(email, name)),
            _ => Err(PeopleError::Form(errors)),
        }
    }
}

/// Uses up the link: makes the first administrator and signs them in.
pub async fn finish(
    db: &Db,
    lane: &Lane,
    secret: &Secret,
    form: &FirstStartForm,
    browser: &Browser,
) -> Result<Started, PeopleError> {
    rate::pass(db, &[(Rate::TokenByAddress, &browser.address)]).await?;
    let now = db.world().now();
    token::find(db, Purpose::FirstStart, secret, now)
        .await?
        .ok_or(PeopleError::Stale)?;
    let new = form.parse()?;
    let hash = password::hash(lane, db.world(), &form.password).await;

    let mut tx = db.begin(Actor::visitor()).await?;
    token::consume(&mut tx, Purpose::FirstStart, secret)
        .await?
        .ok_or(PeopleError::Stale)?;
    if standing::has_administrator(&mut tx).await? {
        return Err(PeopleError::Forbidden(t!(
            "This house has an administrator already. Please sign in."
        )));
    }
    let made = account::create(&mut tx, &new, Some(&hash)).await?;
    let started = session::start(&mut tx, &made, Proof::Password, Stay::No, browser).await?;
    tx.save().await?;
    Ok(started)
}
