//! The hold loop: a quiet chord of our own, for the seconds in which a station has nothing to play.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

use crate::engines::Trouble;
use crate::home::Home;

/// Three tones, swelling slowly, thirty seconds long.
const CHORD: &str = "aevalsrc=0.03*(0.6+0.4*sin(2*PI*t/10))*(sin(2*PI*220*t)+sin(2*PI*277.18*t)+sin(2*PI*329.63*t)):s=44100:d=30,aformat=channel_layouts=stereo";

/// Renders it if it is not there yet. Answers the file.
pub async fn render(home: &Home) -> Result<PathBuf, Trouble> {
    let path = home.path("engine/hold.flac");
    if !tokio::fs::try_exists(&path).await? {
        render_to(&path).await?;
        home.hand_over(&path)?;
    }
    Ok(path)
}

async fn render_to(path: &std::path::Path) -> Result<(), Trouble> {
    let done = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
        .args(["-f", "lavfi", "-i", CHORD])
        .arg(path)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|_| Trouble::Missing("ffmpeg"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    Err(Trouble::Engine("ffmpeg", said))
}
