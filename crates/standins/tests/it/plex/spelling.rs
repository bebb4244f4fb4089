//! XML unless JSON is asked for, on both sides.

use super::party::Party;

#[test]
fn the_site_and_the_server_speak_xml_unless_asked_for_json() {
    let party = Party::new();
    let plain = party.orla().with("Accept", "*/*");
    let user = plain.get("/api/v2/user");
    assert!(user.kind.starts_with("application/xml"), "{}", user.kind);
    assert!(user.text.contains("<feature id=\"session_kick\"/>"));
    let resources = plain.get("/api/v2/resources?includeRelay=1").text;
    assert!(
        resources.contains("<resources><resource ")
            && resources.contains("<connections><connection ")
    );

    let owner = party.polaris_as("standin-plex-orla");
    let sections = owner.clone().with("Accept", "*/*").get("/library/sections");
    assert!(sections.kind.starts_with("text/xml"));
    assert!(sections.text.contains("<Directory ") && sections.text.contains("<Location "));
    let sections = owner.get("/library/sections").good();
    assert_eq!(sections["MediaContainer"]["size"], 5);
}

#[test]
fn each_side_refuses_in_its_own_words() {
    let party = Party::new();
    let unknown = party.orla().get("/api/v2/no/such/route");
    assert_eq!(
        (unknown.status, unknown.json()["errors"][0]["code"].clone()),
        (404, 1002.into())
    );
    let in_xml = party
        .orla()
        .with("Accept", "*/*")
        .get("/api/v2/no/such/route")
        .text;
    assert!(in_xml.contains("<errors><error code=\"1002\""), "{in_xml}");
    let server = party.polaris_as("wrong").get("/library/sections");
    assert_eq!(server.status, 401);
    assert!(server.text.contains("<h1>401 Unauthorized</h1>"));
}
