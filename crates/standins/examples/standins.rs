//! All stand-ins as a program: prints their addresses as JSON, and ends with its input or by ctrl-c.
//!
//! `standins [ADDRESS]`, e.g. `standins 127.0.0.1:18100`; without an address, on free ports.

use std::io::{Read, Write};
use std::net::SocketAddr;

use standins::StandinClock;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> std::io::Result<()> {
    let given = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listen: SocketAddr = given.parse().map_err(std::io::Error::other)?;
    let running = standins::start(listen, StandinClock::default()).await?;

    let mut out = std::io::stdout();
    writeln!(out, "{}", running.addresses())?;
    out.flush()?;

    tokio::select! {
        () = running.wait() => {}
        () = input_closed() => {}
        outcome = tokio::signal::ctrl_c() => outcome?,
    }
    Ok(())
}

/// Whoever started this holds its input open; when they end, so does this.
async fn input_closed() {
    let (closed, wait) = tokio::sync::oneshot::channel();
    // A thread of its own: the runtime would wait for a blocking task that never ends.
    std::thread::spawn(move || {
        let mut rest = [0_u8; 256];
        while std::io::stdin().read(&mut rest).is_ok_and(|read| read > 0) {}
        let _ = closed.send(());
    });
    let _ = wait.await;
}
