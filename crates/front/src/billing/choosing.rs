//! What checkout and trial both ask: where to watch, and the name and password for it.

use flows::told_at_once::checkout::MediaChoice;
use kit::{FieldError, FormErrors, Secret, Text, t};
use lists::my_account::MyShare;
use media::credentials::Credentials;
use media::placement::{self, Candidate};
use media::{Entitlements, server};
use people::account::Account;
use ui::{Form, field};
use web::{PageError, Posted, Site};

/// What there is to ask.
#[derive(Debug)]
pub struct Questions {
    /// Empty: there is nothing to choose.
    locations: Vec<Place>,
    /// Whether the person has a user on a server already; then nothing is asked.
    is_known: bool,
}

#[derive(Debug)]
struct Place {
    name: String,
    /// The servers there, by their names.
    servers: String,
    refused: Option<Text>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answers {
    pub location: Option<String>,
    pub media: MediaChoice,
    /// A user that is theirs already, to be linked once a place is reserved.
    pub existing: Option<(String, Secret)>,
}

/// Finds out what has to be asked of this person about this plan.
pub async fn questions(
    site: &Site,
    account: &Account,
    wanted: &Entitlements,
    is_trial: bool,
) -> Result<Questions, PageError> {
    let mine = lists::my_account::find(&site.db, &account.id, site.now()).await?;
    let is_known = mine.shares.iter().any(has_user);
    let names = server::locations(&site.db).await?;
    if is_known || names.len() < 2 {
        return Ok(Questions {
            locations: Vec::new(),
            is_known,
        });
    }
    let candidates = placement::candidates(&site.db, site.now()).await?;
    let locations: Vec<Place> = names
        .into_iter()
        .map(|name| {
            let there = there(&candidates, &name);
            let servers: Vec<&str> = there.iter().map(|one| one.server.name.as_str()).collect();
            Place {
                servers: servers.join(", "),
                refused: placement::why_not(&there, wanted, is_trial),
                name,
            }
        })
        .collect();
    let possible = locations.iter().filter(|place| place.refused.is_none());
    let is_a_choice = possible.count() > 1;
    Ok(Questions {
        locations: if is_a_choice { locations } else { Vec::new() },
        is_known,
    })
}

fn has_user(mine: &MyShare) -> bool {
    !mine.share.needs_credentials()
}

fn there(candidates: &[Candidate], location: &str) -> Vec<Candidate> {
    candidates
        .iter()
        .filter(|candidate| candidate.server.location.as_deref() == Some(location))
        .cloned()
        .collect()
}

impl Questions {
    /// Adds the questions to a form.
    pub fn ask(&self, mut form: Form, typed: &Posted) -> Form {
        if !self.locations.is_empty() {
            form = form.field(self.where_to(typed));
        }
        if self.is_known {
            return form;
        }
        form.heading(
            t!("Your name for watching"),
            Some(t!(
                "With it you sign in on your television, your phone or in the browser."
            )),
        )
        .field(who(typed))
        .field(
            field::text("media_name", t!("User name"))
                .value(typed.text("media_name"))
                .longest(50)
                .autocomplete("off")
                .half(),
        )
        .field(
            field::password("media_password", t!("Password for watching"))
                .autocomplete("new-password")
                .half(),
        )
    }

    fn where_to(&self, typed: &Posted) -> field::Field {
        let mut cards = field::cards("location", t!("Where would you rather watch?"))
            .value(typed.text("location"))
            .option("", t!("Anywhere: where there is most room"));
        for place in &self.locations {
            let label = Text::verbatim(&place.name);
            cards = if let Some(reason) = &place.refused {
                cards.refused(&place.name, label, reason.clone())
            } else {
                let servers = t!("On {servers}.", servers = place.servers.clone());
                cards.explained(&place.name, label, servers)
            };
        }
        cards
    }

    /// Reads the answers; each field says what is wrong with it.
    pub fn read(&self, typed: &Posted, errors: &mut FormErrors) -> Answers {
        let location = typed.text("location");
        let is_place = self.locations.iter().any(|place| place.name == location);
        let mut answers = Answers {
            location: is_place.then(|| location.to_owned()),
            media: MediaChoice::Later,
            existing: None,
        };
        let (name, password) = (typed.text("media_name"), typed.text("media_password"));
        match typed.text("media") {
            _ if self.is_known => {}
            "later" => {}
            "existing" => {
                let name = errors.keep("media_name", typed.required("media_name", 100));
                let password = errors.keep("media_password", typed_password(password));
                answers.existing = name.zip(password);
            }
            _ => match Credentials::parse(name, password) {
                Ok(credentials) => answers.media = MediaChoice::New(credentials),
                Err(wrong) => {
                    for (field, text) in wrong.iter() {
                        errors.add(field, text.clone());
                    }
                }
            },
        }
        answers
    }
}

/// A password that exists already follows no rule of ours.
pub fn typed_password(text: &str) -> Result<Secret, FieldError> {
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    Ok(Secret::new(text))
}

fn who(typed: &Posted) -> field::Field {
    let chosen = match typed.text("media") {
        "" => "new",
        other => other,
    };
    field::cards("media", t!("How shall it be?"))
        .value(chosen)
        .required()
        .explained(
            "new",
            t!("Make me a new one"),
            t!("Choose a name and a password below. It need not be the password of this site."),
        )
        .explained(
            "existing",
            t!("I have one there already"),
            t!("Give the name and password that you watch with; everything you have there stays."),
        )
        .explained(
            "later",
            t!("I choose later"),
            t!("Leave both empty: we write you a letter with a link. You can watch once you have chosen."),
        )
}
