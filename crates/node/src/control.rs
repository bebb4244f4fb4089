//! Words to a running Liquidsoap, over its socket: one line there, an answer that ends with `END`.

use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

const PATIENCE: Duration = Duration::from_secs(10);

/// Says one line and answers what came back. Fails if nobody is there, says nothing in time, or says
/// that it went wrong.
pub async fn say(socket: &Path, line: &str) -> std::io::Result<String> {
    let talk = async {
        let (read, mut write) = UnixStream::connect(socket).await?.into_split();
        write.write_all(format!("{line}\n").as_bytes()).await?;
        let mut lines = BufReader::new(read).lines();
        let mut answer = String::new();
        while let Some(line) = lines.next_line().await? {
            let line = line.trim_end();
            if line == "END" {
                break;
            }
            answer.push_str(line);
            answer.push('\n');
        }
        let _ = write.write_all(b"quit\n").await;
        if answer.starts_with("ERROR") {
            return Err(std::io::Error::other(answer));
        }
        Ok(answer)
    };
    tokio::time::timeout(PATIENCE, talk)
        .await
        .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))?
}
