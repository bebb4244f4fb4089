//! Choosing on a media server: a film, an episode or a folder, from a library's own list.

use kit::id::{Id, LibraryId};
use kit::{Reader, Text, t};
use maud::{Markup, html};
use media::MediaError;
use media::browse::{self, ON_A_PAGE, Shelf, Viewer, Where};
use media::help::{ItemKind, RemoteItem};
use media::library::Library;
use media::servers::Servers;
use serde::Deserialize;
use ui::{Row, Tone, field};

/// Where the list stands, as the address has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub library: String,
    pub folder: String,
    pub q: String,
    pub from: u32,
}

/// What there is to choose from.
pub struct Choice {
    pub path: String,
    asked: Asked,
    libraries: Vec<Library>,
    /// The library that is open. `None`: none yet.
    shelf: Option<Shelf>,
    /// Why nothing can be shown.
    pub trouble: Option<Text>,
}

/// Draws what can be done with a thing; the text is the address of the list that it stands in.
type Act<'a> = &'a dyn Fn(&str, &LibraryId, &RemoteItem) -> Markup;

/// Reads the list that the address asks for. Calls the server once a library is open.
pub async fn read(
    servers: &Servers,
    viewer: Viewer<'_>,
    path: &str,
    asked: &Asked,
) -> Result<Choice, MediaError> {
    let mut choice = Choice {
        path: path.to_owned(),
        asked: asked.clone(),
        libraries: Vec::new(),
        shelf: None,
        trouble: None,
    };
    match fill(servers, viewer, &mut choice).await {
        Ok(()) => {}
        Err(MediaError::NotFound) => return Err(MediaError::NotFound),
        Err(error) => match error.text() {
            Some(text) => choice.trouble = Some(text),
            None => return Err(error),
        },
    }
    Ok(choice)
}

async fn fill(
    servers: &Servers,
    viewer: Viewer<'_>,
    choice: &mut Choice,
) -> Result<(), MediaError> {
    choice.libraries = browse::libraries(servers, viewer).await?;
    let only = match choice.libraries.as_slice() {
        [only] => Some(only.id.clone()),
        _ => None,
    };
    let asked = &choice.asked;
    let Some(library) = LibraryId::parse(&asked.library).or(only) else {
        return Ok(());
    };
    let words = asked.q.trim();
    let at = Where {
        library: &library,
        folder: Some(asked.folder.as_str()).filter(|folder| !folder.is_empty()),
        search: Some(words).filter(|words| !words.is_empty()),
        from: asked.from.min(100_000),
    };
    choice.shelf = Some(browse::open(servers, viewer, &at).await?);
    Ok(())
}

impl Choice {
    fn at(&self, library: &LibraryId, folder: &str, words: &str, from: u32) -> String {
        let from = if from > 0 {
            from.to_string()
        } else {
            String::new()
        };
        let pairs = [
            ("library", library.as_str()),
            ("folder", folder),
            ("q", words),
            ("from", &from),
        ];
        let set: Vec<_> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let query = serde_html_form::to_string(set).unwrap_or_default();
        format!("{}?{query}", self.path)
    }

    fn here(&self, library: &Library) -> String {
        let asked = &self.asked;
        self.at(&library.id, &asked.folder, &asked.q, asked.from)
    }

    /// The libraries, and what the one that is open holds.
    pub fn draw(&self, reader: &Reader, act: Act<'_>) -> Markup {
        html! {
            @if let Some(trouble) = &self.trouble {
                div role="alert" { (ui::notice(Tone::Warn, trouble.clone()).render(reader)) }
            } @else {
                (self.libraries(reader))
                @if let Some(shelf) = &self.shelf { (self.shelf(reader, shelf, act)) }
            }
        }
    }

    fn libraries(&self, reader: &Reader) -> Markup {
        let open = self.shelf.as_ref().map(|shelf| &shelf.library.id);
        let bar = self
            .libraries
            .iter()
            .fold(ui::filters(&self.path), |bar, one| {
                let there = self.at(&one.id, "", "", 0);
                bar.chip(Text::verbatim(&one.name), there, open == Some(&one.id))
            });
        html! {
            @if self.libraries.is_empty() {
                (ui::empty("libraries", t!("No library can be chosen here")).render(reader))
            } @else {
                p.label { (reader.say(&t!("Which library?"))) }
                (bar.render(reader))
            }
        }
    }

    fn shelf(&self, reader: &Reader, shelf: &Shelf, act: Act<'_>) -> Markup {
        let library = &shelf.library;
        let here = self.here(library);
        let rows = ui::rows()
            .rows(shelf.page.items.iter().map(|item| {
                let title = html! {
                    @if item.kind == ItemKind::Folder {
                        a.link href=(self.at(&library.id, &item.id, "", 0)) { (item.title) }
                    } @else { (item.title) }
                };
                line(reader, item)
                    .title(title)
                    .action(act(&here, &library.id, item))
            }))
            .empty(t!(
                "Nothing of this name is here. Try fewer letters, or another library."
            ))
            .render(reader);
        html! {
            (self.search(reader, library))
            @if let Some(folder) = &shelf.folder { (self.open_folder(reader, library, folder, act)) }
            (rows)
            (self.further(reader, shelf))
        }
    }

    fn search(&self, reader: &Reader, library: &Library) -> Markup {
        ui::get_form(&self.path)
            .id("search")
            .hidden("library", library.id.as_str())
            .field(
                field::text("q", t!("Part of the title"))
                    .value(self.asked.q.as_str())
                    .longest(100),
            )
            .submit(t!("Search"))
            .render(reader)
    }

    fn open_folder(
        &self,
        reader: &Reader,
        library: &Library,
        folder: &RemoteItem,
        act: Act<'_>,
    ) -> Markup {
        let row = line(reader, folder).action(act(&self.here(library), &library.id, folder));
        html! {
            p { a.link href=(self.at(&library.id, "", "", 0)) { (reader.say(&t!("All of {library}", library = &library.name))) } }
            (ui::rows().row(row).render(reader))
        }
    }

    fn further(&self, reader: &Reader, shelf: &Shelf) -> Markup {
        let (asked, id) = (&self.asked, &shelf.library.id);
        let next = asked.from.saturating_add(ON_A_PAGE);
        let before = asked.from.saturating_sub(ON_A_PAGE);
        html! {
            div.buttons {
                @if asked.from > 0 {
                    (ui::link_button(self.at(id, &asked.folder, &asked.q, before), t!("Back")).small().render(reader))
                }
                @if next < shelf.page.total {
                    (ui::link_button(self.at(id, &asked.folder, &asked.q, next), t!("Further")).small().render(reader))
                }
            }
        }
    }
}

fn line(reader: &Reader, item: &RemoteItem) -> Row {
    let icon = match item.kind {
        ItemKind::Folder => "libraries",
        ItemKind::Video | ItemKind::Audio => "play",
        ItemKind::Other => "info",
    };
    let year = item.year.map(|year| year.to_string());
    let detail: Vec<String> = item.part_of.clone().into_iter().chain(year).collect();
    let row = ui::row(reader, Tone::Neutral, icon, &Text::verbatim(&item.title));
    if detail.is_empty() {
        row
    } else {
        row.detail(html! { (detail.join(" · ")) })
    }
}
