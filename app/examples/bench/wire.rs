//! HTTP/1.1 over one kept connection: as little as a client can do, so that it measures the other side.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::Fallible;

#[derive(Debug)]
pub struct Wire {
    stream: BufReader<TcpStream>,
    host: String,
    line: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Wire {
    /// `address` as `127.0.0.1:7070`, with or without `http://`.
    pub async fn open(address: &str) -> Fallible<Self> {
        let host = address.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::with_capacity(64 * 1024, stream),
            host,
            line: String::new(),
        })
    }

    /// `cookie` as `name=value`; empty: none.
    pub async fn get(&mut self, path: &str, cookie: &str) -> Fallible<Answer> {
        let cookie = match cookie {
            "" => String::new(),
            cookie => format!("cookie: {cookie}\r\n"),
        };
        let host = &self.host;
        let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{cookie}\r\n");
        self.stream.write_all(head.as_bytes()).await?;
        self.answer().await
    }

    pub async fn post(&mut self, path: &str, body: &serde_json::Value) -> Fallible<Answer> {
        let (host, body) = (&self.host, body.to_string());
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> Fallible<Answer> {
        let first = self.line().await?;
        let status = first.split(' ').nth(1).ok_or("no status")?.parse()?;
        let (mut length, mut is_chunked) = (0, false);
        loop {
            let line = self.line().await?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            is_chunked |= line.starts_with("transfer-encoding:") && line.contains("chunked");
        }
        let mut body = Vec::new();
        if is_chunked {
            self.chunks(&mut body).await?;
        } else {
            self.exactly(length, &mut body).await?;
        }
        Ok(Answer { status, body })
    }

    async fn chunks(&mut self, body: &mut Vec<u8>) -> Fallible<()> {
        loop {
            let length = usize::from_str_radix(self.line().await?, 16)?;
            self.exactly(length, body).await?;
            self.line().await?;
            if length == 0 {
                return Ok(());
            }
        }
    }

    async fn exactly(&mut self, length: usize, body: &mut Vec<u8>) -> Fallible<()> {
        let before = body.len();
        body.resize(before + length, 0);
        self.stream.read_exact(&mut body[before..]).await?;
        Ok(())
    }

    /// A line without its end.
    async fn line(&mut self) -> Fallible<&str> {
        self.line.clear();
        if self.stream.read_line(&mut self.line).await? == 0 {
            return Err("the connection was closed".into());
        }
        Ok(self.line.trim_end())
    }
}
