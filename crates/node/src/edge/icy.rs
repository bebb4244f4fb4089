//! Titles within the sound, for players that ask for them (`Icy-MetaData: 1`): after every so many bytes of sound comes
//! one byte with a length in sixteenths, and so much text.
//!
//! We weave them ourselves, so that the sound behind may break off and begin anew while a listener stays.

/// Bytes of sound between two texts; what Icecast uses too.
pub const EVERY: usize = 16_000;
/// What one byte of sixteenths can say.
const LONGEST: usize = 255 * 16;

/// Where a listener is between two texts, and what they were told last.
#[derive(Debug, Default)]
pub struct Weaver {
    /// Bytes of sound since the last text.
    since: usize,
    told: Option<String>,
}

impl Weaver {
    /// The sound with the title woven in; a title that was told already takes one byte.
    pub fn weave(&mut self, sound: &[u8], title: &str) -> Vec<u8> {
        let mut woven = Vec::with_capacity(sound.len() + 64);
        let mut rest = sound;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(EVERY - self.since));
            woven.extend_from_slice(now);
            self.since += now.len();
            rest = later;
            if self.since == EVERY {
                self.since = 0;
                self.tell(&mut woven, title);
            }
        }
        woven
    }

    fn tell(&mut self, woven: &mut Vec<u8>, title: &str) {
        if self.told.as_deref() == Some(title) {
            woven.push(0);
            return;
        }
        let text = said(title);
        let sixteenths = text.len().div_ceil(16);
        woven.push(u8::try_from(sixteenths).expect("no longer than LONGEST"));
        woven.extend_from_slice(text.as_bytes());
        woven.resize(woven.len() + sixteenths * 16 - text.len(), 0);
        self.told = Some(title.to_owned());
    }
}

/// Nothing in a title ends it: what would is written with another sign.
fn said(title: &str) -> String {
    let plain: String = title.chars().filter(|sign| !sign.is_control()).collect();
    let mut plain = plain.replace("';", "’;");
    if plain.ends_with('\'') {
        plain.pop();
        plain.push('’');
    }
    let frame = "StreamTitle='';".len();
    let mut end = plain.len().min(LONGEST - frame);
    while !plain.is_char_boundary(end) {
        end -= 1;
    }
    format!("StreamTitle='{}';", &plain[..end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As a player takes it apart.
    fn unwoven(woven: &[u8]) -> (Vec<u8>, Vec<String>) {
        let (mut sound, mut titles, mut rest) = (Vec::new(), Vec::new(), woven);
        while rest.len() > EVERY {
            sound.extend_from_slice(&rest[..EVERY]);
            let length = usize::from(rest[EVERY]) * 16;
            let text = &rest[EVERY + 1..EVERY + 1 + length];
            if length > 0 {
                let text = std::str::from_utf8(text).unwrap().trim_end_matches('\0');
                titles.push(text.to_owned());
            }
            rest = &rest[EVERY + 1 + length..];
        }
        sound.extend_from_slice(rest);
        (sound, titles)
    }

    #[test]
    fn a_title_cannot_end_itself() {
        assert_eq!(said("Don't"), "StreamTitle='Don't';");
        assert_eq!(
            said("a';StreamUrl='http://b"),
            "StreamTitle='a’;StreamUrl='http://b';"
        );
        assert_eq!(said("rock 'n'"), "StreamTitle='rock 'n’';");
        assert_eq!(said("a\r\nb\0"), "StreamTitle='ab';");
        assert!(said(&"ü".repeat(5_000)).len() <= LONGEST);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn the_sound_comes_out_as_it_went_in_however_it_is_cut(
            chunks in proptest::collection::vec(1_usize..9_000, 1..30),
            titles in proptest::collection::vec(".{0,40}", 1..4),
        ) {
            let mut weaver = Weaver::default();
            let (mut sound, mut woven) = (Vec::new(), Vec::new());
            for (nth, length) in chunks.iter().enumerate() {
                let byte = u8::try_from(nth % 250).unwrap() + 1;
                let chunk = vec![byte; *length];
                woven.extend(weaver.weave(&chunk, &titles[nth % titles.len()]));
                sound.extend(chunk);
            }
            let (heard, told) = unwoven(&woven);
            prop_assert!(heard == sound);
            prop_assert!(told.iter().all(|one| one.starts_with("StreamTitle='") && one.ends_with("';")));
        }
    }
}
