//! The languages that subtitles can be in, by the codes that servers take.

/// A language, named as its own speakers do.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// ISO 639-1.
    pub two: &'static str,
    /// ISO 639-2, in the form that libraries use (`ger`, not `deu`).
    pub three: &'static str,
    pub name: &'static str,
}

const fn language(two: &'static str, three: &'static str, name: &'static str) -> Language {
    Language { two, three, name }
}

/// By name, as forms show them.
pub const LANGUAGES: &[Language] = &[
    language("id", "ind", "Bahasa Indonesia"),
    language("ca", "cat", "Català"),
    language("cs", "cze", "Čeština"),
    language("da", "dan", "Dansk"),
    language("de", "ger", "Deutsch"),
    language("et", "est", "Eesti"),
    language("en", "eng", "English"),
    language("es", "spa", "Español"),
    language("eu", "baq", "Euskara"),
    language("fr", "fre", "Français"),
    language("gl", "glg", "Galego"),
    language("hr", "hrv", "Hrvatski"),
    language("is", "ice", "Íslenska"),
    language("it", "ita", "Italiano"),
    language("lv", "lav", "Latviešu"),
    language("lt", "lit", "Lietuvių"),
    language("hu", "hun", "Magyar"),
    language("nl", "dut", "Nederlands"),
    language("no", "nor", "Norsk"),
    language("pl", "pol", "Polski"),
    language("pt", "por", "Português"),
    language("ro", "rum", "Română"),
    language("sk", "slo", "Slovenčina"),
    language("sl", "slv", "Slovenščina"),
    language("fi", "fin", "Suomi"),
    language("sv", "swe", "Svenska"),
    language("vi", "vie", "Tiếng Việt"),
    language("tr", "tur", "Türkçe"),
    language("el", "gre", "Ελληνικά"),
    language("bg", "bul", "Български"),
    language("ru", "rus", "Русский"),
    language("sr", "srp", "Српски"),
    language("uk", "ukr", "Українська"),
    language("he", "heb", "עברית"),
    language("ar", "ara", "العربية"),
    language("fa", "per", "فارسی"),
    language("hi", "hin", "हिन्दी"),
    language("th", "tha", "ไทย"),
    language("zh", "chi", "中文"),
    language("ja", "jpn", "日本語"),
    language("ko", "kor", "한국어"),
];

/// By its two letters.
pub fn find(two: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.two == two)
}
