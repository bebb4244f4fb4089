//! What a station's streams sound like: a codec and a bitrate.

use kit::stored::stored_words;

/// How sound is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    Mp3,
    Aac,
    Opus,
}

stored_words! {
    /// One mount of a station. The engines know these and no others, so that none has to be set up for a station.
    pub enum StreamFormat {
        Mp3At64 = "mp3-64",
        Mp3At96 = "mp3-96",
        Mp3At128 = "mp3-128",
        Mp3At192 = "mp3-192",
        Mp3At256 = "mp3-256",
        Mp3At320 = "mp3-320",
        AacAt64 = "aac-64",
        AacAt96 = "aac-96",
        AacAt128 = "aac-128",
        OpusAt64 = "opus-64",
        OpusAt96 = "opus-96",
        OpusAt128 = "opus-128",
    }
}

impl StreamFormat {
    pub fn codec(self) -> Codec {
        match self {
            Self::Mp3At64
            | Self::Mp3At96
            | Self::Mp3At128
            | Self::Mp3At192
            | Self::Mp3At256
            | Self::Mp3At320 => Codec::Mp3,
            Self::AacAt64 | Self::AacAt96 | Self::AacAt128 => Codec::Aac,
            Self::OpusAt64 | Self::OpusAt96 | Self::OpusAt128 => Codec::Opus,
        }
    }

    /// Thousands of bits a second.
    pub fn kbps(self) -> u32 {
        match self {
            Self::Mp3At64 | Self::AacAt64 | Self::OpusAt64 => 64,
            Self::Mp3At96 | Self::AacAt96 | Self::OpusAt96 => 96,
            Self::Mp3At128 | Self::AacAt128 | Self::OpusAt128 => 128,
            Self::Mp3At192 => 192,
            Self::Mp3At256 => 256,
            Self::Mp3At320 => 320,
        }
    }

    pub fn content_type(self) -> &'static str {
        match self.codec() {
            Codec::Mp3 => "audio/mpeg",
            Codec::Aac => "audio/aac",
            Codec::Opus => "application/ogg",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StreamFormat;

    #[test]
    fn a_format_says_its_bitrate_and_is_written_as_it_is_stored() {
        for format in StreamFormat::ALL {
            assert!(format.word().ends_with(&format!("-{}", format.kbps())));
            let json = serde_json::to_string(format).unwrap();
            assert_eq!(
                serde_json::from_str::<StreamFormat>(&json).unwrap(),
                *format
            );
        }
    }
}
