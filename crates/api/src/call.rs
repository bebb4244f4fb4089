//! A call: who asks, for what, and the site that answers.

use db::{DbError, Tx};
use kit::id::Id;
use kit::{Actor, PageAsked, Reader, Text};
use people::api_key::KeyHolder;
use people::role::Permission;
use web::Site;

use crate::problem::Problem;

/// What a handler gets: the caller was let in, and may do what the table says.
#[derive(Debug, Clone)]
pub struct Call {
    pub site: Site,
    pub holder: KeyHolder,
    pub reader: Reader,
    /// The page of a list; the first one for other calls.
    pub page: PageAsked,
    pub(crate) id: String,
}

/// What a handler answers.
pub type Answer<T> = Result<T, Problem>;

impl Call {
    /// The id in the path. One of another kind names nothing here.
    pub fn id<T: Id>(&self) -> Answer<T> {
        T::parse(&self.id).ok_or_else(Problem::not_found)
    }

    /// What stands in the path where things are not known by ids.
    pub fn name(&self) -> &str {
        &self.id
    }

    pub fn actor(&self) -> Actor {
        self.holder.actor()
    }

    pub async fn begin(&self) -> Result<Tx<'_>, DbError> {
        self.site.db.begin(self.actor()).await
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.holder.may(permission)
    }

    pub fn say(&self, text: &Text) -> String {
        self.reader.say(text)
    }

    pub fn say_maybe(&self, text: Option<&Text>) -> Option<String> {
        text.map(|text| self.reader.say(text))
    }
}

/// What was found, or 404.
pub fn found<T>(thing: Option<T>) -> Answer<T> {
    thing.ok_or_else(Problem::not_found)
}
