//! `playhouse openapi`: the document of the REST interface.

use super::Outcome;
use super::say::say;

pub fn run() -> Outcome {
    say(api::openapi_json().trim_end())
}
