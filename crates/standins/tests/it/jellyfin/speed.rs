//! Fast enough to be driven by a benchmark. Limits are wide, for a build without optimisation.

#![expect(
    clippy::disallowed_methods,
    reason = "what is measured here is time itself"
)]

use std::time::{Duration, Instant};

use serde_json::json;

use super::party::Party;

#[test]
fn ten_thousand_users_are_listed_and_written_in_good_time() {
    let party = Party::new();
    party.seed(&json!({ "crowd": { "count": 10_000, "prefix": "member" } }));

    let started = Instant::now();
    let listed = party.key().get("/Users");
    assert_eq!(listed.status, 200);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(6), "listing took {took:?}");

    let user = party.key().get("/Users").good()[9_000].clone();
    let path = format!("/Users/{}/Policy", user["Id"].as_str().unwrap());
    let writes = 200;
    let started = Instant::now();
    for _ in 0..writes {
        assert_eq!(party.key().post(&path, &user["Policy"]).status, 204);
    }
    let took = started.elapsed() / writes;
    assert!(took < Duration::from_millis(20), "a write took {took:?}");
}
