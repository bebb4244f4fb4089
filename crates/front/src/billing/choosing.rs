//! What checkout and trial both ask: where to watch, on which platform, and the name and password for it.

use flows::told_at_once::checkout::MediaChoice;
use kit::{FieldError, FormErrors, Secret, Text, t};
use lists::my_account::MyShare;
use media::credentials::Credentials;
use media::maker::Entry;
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
    /// Kinds of server to choose among; one or none: there is nothing to choose.
    platforms: Vec<Platform>,
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

#[derive(Debug)]
struct Platform {
    key: &'static str,
    title: &'static str,
    entry: Entry,
}

/// What was answered.
#[derive(Debug)]
pub struct Answers {
    pub location: Option<String>,
    pub platform: Option<String>,
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
    if mine.shares.iter().any(has_user) {
        return Ok(Questions {
            locations: Vec::new(),
            platforms: Vec::new(),
            is_known: true,
        });
    }
    let candidates = placement::candidates(&site.db, site.now()).await?;
    let names = server::locations(&site.db).await?;
    Ok(Questions {
        locations: locations(&candidates, names, wanted, is_trial),
        platforms: platforms(site, &candidates, wanted, is_trial),
        is_known: false,
    })
}

/// Empty unless there is a choice.
fn locations(
    candidates: &[Candidate],
    names: Vec<String>,
    wanted: &Entitlements,
    is_trial: bool,
) -> Vec<Place> {
    let locations: Vec<Place> = names
        .into_iter()
        .map(|name| {
            let there = there(candidates, &name);
            let servers: Vec<&str> = there.iter().map(|one| one.server.name.as_str()).collect();
            Place {
                servers: servers.join(", "),
                refused: placement::why_not(&there, wanted, is_trial),
                name,
            }
        })
        .collect();
    let possible = locations.iter().filter(|place| place.refused.is_none());
    if possible.count() > 1 {
        locations
    } else {
        Vec::new()
    }
}

/// The kinds of server on which somebody new can have this, in the order of the makers.
fn platforms(
    site: &Site,
    candidates: &[Candidate],
    wanted: &Entitlements,
    is_trial: bool,
) -> Vec<Platform> {
    let is_possible = |key: &str| {
        let of_kind: Vec<Candidate> = candidates
            .iter()
            .filter(|one| one.server.kind == key)
            .cloned()
            .collect();
        placement::why_not(&of_kind, wanted, is_trial).is_none()
    };
    let cards = site.tools.makers.cards();
    cards
        .filter(|card| is_possible(card.key))
        .map(|card| Platform {
            key: card.key,
            title: card.title,
            entry: card.entry,
        })
        .collect()
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
        if self.platforms.len() > 1 {
            form = form.field(self.which(typed));
        }
        let has = |entry| self.platforms.iter().any(|one| one.entry == entry);
        if has(Entry::Invitation) && !has(Entry::Password) {
            return form.heading(
                t!("Your account for watching"),
                Some(t!(
                    "You watch with your own {platform} account. Afterwards you sign in with it on {platform}'s page, and are invited at once.",
                    platform = self.platforms.first().map_or("", |one| one.title)
                )),
            );
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
                .unmarked()
                .value(typed.text("media_name"))
                .longest(50)
                .autocomplete("off")
                .half(),
        )
        .field(
            field::password("media_password", t!("Password for watching"))
                .unmarked()
                .autocomplete("new-password")
                .half(),
        )
    }

    fn which(&self, typed: &Posted) -> field::Field {
        let first = self.platforms.first().map_or("", |one| one.key);
        let chosen = match typed.text("platform") {
            "" => first,
            other => other,
        };
        self.platforms.iter().fold(
            field::cards("platform", t!("What do you watch with?"))
                .value(chosen)
                .required(),
            |cards, one| {
                let how = match one.entry {
                    Entry::Password => t!("With a name and a password, chosen below."),
                    Entry::Invitation => t!(
                        "With your own {platform} account: leave name and password below empty.",
                        platform = one.title
                    ),
                };
                cards.explained(one.key, Text::verbatim(one.title), how)
            },
        )
    }

    /// The platform that was chosen, or the only one.
    fn chosen(&self, typed: &Posted) -> Option<&Platform> {
        match self.platforms.as_slice() {
            [only] => Some(only),
            all => all.iter().find(|one| one.key == typed.text("platform")),
        }
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
        let platform = self.chosen(typed);
        let by_invitation = platform.is_some_and(|one| one.entry == Entry::Invitation);
        let mut answers = Answers {
            platform: platform.map(|one| one.key.to_owned()),
            location: is_place.then(|| location.to_owned()),
            media: MediaChoice::Later,
            existing: None,
        };
        let (name, password) = (typed.text("media_name"), typed.text("media_password"));
        match typed.text("media") {
            _ if self.is_known || by_invitation => {}
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
