//! What statuses mean, in sentences. All but those that only the operator can mend may pass.

use http::StatusCode;
use http::header::LOCATION;
use kit::{Refusal, t};

use crate::http::Answer;

pub(in crate::media) fn refusal(host: String, answer: &Answer) -> Refusal {
    let status = answer.status;
    match status {
        StatusCode::FORBIDDEN => Refusal::passing(
            "no_administrator",
            t!(
                "{host} says that this key may not do this: it is not an administrator's. {words}",
                host = host,
                words = words(answer)
            ),
        ),
        StatusCode::NOT_FOUND => Refusal::passing(
            "not_found",
            t!(
                "{host} does not know what was asked for. A proxy may lead elsewhere: check the address.",
                host = host
            ),
        ),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Refusal::passing(
            "busy",
            t!(
                "{host} is starting or too busy. It is tried again.",
                host = host
            ),
        ),
        status if status.is_redirection() => Refusal::lasting(
            "redirected",
            t!(
                "{host} sends us elsewhere ({elsewhere}). Enter that address instead.",
                host = host,
                elsewhere = location(answer)
            ),
        ),
        _ => broken(host, answer),
    }
}

fn broken(host: String, answer: &Answer) -> Refusal {
    let status = i64::from(answer.status.as_u16());
    if answer.status.is_server_error() {
        return Refusal::passing(
            "broken",
            t!(
                "{host} has trouble of its own (status {status}). Its log tells more.",
                host = host,
                status = status
            ),
        );
    }
    Refusal::lasting(
        "refused",
        t!(
            "{host} refused this (status {status}). {words}",
            host = host,
            status = status,
            words = words(answer)
        ),
    )
}

/// What the server said itself: a sentence, as a JSON string or plain.
pub(in crate::media) fn words(answer: &Answer) -> String {
    answer.json::<String>().unwrap_or_else(|| answer.excerpt())
}

fn location(answer: &Answer) -> String {
    let location = answer
        .headers
        .get(LOCATION)
        .and_then(|value| value.to_str().ok());
    location.unwrap_or("it does not say where").to_owned()
}
