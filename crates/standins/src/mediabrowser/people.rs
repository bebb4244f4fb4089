//! The users of a server: their names are unique without regard to case, and their ids never change.

use std::collections::{BTreeMap, HashMap};

use super::guid::Guid;

/// Somebody with an id and a name.
pub trait Person {
    fn id(&self) -> &Guid;
    fn name(&self) -> &str;
    fn take_name(&mut self, name: &str);
}

/// Why a name is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRefused {
    Malformed,
    Taken,
}

/// All users, found by id and by name, listed by name.
#[derive(Debug)]
pub struct People<P> {
    by_id: HashMap<Guid, P>,
    by_name: BTreeMap<String, Guid>,
}

impl<P> Default for People<P> {
    fn default() -> Self {
        Self {
            by_id: HashMap::new(),
            by_name: BTreeMap::new(),
        }
    }
}

impl<P: Person> People<P> {
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn all(&self) -> impl Iterator<Item = &P> {
        self.by_name.values().filter_map(|id| self.by_id.get(id))
    }

    pub fn find(&self, id: &Guid) -> Option<&P> {
        self.by_id.get(id)
    }

    pub fn find_mut(&mut self, id: &Guid) -> Option<&mut P> {
        self.by_id.get_mut(id)
    }

    pub fn named(&self, name: &str) -> Option<&P> {
        self.by_id.get(self.by_name.get(&name.to_lowercase())?)
    }

    pub fn add(&mut self, user: P) -> Result<(), NameRefused> {
        self.check_name(user.name())?;
        self.by_name
            .insert(user.name().to_lowercase(), user.id().clone());
        self.by_id.insert(user.id().clone(), user);
        Ok(())
    }

    pub fn rename(&mut self, id: &Guid, name: &str) -> Result<(), NameRefused> {
        let Some(user) = self.by_id.get(id) else {
            return Ok(());
        };
        let old = user.name().to_lowercase();
        if old != name.to_lowercase() {
            self.check_name(name)?;
        } else if !is_well_formed(name) {
            return Err(NameRefused::Malformed);
        }
        self.by_name.remove(&old);
        self.by_name.insert(name.to_lowercase(), id.clone());
        if let Some(user) = self.by_id.get_mut(id) {
            user.take_name(name);
        }
        Ok(())
    }

    pub fn remove(&mut self, id: &Guid) -> Option<P> {
        let user = self.by_id.remove(id)?;
        self.by_name.remove(&user.name().to_lowercase());
        Some(user)
    }

    /// Whether this user is the only one of whom this holds.
    pub fn is_last(&self, id: &Guid, holds: impl Fn(&P) -> bool) -> bool {
        self.find(id).is_some_and(&holds)
            && !self
                .by_id
                .values()
                .any(|other| other.id() != id && holds(other))
    }

    fn check_name(&self, name: &str) -> Result<(), NameRefused> {
        if !is_well_formed(name) {
            return Err(NameRefused::Malformed);
        }
        if self.by_name.contains_key(&name.to_lowercase()) {
            return Err(NameRefused::Taken);
        }
        Ok(())
    }
}

/// Letters and digits of any script, spaces inside, and `-`, `'`, `.`, `_`, `@`, `+`.
fn is_well_formed(name: &str) -> bool {
    let is_allowed = |sign: char| sign.is_alphanumeric() || " -'._@+".contains(sign);
    !name.is_empty() && name.trim() == name && name.chars().all(is_allowed)
}
