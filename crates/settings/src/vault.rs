//! Secrets at rest: XChaCha20-Poly1305 under a key that lives in a file outside the database.
//!
//! A sealed value names the key that sealed it and is bound to its own name (table and row), so that it
//! opens in no other place. A canary tells at start whether the key in the file is the database's own.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use db::{DbError, Read, Tx, values};
use kit::{Secret, World};

/// A sealed value as text: nonce and ciphertext in base 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub key_id: String,
    pub text: String,
}

/// Why a secret could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error(
        "this database's secrets were sealed with the key {needed}, which is not in the key file"
    )]
    KeyMissing { needed: String },
    #[error("the sealed value of {0} does not open: it was damaged, or moved from another place")]
    Damaged(String),
    #[error("the key file is not a key file: {0}")]
    KeyFile(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The keys of this installation: one that seals, and older ones that still open.
#[derive(Clone)]
pub struct Vault {
    current: String,
    keys: HashMap<String, [u8; 32]>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.current)
    }
}

impl Vault {
    /// A vault with one fresh key.
    pub fn fresh(world: &World) -> Self {
        let mut vault = Self {
            current: String::new(),
            keys: HashMap::new(),
        };
        vault.add_key(world);
        vault
    }

    /// Adds a fresh key, which seals from now on. Returns its id.
    pub fn add_key(&mut self, world: &World) -> String {
        let id = world.token()[..8].to_owned();
        self.keys.insert(id.clone(), world.bytes());
        self.current.clone_from(&id);
        id
    }

    /// Reads a key file: one `id base64` a line; the last line's key seals.
    pub fn parse(file: &str) -> Result<Self, VaultError> {
        let mut vault = Self {
            current: String::new(),
            keys: HashMap::new(),
        };
        for line in file
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (id, key) = line
                .split_once(' ')
                .ok_or_else(|| key_file("a line is not «id key»"))?;
            let bytes = STANDARD
                .decode(key.trim())
                .map_err(|_| key_file("a key is not base 64"))?;
            let key = bytes
                .try_into()
                .map_err(|_| key_file("a key is not 32 bytes long"))?;
            vault.keys.insert(id.to_owned(), key);
            id.clone_into(&mut vault.current);
        }
        if vault.keys.is_empty() {
            Err(key_file("it holds no key"))
        } else {
            Ok(vault)
        }
    }

    /// The key file's text, the sealing key last.
    pub fn print(&self) -> Secret {
        let mut older: Vec<_> = self.keys.keys().filter(|id| **id != self.current).collect();
        older.sort();
        let lines = older.into_iter().chain([&self.current]).map(|id| {
            let key = self
                .keys
                .get(id)
                .map(|key| STANDARD.encode(key))
                .unwrap_or_default();
            format!("{id} {key}\n")
        });
        Secret::new(lines.collect::<String>())
    }

    pub fn has_key(&self, id: &str) -> bool {
        self.keys.contains_key(id)
    }

    pub fn current_key(&self) -> &str {
        &self.current
    }

    /// Forgets all keys but the sealing one: after everything was sealed anew.
    pub fn forget_older(&mut self) {
        let current = self.current.clone();
        self.keys.retain(|id, _| *id == current);
    }

    /// Seals for one place, e.g. `gateways/gtw_…/secret_key`.
    pub fn seal(&self, world: &World, place: &str, secret: &Secret) -> Sealed {
        let key = self
            .keys
            .get(&self.current)
            .expect("a vault always has its current key");
        let nonce = world.bytes::<24>();
        let payload = Payload {
            msg: secret.reveal().as_bytes(),
            aad: place.as_bytes(),
        };
        let ciphertext = XChaCha20Poly1305::new(&Key::from(*key))
            .encrypt(&XNonce::from(nonce), payload)
            .expect("sealing fails only for texts of gigabytes");
        let text = STANDARD.encode([nonce.as_slice(), &ciphertext].concat());
        Sealed {
            key_id: self.current.clone(),
            text,
        }
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Secret, VaultError> {
        let key = self
            .keys
            .get(&sealed.key_id)
            .ok_or_else(|| VaultError::KeyMissing {
                needed: sealed.key_id.clone(),
            })?;
        let damaged = || VaultError::Damaged(place.to_owned());
        let bytes = STANDARD.decode(&sealed.text).map_err(|_| damaged())?;
        let (nonce, ciphertext) = bytes.split_at_checked(24).ok_or_else(damaged)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| damaged())?;
        let payload = Payload {
            msg: ciphertext,
            aad: place.as_bytes(),
        };
        let plain = XChaCha20Poly1305::new(&Key::from(*key))
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| damaged())?;
        String::from_utf8(plain)
            .map(Secret::new)
            .map_err(|_| damaged())
    }
}

