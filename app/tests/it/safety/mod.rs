//! Safety as a stranger would try it: over HTTP, with nothing but a browser and patience.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod doors;
mod pages;
mod presses;
mod sessions;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinHandle;
use web::SiteConfig;

use crate::support::{Browser, Page, TestSite};

pub const PASSWORD: &str = "a long walk in the rain";

/// The same house behind another configuration.
struct Door {
    address: String,
    server: JoinHandle<()>,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Door {
    async fn of(site: &TestSite, config: SiteConfig) -> Self {
        let mut house = site.house.clone();
        house.site.config = Arc::new(config);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let service = house
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { drop(axum::serve(listener, service).await) });
        Self { address, server }
    }
}

/// Registers as a visitor does.
async fn register(site: &TestSite, name: &str) -> Page {
    let mut browser = Browser::at(site.address());
    let email = format!("{}@example.org", name.to_lowercase());
    let fields = [("name", name), ("email", &email), ("password", PASSWORD)];
    browser.post("/register", &fields).await
}

/// A browser that has signed in by the form.
async fn signed_in(site: &TestSite, name: &str) -> Browser {
    let mut browser = Browser::at(site.address());
    let page = sign_in(&mut browser, name, PASSWORD, "").await;
    assert_eq!((page.status, page.location()), (303, "/account"));
    browser
}

async fn sign_in(browser: &mut Browser, name: &str, password: &str, next: &str) -> Page {
    let login = format!("{}@example.org", name.to_lowercase());
    let fields = [
        ("login", login.as_str()),
        ("password", password),
        ("next", next),
    ];
    browser.post("/sign-in", &fields).await
}
