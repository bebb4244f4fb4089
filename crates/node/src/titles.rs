//! Telling those who listen at Icecast itself what plays: its own call for it, one for each mount of a station.

use std::net::SocketAddr;

use axum::body::Bytes;
use broadcast::Cue;
use http::Request;
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// A track as players show it.
pub fn of(cue: &Cue) -> String {
    match (cue.artist.trim(), cue.title.trim()) {
        ("", title) => title.to_owned(),
        (artist, title) => format!("{artist} - {title}"),
    }
}

/// Tells the listeners of a mount. Safe to repeat. Fails if the mount has no source, or Icecast is away.
pub async fn tell(
    icecast: SocketAddr,
    password: &str,
    mount: &str,
    cue: &Cue,
) -> Result<(), Failed> {
    let song = of(cue);
    let path = format!(
        "/admin/metadata?mode=updinfo&charset=UTF-8&mount={}&song={}",
        encoded(mount),
        encoded(&song)
    );
    let basic = basic("admin", password);
    let stream = TcpStream::connect(icecast).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get(path)
        .header("host", "localhost")
        .header("authorization", basic)
        .body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(format!("Icecast answers {} to a title of {mount}", answer.status()).into())
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    let words = format!("{user}:{password}");
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(words)
    )
}
