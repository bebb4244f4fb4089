//! Letters over real SMTP, read back from the server that took them: `scripts/with-smtp` says where it is. Without
//! it there is nothing to write to; in CI that is a failure.

use billing::receipt;
use outreach::{LetterState, MailEncryption, MailSettings};
use people::account::{self, NewAccount};
use serde_json::Value;
use testkit::{TestDb, engines};

use crate::support::{Shop, TestSite};

/// The mail server, and where its letters are read. `None`: there is none, and none is due.
fn mail_server() -> Option<(String, String)> {
    let found = |name| std::env::var(name).ok();
    let server = found("PLAYHOUSE_TEST_SMTP").zip(found("PLAYHOUSE_TEST_SMTP_READ"));
    assert!(
        server.is_some() || std::env::var_os("CI").is_none(),
        "run this inside scripts/with-smtp"
    );
    server
}

async fn with_mail(on: &TestDb, smtp: &str) -> (TestSite, Shop) {
    let site = TestSite::on(on).await;
    let shop = site.set_up().await;
    let (host, port) = smtp.split_once(':').expect("host:port");
    let mail = MailSettings {
        host: host.to_owned(),
        port: port.parse().expect("a port"),
        encryption: MailEncryption::None,
        from_email: "house@example.org".to_owned(),
        ..MailSettings::default()
    };
    site.change(async |tx| settings::save(tx, &mail, 0).await.expect("saved"))
        .await;
    (site, shop)
}

/// The letters to an address as their readers see them, joined, oldest first.
async fn read_back(site: &TestSite, reader: &str, to: &str) -> Vec<String> {
    let url = format!("{reader}/letters?to={to}");
    let (_, letters) = site.outside.call("GET", &url, None).await;
    let data = |letter: &Value| plain(letter["data"].as_str().unwrap_or_default());
    letters.as_array().into_iter().flatten().map(data).collect()
}

async fn forget(site: &TestSite, reader: &str) {
    site.outside
        .call("DELETE", &format!("{reader}/letters"), None)
        .await;
}

/// Takes the packing of the mail format off: soft line ends and `=C3=BC`.
fn plain(packed: &str) -> String {
    let packed = packed.replace("=\r\n", "").replace("=\n", "");
    let mut bytes = Vec::with_capacity(packed.len());
    let mut rest = packed.as_bytes();
    while let [first, more @ ..] = rest {
        let code = more.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let byte = code.and_then(|it| u8::from_str_radix(it, 16).ok());
        if let Some(byte) = byte.filter(|_| *first == b'=') {
            bytes.push(byte);
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Checklist: I01, I06, J05, L01
#[tokio::test]
async fn who_pays_reads_where_and_how_to_watch_and_no_letter_holds_a_password() {
    let Some((smtp, reader)) = mail_server() else {
        return;
    };
    for engine in engines().await {
        let (site, shop) = with_mail(&engine, &smtp).await;
        forget(&site, &reader).await;
        site.buy("Lettie", &shop, &shop.month)
            .await
            .expect("bought");
        site.news().await;
        let letters = read_back(&site, &reader, "lettie@example.org").await;
        assert_eq!(letters.len(), 2, "a receipt and a welcome: {letters:#?}");
        let all = letters.join("\n");
        let server = media::server::find(&site.house.db, &shop.server)
            .await
            .expect("read");
        let address = server.expect("is there").public_address;
        assert!(all.contains(&address), "where to watch: {all}");
        assert!(all.contains("lettie"), "the user name: {all}");
        assert!(
            all.contains("Northern Lights") && all.contains(site.address()),
            "the site: {all}"
        );
        let payment = site.payments().await.remove(0);
        let receipt = receipt::of_payment(&site.house.db, &payment.id)
            .await
            .expect("read")
            .remove(0);
        assert!(
            all.contains(&receipt.number.to_string()),
            "the receipt's number: {all}"
        );
        assert!(
            !all.contains("a quiet evening"),
            "no letter holds a password"
        );
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn who_reads_german_is_written_to_in_german() {
    let Some((smtp, reader)) = mail_server() else {
        return;
    };
    for engine in engines().await {
        let (site, shop) = with_mail(&engine, &smtp).await;
        forget(&site, &reader).await;
        let email = kit::Email::parse("greta@example.org").expect("an address");
        let new = NewAccount {
            confirmed: true,
            locale: Some("de".to_owned()),
            ..NewAccount::customer(email, "Greta".to_owned())
        };
        site.change(async |tx| account::create(tx, &new, None).await.expect("made"))
            .await;
        site.buy("Greta", &shop, &shop.month).await.expect("bought");
        site.news().await;
        let all = read_back(&site, &reader, "greta@example.org")
            .await
            .join("\n");
        assert!(all.contains("Willkommen") || all.contains("Hallo"), "{all}");
        assert!(!all.contains("Hello "), "{all}");
        site.assert_no_failures().await;
    }
}

#[tokio::test]
async fn an_address_that_is_refused_is_shown_and_one_that_waits_is_tried_again() {
    let Some((smtp, reader)) = mail_server() else {
        return;
    };
    for engine in engines().await {
        let (site, shop) = with_mail(&engine, &smtp).await;
        forget(&site, &reader).await;
        site.buy("550-Nils", &shop, &shop.month)
            .await
            .expect("bought");
        site.news().await;
        let refused = site.letters("welcome").await.remove(0);
        assert_eq!(refused.state, LetterState::Failed, "for good");
        assert!(refused.reason.is_some(), "with the reason");

        site.buy("451-Olga", &shop, &shop.month)
            .await
            .expect("bought");
        site.news().await;
        let later = site.letters("welcome").await.remove(0);
        assert_eq!(later.to_email.as_str(), "451-olga@example.org");
        assert_eq!(later.state, LetterState::Waiting, "tried again");
        assert!(later.reason.is_some(), "with the reason");
        assert!(
            site.standing("451-Olga").await.has_access(),
            "access does not wait for mail"
        );
        assert_eq!(
            read_back(&site, &reader, "550-nils@example.org")
                .await
                .len(),
            0
        );
    }
}
