//! A track as Liquidsoap takes it: `annotate:key="value",…:/path`, of ids and numbers alone.
//!
//! Titles never go this way: Liquidsoap reads a value like its own strings, and one that holds `#{` fails the whole track
//! (2.1.3, tried). Listeners hear of them from Icecast, which we tell ourselves; see [`crate::titles`].

use std::fmt::Write as _;

use broadcast::Cue;

fn seconds(ms: u32) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// The engine plays this next. `None`: the path is none of ours, which are plain.
pub fn annotated(cue: &Cue) -> Option<String> {
    let path = cue.file.to_str().filter(|path| is_plain(path))?;
    let mut words = format!("annotate:cue=\"{}\"", cue.track);
    let _ = write!(words, ",liq_cue_in=\"{}\"", seconds(cue.from_ms));
    if let Some(until) = cue.until_ms {
        let _ = write!(words, ",liq_cue_out=\"{}\"", seconds(until));
    }
    let sign = if cue.gain_cb < 0 { "-" } else { "" };
    let gain = cue.gain_cb.unsigned_abs();
    let _ = write!(
        words,
        ",liq_amplify=\"{sign}{}.{:02} dB\":{path}",
        gain / 100,
        gain % 100
    );
    Some(words)
}

fn is_plain(path: &str) -> bool {
    let is_fine = |sign: char| sign.is_ascii_alphanumeric() || "/._-".contains(sign);
    path.starts_with('/') && path.chars().all(is_fine) && !path.contains("/../")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use broadcast::Cue;
    use kit::id::{Id, TrackId};
    use proptest::prelude::*;

    use super::annotated;

    fn cue(file: &str, gain_cb: i32) -> Cue {
        Cue {
            track: TrackId::parse("trk_1").unwrap(),
            file: PathBuf::from(file),
            title: "\"#{exit()}".to_owned(),
            artist: "Vesper".to_owned(),
            from_ms: 420,
            until_ms: Some(61_005),
            gain_cb,
        }
    }

    #[test]
    fn a_track_is_said_by_its_id_its_cues_and_its_gain() {
        let said = annotated(&cue("/music/content/1/trk_1.mp3", -305)).unwrap();
        let wanted = r#"annotate:cue="trk_1",liq_cue_in="0.420",liq_cue_out="61.005",liq_amplify="-3.05 dB":/music/content/1/trk_1.mp3"#;
        assert_eq!(said, wanted);
        for odd in [
            "music/a.mp3",
            "/music/#{exit()}.mp3",
            "/music/a b.mp3",
            "/music/../etc/passwd",
            "/a\n.mp3",
        ] {
            assert_eq!(annotated(&cue(odd, 0)), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn a_gain_is_read_back_as_it_was(gain_cb in -9_999_i32..10_000) {
            let said = annotated(&cue("/music/trk_1.mp3", gain_cb)).unwrap();
            let gain = said.split("liq_amplify=\"").nth(1).unwrap().split(" dB").next().unwrap();
            let back: f64 = gain.parse().unwrap();
            prop_assert!((back * 100.0 - f64::from(gain_cb)).abs() < 0.001, "{}", said);
        }
    }
}
