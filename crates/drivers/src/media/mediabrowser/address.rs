//! A server's address: scheme, host, port, and the path it may live under.

use kit::{Text, t};
use url::Url;

/// Reads what an operator typed. What follows the server's own path (`/web/index.html#!/…`) is cut off.
pub(in crate::media) fn parse(typed: &str) -> Result<Url, Text> {
    let typed = typed.trim();
    let with_scheme = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("http://{typed}")
    };
    let refused = || {
        t!(
            "«{typed}» is not an address. Enter it as https://media.example.org or http://192.168.1.5:8096.",
            typed = typed
        )
    };
    let mut url = Url::parse(&with_scheme).map_err(|_| refused())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(refused());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(t!(
            "Please leave name and password out of the address. The key is all that is needed."
        ));
    }
    let path = url
        .path()
        .split("/web")
        .next()
        .unwrap_or_default()
        .trim_end_matches('/')
        .to_owned();
    url.set_path(&format!("{path}/"));
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_people_paste_becomes_the_servers_address() {
        for (typed, meant) in [
            ("https://media.example.org", "https://media.example.org/"),
            (" 192.168.1.5:8096 ", "http://192.168.1.5:8096/"),
            (
                "https://example.org/jellyfin/",
                "https://example.org/jellyfin/",
            ),
            (
                "https://a.example/web/index.html#!/home",
                "https://a.example/",
            ),
            ("https://a.example/tv/web/#/home", "https://a.example/tv/"),
        ] {
            assert_eq!(parse(typed).unwrap().as_str(), meant);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for typed in [
            "",
            "ftp://a.example",
            "https://",
            "https://me:secret@a.example",
            "a b",
        ] {
            assert!(parse(typed).is_err(), "{typed}");
        }
    }
}
