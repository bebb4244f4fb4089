//! What plays on a media server, as its driver describes it.

use kit::stored::stored_words;

use crate::remote::RemoteRef;

/// Refused by a server that stops no streams for us: what plays goes on.
pub const CANNOT_STOP: &str = "cannot_stop";

/// Something playing now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteStream {
    /// The server's id of the session.
    pub id: String,
    /// `None`: the server does not say whose it is. Nobody is held to it, and it is never stopped.
    pub user: Option<RemoteRef>,
    pub user_name: String,
    pub title: String,
    /// The server's id of what plays.
    pub item: String,
    /// The library's name, if the server says it.
    pub library: String,
    pub device: String,
    pub app: String,
    pub address: String,
    /// Whether the device takes commands at all.
    pub is_controllable: bool,
    pub decision: Decision,
    /// What the file holds; nothing for music.
    pub source: Frame,
    /// What the picture is made into, if it is made anew. `None`: it is sent as it is.
    pub target: Option<Frame>,
    pub position_ms: i64,
    /// 0: it has no end, or nobody knows it.
    pub length_ms: i64,
    pub is_paused: bool,
}

impl RemoteStream {
    /// Whether a 4K picture is made into another one, which is the hardest work that a server knows.
    pub fn transcodes_four_k(&self) -> bool {
        self.target.is_some() && self.source.is_four_k()
    }

    pub fn is_of(&self, user: &RemoteRef) -> bool {
        self.user.as_ref() == Some(user)
    }
}

stored_words! {
    /// How a file reaches the device.
    pub enum Decision {
        /// As it is.
        Direct = "direct",
        /// Packed anew, or with other sound: the picture is as it was.
        Remux = "remux",
        /// The picture, or what is all sound, is made anew.
        Transcode = "transcode",
    }
}

/// The size of a picture. 0: unknown, or there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Frame {
    pub width: u32,
    pub height: u32,
}

impl Frame {
    /// Films are often cut at top and bottom: 3840 × 1600 is 4K as well.
    pub fn is_four_k(self) -> bool {
        self.height > 1_600 || self.width > 3_200
    }

    /// The height that people know it by: 3840 × 1600 is "2160p", 1920 × 800 "1080p".
    pub fn lines(self) -> u32 {
        self.height.max(self.width * 9 / 16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_film_is_known_by_the_lines_that_it_would_fill() {
        let frame = |width, height| Frame { width, height };
        for (size, lines, is_four_k) in [
            (frame(3840, 2160), 2160, true),
            (frame(3840, 1600), 2160, true),
            (frame(1920, 800), 1080, false),
            (frame(1440, 1080), 1080, false),
            (frame(0, 0), 0, false),
        ] {
            assert_eq!(
                (size.lines(), size.is_four_k()),
                (lines, is_four_k),
                "{size:?}"
            );
        }
    }
}
