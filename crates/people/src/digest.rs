//! How secrets of full strength are kept: by their SHA-256. They have at least 80 bits of chance, so neither
//! salt nor slowness adds anything; looking one up by its hash gives no time to measure.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::Secret;
use sha2::{Digest as _, Sha256};

/// What is kept of a secret.
pub fn of(secret: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.reveal().as_bytes()))
}
