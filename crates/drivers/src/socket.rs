//! A way to listen: a WebSocket with our own TLS settings, a limit on opening it, and a limit on silence.

use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use http::HeaderMap;
use kit::{Outcome, Refusal, Uncertainty, t};
use reqwest::Url;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::http::tls;

const OPENING: Duration = Duration::from_secs(10);
/// How often we say that we are there. Jellyfin and Emby drop a client that is silent for 60 s.
const PULSE: Duration = Duration::from_secs(25);
/// A larger message is a fault of the other side; lists of sessions can be long.
const LARGEST_MESSAGE: usize = 16 * 1024 * 1024;

/// What a socket is listened to for.
pub(crate) struct Listening<'a> {
    pub url: Url,
    pub headers: HeaderMap,
    /// What is said first.
    pub opening: Option<&'static str>,
    /// What is said at each pulse; `None`: a ping of the protocol itself.
    pub pulse: Option<&'static str>,
    /// How long nothing at all may come.
    pub silence: Duration,
    /// Takes each text message.
    pub heard: &'a (dyn Fn(&str) + Send + Sync),
}

trait Pipe: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Pipe for T {}

type Line = WebSocketStream<Box<dyn Pipe>>;

/// Opens the socket and hears until it ends. Never `Done` before it was open.
pub(crate) async fn listen(listening: Listening<'_>) -> Outcome<()> {
    let host = listening.url.host_str().unwrap_or_default().to_owned();
    let opened = timeout(OPENING, open(&listening)).await;
    let line = match opened {
        Ok(Ok(line)) => line,
        Ok(Err(Error::Http(answer))) => return Outcome::Refused(refused(&host, answer.status())),
        Ok(Err(_)) | Err(_) => return Outcome::Unknown(no_line(&host)),
    };
    converse(line, &listening).await
}

async fn open(listening: &Listening<'_>) -> Result<Line, Error> {
    let url = &listening.url;
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(80);
    let stream = TcpStream::connect((host, port)).await?;
    let is_secure = matches!(url.scheme(), "https" | "wss");
    let pipe: Box<dyn Pipe> = if is_secure {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidInput, error))?;
        let connector = TlsConnector::from(Arc::new(tls::config()));
        Box::new(connector.connect(name, stream).await?)
    } else {
        Box::new(stream)
    };
    let mut address = url.clone();
    // Only the scheme's word differs; the path and the header lines are those of any request.
    let _ = address.set_scheme(if is_secure { "wss" } else { "ws" });
    let text = address.as_str().replacen("http", "ws", 1);
    let mut request = text.into_client_request()?;
    request.headers_mut().extend(listening.headers.clone());
    let config = WebSocketConfig::default().max_message_size(Some(LARGEST_MESSAGE));
    let (line, _) =
        tokio_tungstenite::client_async_with_config(request, pipe, Some(config)).await?;
    Ok(line)
}

async fn converse(mut line: Line, listening: &Listening<'_>) -> Outcome<()> {
    let host = listening.url.host_str().unwrap_or_default();
    if let Some(opening) = listening.opening
        && line.send(Message::text(opening)).await.is_err()
    {
        return Outcome::Done(());
    }
    let mut pulse = tokio::time::interval(PULSE);
    let mut silent_at = Instant::now() + listening.silence;
    loop {
        tokio::select! {
            message = line.next() => match message {
                Some(Ok(message)) => {
                    silent_at = Instant::now() + listening.silence;
                    if let Message::Text(text) = &message {
                        (listening.heard)(text.as_str());
                    }
                }
                Some(Err(_)) | None => return Outcome::Done(()),
            },
            _ = pulse.tick() => {
                let message = listening.pulse.map_or_else(|| Message::Ping(Vec::new().into()), Message::text);
                if line.send(message).await.is_err() {
                    return Outcome::Done(());
                }
            }
            () = tokio::time::sleep_until(silent_at) => return Outcome::Unknown(silent(host)),
        }
    }
}

fn refused(host: &str, status: http::StatusCode) -> Refusal {
    Refusal::passing(
        "no_push",
        t!(
            "{host} does not let us listen (it answers {status}). It is read every hour instead.",
            host = host,
            status = i64::from(status.as_u16())
        ),
    )
}

fn no_line(host: &str) -> Uncertainty {
    Uncertainty::new(t!(
        "{host} does not open a line to listen on. It is read every hour instead.",
        host = host
    ))
}

fn silent(host: &str) -> Uncertainty {
    Uncertainty::new(t!(
        "{host} opened a line and says nothing on it. It is read every hour instead.",
        host = host
    ))
}
