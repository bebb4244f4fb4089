//! What a member watched last, on their page.

use kit::{PageAsked, t};
use lists::activity::{self, PlayFilter};
use maud::{Markup, html};
use people::role::Permission;
use web::{PageError, Site, Staff};

use super::member::Known;
use crate::media::stream_card;
use crate::menu;

const SHOWN: u32 = 6;

/// Nothing for those who may not see it.
pub async fn card(site: &Site, staff: &Staff, known: &Known) -> Result<Markup, PageError> {
    if !staff.may(Permission::StreamsSee) {
        return Ok(html! {});
    }
    let reader = &staff.reader;
    let filter = PlayFilter {
        member: Some(known.member.id.clone()),
        server: None,
    };
    let page = activity::plays(&site.db, &filter, &PageAsked::first(SHOWN)).await?;
    let rows = ui::rows()
        .rows(page.rows.iter().map(|play| {
            let (tone, how) = stream_card::how(play.decision, play.height, play.target_height);
            let detail = html! {
                (ui::ago(reader, play.ended_at)) " · " (reader.say(&stream_card::duration(play.watched_ms)))
                " · " (play.device) " · " (play.server_name) " · " (reader.say(&how))
            };
            ui::row(reader, tone, "play", &t!("Play"))
                .title(html! { (play.title) })
                .detail(detail)
        }))
        .empty(t!(
            "Nothing they played is stored. Servers store it if «Store what is played» is switched on in their settings."
        ));
    let all = format!("{}?member={}", menu::ACTIVITY, known.member.id);
    let aside = ui::link(&all, &reader.say(&t!("All of theirs")));
    Ok(ui::card(t!("Watched last"))
        .flush()
        .aside(aside)
        .render(reader, &rows.render(reader)))
}
