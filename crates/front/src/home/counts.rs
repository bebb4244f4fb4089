//! How much there is to watch, if the operator wants visitors to know.

use std::sync::Arc;

use kit::{Reader, Text, t};
use maud::{Markup, html};
use media::counting::{self, CountSettings, Shown, Things};
use ui::Count;
use web::{PageError, Site};

/// What is said and counted, the same for everybody.
struct Counted {
    settings: CountSettings,
    shown: Vec<Shown>,
}

/// `None`: switched off, or nothing was counted yet.
pub async fn draw(site: &Site, reader: &Reader) -> Result<Option<Markup>, PageError> {
    let kept = counted(site).await?;
    if kept.shown.is_empty() {
        return Ok(None);
    }
    let own = |words: &str| (!words.trim().is_empty()).then(|| Text::verbatim(words.trim()));
    let title = t!("What you find here");
    let counts: Vec<Count> = kept.shown.iter().map(count).collect();
    let body = html! {
        (ui::counts(reader, &title, &counts))
        @if let Some(after) = own(&kept.settings.after) { p.quiet { (reader.say(&after)) } }
    };
    let before = own(&kept.settings.before);
    Ok(Some(ui::section(reader, &title, before.as_ref(), &body)))
}

async fn counted(site: &Site) -> Result<Arc<Counted>, PageError> {
    let read = async || {
        let (settings, _) = settings::load::<CountSettings>(&site.db).await?;
        let shown = if settings.shown {
            counting::shown(&site.db).await?
        } else {
            Vec::new()
        };
        Ok(Counted { settings, shown })
    };
    site.db.kept(read).await
}

fn count(shown: &Shown) -> Count {
    let n = shown.amount;
    let (icon, words) = match shown.things {
        Things::Movies => ("film", Text::counted(n, "film", "films")),
        Things::Series => (
            "now-playing",
            Text::counted(n, "series", "different series"),
        ),
        Things::Episodes => ("play", Text::counted(n, "episode", "episodes")),
        Things::Albums => ("libraries", Text::counted(n, "album", "albums")),
        Things::Songs => ("music", Text::counted(n, "song", "songs")),
        Things::Books => ("book", Text::counted(n, "book", "books")),
        Things::MusicVideos => ("music", Text::counted(n, "music video", "music videos")),
        Things::Videos => ("film", Text::counted(n, "video", "videos")),
        Things::Photos => ("photo", Text::counted(n, "photo", "photos")),
    };
    Count {
        icon,
        amount: n,
        words,
    }
}
