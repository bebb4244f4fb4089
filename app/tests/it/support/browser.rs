//! A browser without a screen: keeps cookies, finds a page's form token, and follows nothing by itself.

use std::collections::BTreeMap;

use app::world;
use drivers::http::{Call, Http};
use kit::{Actor, Outcome, Secret};
use people::account::Account;
use people::session::{self, Proof, Stay};

use super::TestSite;

/// One browser at one address of a house.
#[derive(Clone)]
pub struct Browser {
    http: Http,
    base: String,
    pub cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub headers: Vec<(&'static str, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub body: String,
    pub headers: Vec<(String, String)>,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value.as_str())
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        let all = self.headers.iter().filter(|(name, _)| name == "set-cookie");
        all.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of the first hidden field of this name.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let (_, behind) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        behind.split_once('"').map(|(value, _)| value.to_owned())
    }
}

impl Browser {
    pub fn at(base: &str) -> Self {
        Self {
            http: Http::new(world::real(), true),
            base: base.to_owned(),
            cookies: BTreeMap::new(),
            headers: Vec::new(),
        }
    }

    /// With a session that begins this moment, proven by password.
    pub async fn of(site: &TestSite, account: &Account) -> Self {
        let mut browser = Self::at(site.address());
        let db = &site.house.db;
        let mut tx = db.begin(Actor::console()).await.unwrap();
        let asks = session::Browser::default();
        let started = session::start(&mut tx, account, Proof::Password, Stay::No, &asks)
            .await
            .unwrap();
        tx.save().await.unwrap();
        browser.keep_session(&started.secret);
        browser
    }

    pub fn keep_session(&mut self, secret: &Secret) {
        let secret = secret.reveal().to_owned();
        self.cookies.insert("ph_session".to_owned(), secret);
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, &[], None).await
    }

    /// Posts a form with the token of this browser.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token().await;
        let mut fields = fields.to_vec();
        fields.push(("csrf", &token));
        self.post_raw(path, &fields).await
    }

    /// Posts a form at a house that may not be there. `None`: no answer came.
    pub async fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> Option<Page> {
        let page = self.try_send("GET", "/account/profile", &[], None).await?;
        let token = page.hidden("csrf")?;
        let mut fields = fields.to_vec();
        fields.push(("csrf", &token));
        let (kind, body) = form(&fields);
        self.try_send("POST", path, &[kind], Some(body)).await
    }

    /// Posts a form as it is.
    pub async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let (kind, body) = form(fields);
        self.send("POST", path, &[kind], Some(body)).await
    }

    /// Posts a form as those with files come, without a file.
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut body = String::new();
        for (name, value) in fields {
            body += "--between\r\ncontent-disposition: form-data; name=\"";
            body += &format!("{name}\"\r\n\r\n{value}\r\n");
        }
        body += "--between--\r\n";
        let kind = ("content-type", "multipart/form-data; boundary=between");
        self.send("POST", path, &[kind], Some(body.into_bytes()))
            .await
    }

    /// The token that this browser's forms carry.
    pub async fn token(&mut self) -> String {
        for path in ["/reset", "/account/profile"] {
            if let Some(token) = self.get(path).await.hidden("csrf") {
                return token;
            }
        }
        panic!("no page with a form was found");
    }

    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&'static str, &str)],
        body: Option<Vec<u8>>,
    ) -> Page {
        let answered = self.try_send(method, path, headers, body).await;
        answered.unwrap_or_else(|| panic!("{method} {path} was not answered"))
    }

    /// `None`: no answer came.
    async fn try_send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&'static str, &str)],
        body: Option<Vec<u8>>,
    ) -> Option<Page> {
        let url = format!("{}{path}", self.base);
        let mut call = Call::new(method.parse().unwrap(), url.parse().unwrap());
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            call.headers
                .insert("cookie", cookies.join("; ").parse().unwrap());
        }
        for (name, value) in &self.headers {
            call.headers.insert(*name, value.parse().unwrap());
        }
        for (name, value) in headers {
            call.headers.insert(*name, value.parse().unwrap());
        }
        call.body = body;
        let Outcome::Done(answer) = self.http.send(call).await else {
            return None;
        };
        let headers = answer.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        let page = Page {
            status: answer.status.as_u16(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
        };
        self.keep_cookies(&page);
        Some(page)
    }

    fn keep_cookies(&mut self, page: &Page) {
        for line in page.set_cookies() {
            let pair = line.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if value.is_empty() || line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// A form as browsers send it: its type, and its body.
fn form(fields: &[(&str, &str)]) -> ((&'static str, &'static str), Vec<u8>) {
    let encode = |text: &str| -> String {
        let bytes = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        });
        bytes.collect()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let body = pairs.join("&").into_bytes();
    (kind, body)
}
