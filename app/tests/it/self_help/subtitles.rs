//! Subtitles: checked, turned into UTF-8, and given once.

use kit::Span;
use serde_json::json;
use testkit::engines;

use super::Scene;
use crate::support::{Browser, Page};

/// Sends a form with a file, as browsers do.
async fn upload(browser: &mut Browser, path: &str, language: &str, file: &[u8]) -> Page {
    let token = browser.token().await;
    let mut body = Vec::new();
    for (name, value) in [
        ("csrf", token.as_str()),
        ("language", language),
        ("forced", "on"),
    ] {
        body.extend_from_slice(
            format!(
                "--between\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
            .as_bytes(),
        );
    }
    body.extend_from_slice(
        b"--between\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.srt\"\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--between--\r\n");
    let kind = ("content-type", "multipart/form-data; boundary=between");
    browser.send("POST", path, &[kind], Some(body)).await
}

/// The first link of a list that leads to a form for subtitles.
fn first_form(page: &Page) -> String {
    let (_, behind) = page.body.split_once("/subtitles/new?").expect("a link");
    let query = behind.split('"').next().unwrap_or_default();
    query.replace("&amp;", "&")
}

/// In Latin 1, as old files are.
const FILE: &[u8] = b"1\r\n00:00:01,000 --> 00:00:02,500\r\nSch\xf6ne Gr\xfc\xdfe!\r\n";

/// Checklist: J13
#[tokio::test]
async fn a_member_gives_a_film_subtitles_and_pressing_twice_gives_them_once() {
    for kind in ["jellyfin", "plex"] {
        for engine in engines().await {
            let mut scene = Scene::open(&engine, kind).await;
            let (path, movies) = (scene.path("subtitles"), scene.library("Movies").await);
            let list = scene.mara.get(&format!("{path}?library={movies}")).await;
            let there = format!("{path}/new?{}", first_form(&list));
            assert_eq!(scene.mara.get(&there).await.status, 200);

            let wrong = upload(&mut scene.mara, &there, "de", b"%PDF-1.7 nothing").await;
            assert_eq!(wrong.status, 422);
            assert!(
                wrong.body.contains("These are no subtitles"),
                "{}",
                wrong.body
            );
            assert!(
                wrong.body.contains("value=\"de\" selected"),
                "{}",
                wrong.body
            );
            let none = upload(&mut scene.mara, &there, "", FILE).await;
            assert!(none.body.contains("Choose the language"), "{}", none.body);

            for _ in 0..2 {
                let given = upload(&mut scene.mara, &there, "de", FILE).await;
                assert_eq!(given.status, 303, "{kind}: {}", given.body);
            }
            scene.site.hear().await;
            let there = scene.orders("subtitles").await;
            assert_eq!(there.len(), 1, "{kind}: {there:?}");
            assert_eq!(there[0]["format"], "srt");
            assert_eq!(there[0]["forced"], true);
            let language = if kind == "plex" { "de" } else { "ger" };
            assert_eq!(there[0]["language"], language);
            let text = there[0]["text"].as_str().unwrap();
            assert!(text.contains("Schöne Grüße!"), "{text}");
            let page = scene.mara.get(&path).await;
            assert!(page.body.contains("the server has it"), "{}", page.body);
            scene.site.assert_no_failures().await;
        }
    }
}

#[tokio::test]
async fn subtitles_whose_answer_was_lost_are_looked_for_before_they_are_sent_again() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine, "jellyfin").await;
        let (path, movies) = (scene.path("subtitles"), scene.library("Movies").await);
        let list = scene.mara.get(&format!("{path}?library={movies}")).await;
        let there = format!("{path}/new?{}", first_form(&list));
        scene
            .fault(json!({ "kind": "drop_answer", "method": "POST", "path": "/Subtitles", "times": 1 }))
            .await;
        upload(&mut scene.mara, &there, "en", FILE).await;
        scene.site.hear().await;
        scene.site.advance(Span::minutes(5)).await;
        assert_eq!(scene.orders("subtitles").await.len(), 1);
        let page = scene.mara.get(&path).await;
        assert!(page.body.contains("the server has it"), "{}", page.body);
        scene.site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn emby_takes_no_subtitles_and_the_page_says_what_to_do_instead() {
    for engine in engines().await {
        let mut scene = Scene::open(&engine, "emby").await;
        let page = scene.mara.get(&scene.path("subtitles")).await;
        assert_eq!(page.status, 200);
        assert!(
            page.body.contains("Emby lets no program upload subtitles"),
            "{}",
            page.body
        );
    }
}
