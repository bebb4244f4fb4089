//! The key file in a backup, sealed with a passphrase: argon2id makes a key of it, XChaCha20-Poly1305 seals.

use argon2::Argon2;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use kit::{Secret, World};
use serde::{Deserialize, Serialize};

use super::error::BackupError;

/// A sealed key file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PassphraseKey {
    salt: String,
    nonce: String,
    sealed: String,
}

impl PassphraseKey {
    /// Takes a moment: guessing a passphrase must be slow.
    pub fn seal(world: &World, passphrase: &Secret, key_file: &Secret) -> Self {
        let (salt, nonce) = (world.bytes::<16>(), world.bytes::<24>());
        let sealed = cipher(passphrase, &salt)
            .encrypt(&XNonce::from(nonce), key_file.reveal().as_bytes())
            .expect("sealing fails only for texts of gigabytes");
        Self {
            salt: STANDARD.encode(salt),
            nonce: STANDARD.encode(nonce),
            sealed: STANDARD.encode(sealed),
        }
    }

    /// The key file's text.
    pub fn open(&self, passphrase: &Secret) -> Result<Secret, BackupError> {
        let opened = self
            .try_open(passphrase)
            .ok_or(BackupError::WrongPassphrase)?;
        Ok(Secret::new(opened))
    }

    fn try_open(&self, passphrase: &Secret) -> Option<String> {
        let salt: [u8; 16] = STANDARD.decode(&self.salt).ok()?.try_into().ok()?;
        let nonce: [u8; 24] = STANDARD.decode(&self.nonce).ok()?.try_into().ok()?;
        let sealed = STANDARD.decode(&self.sealed).ok()?;
        let plain = cipher(passphrase, &salt)
            .decrypt(&XNonce::from(nonce), &*sealed)
            .ok()?;
        String::from_utf8(plain).ok()
    }
}

fn cipher(passphrase: &Secret, salt: &[u8; 16]) -> XChaCha20Poly1305 {
    let mut key = [0; 32];
    Argon2::default()
        .hash_password_into(passphrase.reveal().as_bytes(), salt, &mut key)
        .expect("the lengths of salt and key are within argon2's limits");
    XChaCha20Poly1305::new(&Key::from(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_passphrase_opens_the_key() {
        let file = Secret::new("abcd1234 c2VjcmV0");
        let sealed = PassphraseKey::seal(&crate::world::real(), &Secret::new("right"), &file);
        assert_eq!(sealed.open(&Secret::new("right")).expect("opens"), file);
        let wrong = sealed.open(&Secret::new("wrong"));
        assert!(matches!(wrong, Err(BackupError::WrongPassphrase)));
    }
}