fn key_file(what: &str) -> VaultError {
    VaultError::KeyFile(what.to_owned())
}

db::row! {
    struct Held { id: String, key_id: String, sealed: String }
}

const PUT: &str = "
    insert into sealed_values (id, key_id, sealed, changed_at) values ($1, $2, $3, $4)
    on conflict (id) do update
       set key_id = excluded.key_id, sealed = excluded.sealed, changed_at = excluded.changed_at";

/// Keeps a secret under a place. An empty secret removes it.
pub async fn put(
    tx: &mut Tx<'_>,
    vault: &Vault,
    place: &str,
    secret: &Secret,
) -> Result<(), DbError> {
    if secret.is_empty() {
        return remove(tx, place).await;
    }
    let sealed = vault.seal(tx.world(), place, secret);
    let now = tx.now();
    tx.run(PUT, values![place, sealed.key_id, sealed.text, now])
        .await?;
    Ok(())
}

const REMOVE: &str = "delete from sealed_values where id = $1";

pub async fn remove(tx: &mut Tx<'_>, place: &str) -> Result<(), DbError> {
    tx.run(REMOVE, values![place]).await?;
    Ok(())
}

const FIND: &str = "select id, key_id, sealed from sealed_values where id = $1";

/// The secret of a place. `None` if none was put there.
pub async fn find(
    mut read: impl Read,
    vault: &Vault,
    place: &str,
) -> Result<Option<Secret>, VaultError> {
    let held: Option<Held> = read.maybe(FIND, values![place]).await?;
    held.map(|held| {
        vault.open(
            &held.id,
            &Sealed {
                key_id: held.key_id,
                text: held.sealed,
            },
        )
    })
    .transpose()
}

const LIST: &str = "select id, key_id, sealed from sealed_values order by id";

/// Seals everything anew with the current key. Safe to run twice.
pub async fn reseal_all(tx: &mut Tx<'_>, vault: &Vault) -> Result<usize, VaultError> {
    let all: Vec<Held> = tx.all(LIST, values![]).await?;
    let old: Vec<Held> = all
        .into_iter()
        .filter(|held| held.key_id != vault.current_key())
        .collect();
    for held in &old {
        let sealed = Sealed {
            key_id: held.key_id.clone(),
            text: held.sealed.clone(),
        };
        let secret = vault.open(&held.id, &sealed)?;
        put(tx, vault, &held.id, &secret).await?;
    }
    Ok(old.len())
}

const CANARY: &str = "canary";

/// Whether this vault is the database's own: seals a canary into a database that has none.
pub async fn check(tx: &mut Tx<'_>, vault: &Vault) -> Result<(), VaultError> {
    match find(&mut *tx, vault, CANARY).await? {
        Some(_) => Ok(()),
        None => Ok(put(tx, vault, CANARY, &Secret::new("alive")).await?),
    }
}

const CANARY_KEY: &str = "select key_id from sealed_values where id = 'canary'";

/// The key that this database needs. `None`: it is empty, and a fresh key may be made.
pub async fn needed_key(mut read: impl Read) -> Result<Option<String>, DbError> {
    Ok(read
        .maybe::<(String,)>(CANARY_KEY, values![])
        .await?
        .map(|row| row.0))
}
