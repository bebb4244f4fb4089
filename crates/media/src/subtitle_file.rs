//! A file of subtitles as somebody uploads it: told by what is in it, not by its name, and turned into UTF-8.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};
use kit::stored::stored_words;
use kit::{Text, t};

/// The largest file that is taken; subtitles of a long film are a tenth of it.
pub const LARGEST: usize = 1024 * 1024;

stored_words! {
    /// The formats that servers take as they are.
    pub enum Format {
        SubRip = "srt",
        /// Advanced SubStation Alpha.
        Advanced = "ass",
        /// SubStation Alpha.
        Alpha = "ssa",
        WebVtt = "vtt",
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubtitleFile {
    pub format: Format,
    /// In UTF-8, without a byte order mark.
    pub text: String,
}

/// Reads a file. The text says what is wrong with it and what to do.
pub fn read(bytes: &[u8]) -> Result<SubtitleFile, Text> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(t!(
            "This file is empty. Choose another one, or save it again in the program that made it."
        ));
    }
    if bytes.len() > LARGEST {
        return Err(t!(
            "This file is larger than one megabyte, far above what the subtitles of a film are. Choose the file with the subtitles alone."
        ));
    }
    let text = decoded(bytes).ok_or_else(|| {
        t!(
            "This is not a text. Subtitles made of pictures (.sup, .sub with .idx) cannot be taken; choose a file that ends in .srt, .ass, .ssa or .vtt."
        )
    })?;
    let format = format_of(&text).ok_or_else(|| {
        t!(
            "These are no subtitles in a format that servers read. Choose a file of SubRip (.srt), SubStation Alpha (.ass, .ssa) or WebVTT (.vtt) that holds at least one line with its times."
        )
    })?;
    Ok(SubtitleFile { format, text })
}

/// By its mark, else as UTF-8 if it is that, else as what it most likely is. `None`: it is no text.
fn decoded(bytes: &[u8]) -> Option<String> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => guessed(bytes),
    };
    let (text, _, is_broken) = encoding.decode(bytes);
    let is_text = !is_broken && !text.chars().any(is_no_letter);
    is_text.then(|| text.into_owned())
}

fn guessed(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Signs that stand in no text, but in every other file.
fn is_no_letter(sign: char) -> bool {
    sign.is_control() && !matches!(sign, '\n' | '\r' | '\t' | '\u{c}' | '\u{1a}' | '\u{85}')
}

fn format_of(text: &str) -> Option<Format> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    if first == "WEBVTT" || first.starts_with("WEBVTT ") || first.starts_with("WEBVTT\t") {
        return has_cue(text, '.').then_some(Format::WebVtt);
    }
    if first.eq_ignore_ascii_case("[Script Info]") || first.starts_with(';') {
        let has = |words: &str| text.lines().any(|line| line.trim().starts_with(words));
        let format = match (has("[V4+ Styles]"), has("[V4 Styles]")) {
            (true, _) => Format::Advanced,
            (false, true) => Format::Alpha,
            (false, false) => return None,
        };
        return has("Dialogue:").then_some(format);
    }
    (has_cue(text, ',') || has_cue(text, '.')).then_some(Format::SubRip)
}

/// Whether a line says from when to when something is shown.
fn has_cue(text: &str, point: char) -> bool {
    text.lines().any(|line| {
        line.split_once("-->").is_some_and(|(from, to)| {
            let to = to.split_whitespace().next().unwrap_or_default();
            is_moment(from.trim(), point) && is_moment(to, point)
        })
    })
}

/// `01:02:03,456`, where WebVTT may leave the hours out.
fn is_moment(text: &str, point: char) -> bool {
    let Some((clock, rest)) = text.split_once(point) else {
        return false;
    };
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_digit());
    let parts: Vec<&str> = clock.split(':').collect();
    (2..=3).contains(&parts.len()) && is_number(rest) && parts.into_iter().all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SRT: &str = "1\r\n00:00:01,000 --> 00:00:02,500\r\nGrüße, Zoë!\r\n";

    fn format(text: &str) -> Option<Format> {
        read(text.as_bytes()).ok().map(|file| file.format)
    }

    #[test]
    fn the_format_is_told_by_what_is_inside() {
        assert_eq!(format(SRT), Some(Format::SubRip));
        assert_eq!(
            format("WEBVTT\n\n00:01.000 --> 00:02.000 align:start\nHello\n"),
            Some(Format::WebVtt)
        );
        let script = |style: &str| {
            format!(
                "[Script Info]\nTitle: x\n\n[{style} Styles]\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,x,,0,0,0,,Hello\n"
            )
        };
        assert_eq!(format(&script("V4+")), Some(Format::Advanced));
        assert_eq!(format(&script("V4")), Some(Format::Alpha));
        for other in [
            "WEBVTT\n\nno cue at all",
            "<html><body>00:00:01,000</body></html>",
            "[Script Info]\nTitle: x\n",
            "a --> b",
            "%PDF-1.7",
        ] {
            assert_eq!(format(other), None, "{other}");
        }
    }

    #[test]
    fn every_usual_encoding_becomes_utf_8() {
        let western = SRT
            .replace('ü', "\u{1}")
            .replace('ß', "\u{2}")
            .replace('ë', "\u{3}");
        let western: Vec<u8> = western
            .bytes()
            .map(|byte| match byte {
                1 => 0xfc,
                2 => 0xdf,
                3 => 0xeb,
                other => other,
            })
            .collect();
        let little: Vec<u8> = [0xfeff]
            .into_iter()
            .chain(SRT.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let marked = [b"\xef\xbb\xbf", SRT.as_bytes()].concat();
        for bytes in [western, little, marked, SRT.as_bytes().to_vec()] {
            assert_eq!(read(&bytes).unwrap().text, SRT);
        }
        let (cyrillic, _, _) = encoding_rs::WINDOWS_1251.encode(
            "1\n00:00:01,000 --> 00:00:02,500\nЗдравствуйте, как поживаете сегодня вечером?\n",
        );
        assert!(read(&cyrillic).unwrap().text.contains("поживаете"));
    }

    #[test]
    fn what_is_no_text_or_nothing_is_refused() {
        assert!(read(b"").is_err() && read(b" \n").is_err());
        assert!(read(b"PG\x00\x01\x02 00:00:01,000 --> 00:00:02,000").is_err());
        assert!(read(&vec![b'a'; LARGEST + 1]).is_err());
    }
}
