//! The house seen from outside: nothing is ticked that was not seen.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use kit::{Actor, Looking, Outcome, Refusal, Span, Text, Timestamp};
use settings::SiteSettings;
use testkit::engines;

use super::Desk;
use crate::support::Browser;

/// Somebody who looks, with a plug that can be pulled.
struct Lookout {
    until: Timestamp,
    plug: Arc<std::sync::atomic::AtomicBool>,
}

impl Lookout {
    fn answer<T: Send + 'static>(&self, seen: T) -> Looking<'_, T> {
        let is_in = self.plug.load(std::sync::atomic::Ordering::SeqCst);
        let gone = Refusal::passing("unreachable", Text::new("The plug is out."));
        Box::pin(std::future::ready(if is_in {
            Outcome::Done(seen)
        } else {
            Outcome::Refused(gone)
        }))
    }
}

impl kit::Lookout for Lookout {
    fn addresses_of<'a>(&'a self, _: &'a str) -> Looking<'a, Vec<IpAddr>> {
        self.answer(vec![IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7))])
    }

    fn certificate_of<'a>(&'a self, _: &'a str, _: u16) -> Looking<'a, Timestamp> {
        self.answer(self.until)
    }
}

async fn move_to(desk: &Desk, address: &str) {
    let mut tx = desk.site.house.db.begin(Actor::console()).await.unwrap();
    let (site, version) = settings::load::<SiteSettings>(&mut tx).await.unwrap();
    let site = SiteSettings {
        public_url: address.to_owned(),
        ..site
    };
    settings::save(&mut tx, &site, version).await.unwrap();
    tx.save().await.unwrap();
}

/// A browser of the same house with another lookout.
async fn looked_at_by(desk: &Desk, lookout: Lookout) -> (Browser, tokio::task::JoinHandle<()>) {
    let mut house = desk.site.house.clone();
    house.site.tools = house.site.tools.looking_by(Arc::new(lookout));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let service = house
        .router()
        .into_make_service_with_connect_info::<std::net::SocketAddr>();
    let server = tokio::spawn(async move { drop(axum::serve(listener, service).await) });
    let mut browser = Browser::at(&address);
    browser.cookies.clone_from(&desk.browser.cookies);
    (browser, server)
}

/// The item of the list that begins with these words: whether it is ticked, and all it says.
fn item(body: &str, title: &str) -> (bool, String) {
    let mut items = body.split("<li data-state=\"").skip(1);
    let item = items
        .find(|item| item.contains(title))
        .unwrap_or_else(|| panic!("{title} is not on the list"));
    let item = item.split("</li>").next().unwrap_or_default();
    (item.starts_with("done"), item.to_owned())
}

#[tokio::test]
async fn on_this_machine_alone_nothing_is_ticked() {
    let engine = engines().await.remove(0);
    let mut desk = Desk::open(&engine).await;
    let page = desk.browser.get("/office").await;
    for title in ["The name leads here", "The certificate is valid"] {
        let (is_done, words) = item(&page.body, title);
        assert!(!is_done, "{title} is ticked");
        assert!(words.contains("reachable only on this machine"), "{words}");
    }
}

#[tokio::test]
async fn a_pulled_plug_is_said_with_its_reason_and_a_good_view_is_ticked() {
    let engine = engines().await.remove(0);
    let desk = Desk::open(&engine).await;
    move_to(&desk, "https://tv.example").await;
    let plug = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let lookout = Lookout {
        until: desk.site.world.now() + Span::days(60),
        plug: plug.clone(),
    };
    let (mut browser, server) = looked_at_by(&desk, lookout).await;
    let page = browser.get("/office").await;
    let (is_done, words) = item(&page.body, "The name leads here");
    assert!(!is_done && words.contains("The plug is out."), "{words}");
    plug.store(true, std::sync::atomic::Ordering::SeqCst);
    let page = browser.get("/office").await;
    assert!(!item(&page.body, "The name leads here").0, "a look is kept");
    desk.site.world.advance(Span::minutes(2));
    // What is known is shown at once, and looked at anew beside it.
    let mut seen = (false, String::new());
    for _ in 0..50 {
        let page = browser.get("/office").await;
        if !page.body.contains("The name leads here") {
            seen.0 = true;
            break;
        }
        seen = item(&page.body, "The name leads here");
        if seen.0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    server.abort();
    assert!(seen.0, "{}", seen.1);
}
