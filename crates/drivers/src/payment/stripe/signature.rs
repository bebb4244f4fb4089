//! How Stripe signs its messages: `Stripe-Signature: t=…,v1=…`, HMAC-SHA256 over time, dot and raw body.
//!
//! Source: docs.stripe.com/webhooks, "Verify webhook signatures manually" (read in November 2026).

use billing::gateway::WebhookError;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use kit::{Span, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How far its clock and ours may be apart.
const TOLERANCE: Span = Span::minutes(5);

/// More than any rotation needs; a longer header is not gone through.
const MOST_SIGNATURES: usize = 16;

/// Verifies a message against any of the secrets (several during a rotation), in constant time.
pub(super) fn verify<'a>(
    secrets: impl Iterator<Item = &'a str>,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), WebhookError> {
    let header = headers
        .get("stripe-signature")
        .and_then(|value| value.to_str().ok());
    let signed = header.and_then(Signed::parse).ok_or(WebhookError::Forged)?;
    let mut genuine = subtle::Choice::from(0);
    for secret in secrets.filter(|secret| !secret.is_empty()) {
        let expected = digest(secret, signed.time, body);
        for given in &signed.digests {
            genuine |= expected.as_slice().ct_eq(given);
        }
    }
    if !bool::from(genuine) {
        return Err(WebhookError::Forged);
    }
    // Only now: whoever cannot sign learns nothing about our clock.
    let at = signed
        .time
        .parse()
        .map(Timestamp::from_s)
        .map_err(|_| WebhookError::Forged)?;
    if at.since(now) > TOLERANCE || now.since(at) > TOLERANCE {
        return Err(WebhookError::Stale);
    }
    Ok(())
}

struct Signed<'a> {
    time: &'a str,
    digests: Vec<Vec<u8>>,
}

impl<'a> Signed<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let mut signed = Self {
            time: "",
            digests: Vec::new(),
        };
        for part in header.split(',').take(MOST_SIGNATURES) {
            match part.trim().split_once('=') {
                Some(("t", time)) => signed.time = time,
                Some(("v1", hex)) => signed.digests.extend(unhex(hex)),
                _ => {}
            }
        }
        (!signed.time.is_empty() && !signed.digests.is_empty()).then_some(signed)
    }
}

fn unhex(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|it| u8::try_from(it).ok())
    };
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?))
        .collect()
}

fn digest(secret: &str, time: &str, body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    const NOW: Timestamp = Timestamp::from_s(1_700_000_000);

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("stripe-signature", value.parse().expect("a header"));
        headers
    }

    fn signed(secret: &str, at: i64, body: &[u8]) -> String {
        let bytes = digest(secret, &at.to_string(), body);
        bytes
            .iter()
            .fold("v1=".to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }

    fn check(secrets: &[&str], header: &str, body: &[u8]) -> Result<(), WebhookError> {
        verify(secrets.iter().copied(), &headers(header), body, NOW)
    }

    #[test]
    fn one_of_several_signatures_and_secrets_is_enough() {
        let good = signed("whsec_new", NOW.s(), BODY);
        let header = format!("t={},v1=00,v0=ab,{good}", NOW.s());
        assert_eq!(check(&["whsec_old", "whsec_new"], &header, BODY), Ok(()));
    }

    #[test]
    fn a_changed_body_another_secret_or_no_secret_is_forged() {
        let header = format!("t={},{}", NOW.s(), signed("whsec_new", NOW.s(), BODY));
        assert_eq!(
            check(&["whsec_new"], &header, b"{}"),
            Err(WebhookError::Forged)
        );
        assert_eq!(
            check(&["whsec_other"], &header, BODY),
            Err(WebhookError::Forged)
        );
        assert_eq!(check(&[], &header, BODY), Err(WebhookError::Forged));
        let empty = format!("t={},{}", NOW.s(), signed("", NOW.s(), BODY));
        assert_eq!(check(&[""], &empty, BODY), Err(WebhookError::Forged));
    }

    #[test]
    fn old_and_future_messages_are_stale() {
        for at in [NOW.s() - 301, NOW.s() + 301] {
            let header = format!("t={at},{}", signed("whsec", at, BODY));
            assert_eq!(check(&["whsec"], &header, BODY), Err(WebhookError::Stale));
        }
    }

    #[test]
    fn hostile_headers_are_refused() {
        for header in [
            "",
            "t=",
            "v1=zz",
            "t=1,v1=zz",
            "t=1,v1=a",
            "t=x,v1=00",
            "====",
            ",,,,",
        ] {
            assert!(
                check(&["whsec"], header, BODY).is_err(),
                "{header:?} was taken"
            );
        }
    }
}
