//! The form with which somebody gives a film subtitles, the same for members and staff.

use kit::id::LibraryId;
use kit::{Reader, Text, t};
use maud::{Markup, html};
use media::help::{ItemKind, RemoteItem};
use media::language::LANGUAGES;
use ui::{Form, field};

use crate::form::Posted;

/// What browsers offer to choose.
const ACCEPTED: &str = ".srt,.ass,.ssa,.vtt,text/vtt,application/x-subrip";

/// Leads to the form for one thing of a list; nothing where there is nothing to give.
pub fn choose(reader: &Reader, here: &str, library: &LibraryId, item: &RemoteItem) -> Markup {
    html! {
        @if item.kind == ItemKind::Video {
            (ui::link_button(address(here, library, &item.id), t!("Add subtitles")).small().render(reader))
        }
    }
}

/// Where the form for one thing is.
pub fn address(here: &str, library: &LibraryId, item: &str) -> String {
    let pairs = [("library", library.as_str()), ("item", item)];
    let query = serde_html_form::to_string(pairs).unwrap_or_default();
    format!("{here}/new?{query}")
}

/// The form itself.
pub fn form(there: String, csrf: &str, typed: &Posted) -> Form {
    let languages = LANGUAGES.iter().fold(
        field::select("language", t!("Language"))
            .value(typed.text("language"))
            .option("", t!("Choose one")),
        |field, one| field.option(one.two, Text::verbatim(one.name)),
    );
    ui::form(there, csrf)
        .field(
            field::file("file", t!("File, 1 MB at most"), ACCEPTED)
                .hint(t!(
                    "SubRip (.srt), SubStation Alpha (.ass, .ssa) or WebVTT (.vtt), in any usual encoding."
                ))
                .required(),
        )
        .field(languages.required())
        .field(
            field::tick("forced", t!("Forced"), typed.ticked("forced")).hint(t!(
                "Only what is foreign to the film's own language, such as signs; shown by itself."
            )),
        )
        .submit(t!("Upload"))
}

/// Nothing was chosen.
pub fn no_file() -> Text {
    t!("Choose the file with the subtitles.")
}
