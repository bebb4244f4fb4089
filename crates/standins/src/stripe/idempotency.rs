//! Idempotency keys: the first answer is kept for 24 hours and given again.

use std::collections::HashMap;

use axum::http::StatusCode;
use serde_json::Value;

use super::answer::Refusal;
use super::calendar::DAY_S;

#[derive(Debug, Default)]
pub struct Idempotency {
    kept: HashMap<String, Kept>,
}

#[derive(Debug)]
struct Kept {
    /// Method, path and body of the first call.
    asked: String,
    path: String,
    at: i64,
    /// `None` while the first call is still at work.
    answer: Option<Said>,
}

/// An answer as it was given.
#[derive(Debug, Clone)]
pub struct Said {
    pub status: StatusCode,
    pub body: Value,
    pub request: String,
}

impl Idempotency {
    /// Takes a key for a call. `Some` is the answer to give again; a key in use elsewhere is refused.
    pub fn claim(
        &mut self,
        key: &str,
        path: &str,
        asked: &str,
        now: i64,
    ) -> Result<Option<Said>, Refusal> {
        if key.len() > 255 {
            return Err(conflict(
                "Idempotency keys have at most 255 characters.".to_owned(),
            ));
        }
        if let Some(kept) = self.kept.get(key).filter(|kept| now - kept.at < DAY_S) {
            return kept.again(key, path, asked);
        }
        let kept = Kept {
            asked: asked.to_owned(),
            path: path.to_owned(),
            at: now,
            answer: None,
        };
        self.kept.insert(key.to_owned(), kept);
        Ok(None)
    }

    pub fn keep(&mut self, key: &str, said: Said) {
        if let Some(kept) = self.kept.get_mut(key) {
            kept.answer = Some(said);
        }
    }

    /// Frees a key whose call was refused before any work.
    pub fn free(&mut self, key: &str) {
        self.kept.remove(key);
    }
}

impl Kept {
    fn again(&self, key: &str, path: &str, asked: &str) -> Result<Option<Said>, Refusal> {
        if self.path != path {
            return Err(conflict(format!(
                "Keys for idempotent requests can only be used for the same endpoint they were first \
                 used for ('{path}' vs. '{}'). Try using a key other than '{key}' if you meant to \
                 execute a different request.",
                self.path
            )));
        }
        if self.asked != asked {
            return Err(conflict(format!(
                "Keys for idempotent requests can only be used with the same parameters they were \
                 first used with. Try using a key other than '{key}' if you meant to execute a \
                 different request."
            )));
        }
        let in_use = "There is currently another in-progress request using this Idempotent Key \
            (that probably means you submitted twice, and the other request is still going through). \
            Please try again later.";
        self.answer.clone().map(Some).ok_or_else(|| {
            Refusal::new(StatusCode::CONFLICT, "idempotency_error", in_use)
                .code("idempotency_key_in_use")
        })
    }
}

fn conflict(message: String) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "idempotency_error", message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_gives_its_first_answer_for_a_day_and_refuses_other_bodies() {
        let mut keys = Idempotency::default();
        assert!(
            keys.claim("k", "/v1/customers", "a=1", 0)
                .unwrap()
                .is_none()
        );
        assert_eq!(
            keys.claim("k", "/v1/customers", "a=1", 1)
                .unwrap_err()
                .status(),
            StatusCode::CONFLICT
        );
        let said = Said {
            status: StatusCode::OK,
            body: json!({"id": "x"}),
            request: "r".into(),
        };
        keys.keep("k", said);
        let again = keys.claim("k", "/v1/customers", "a=1", 2).unwrap().unwrap();
        assert_eq!(again.body, json!({"id": "x"}));
        assert!(keys.claim("k", "/v1/customers", "a=2", 3).is_err());
        assert!(keys.claim("k", "/v1/products", "a=1", 3).is_err());
        assert!(
            keys.claim("k", "/v1/customers", "a=2", DAY_S)
                .unwrap()
                .is_none()
        );
    }
}
