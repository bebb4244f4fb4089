//! Moving to another platform of one's plan: what is there stays until one is in on the other.

use axum::extract::{Path, State};
use kit::id::MemberId;
use kit::{Text, t};
use lists::moves::{self, Chosen, Preview};
use lists::my_account::MyShare;
use maud::html;
use media::maker::Entry;
use media::moving::{self, NewMove};
use media::{Server, placement, server};
use ui::field;
use web::{CheckedForm, Done, PageError, PageResult, SignedIn, Site};

use crate::account::frame;
use crate::forms::Wrong;
use crate::media::own;

/// A platform that the member could go to, and its best server.
struct Way {
    source: Server,
    preview: Preview,
}

/// `GET /account/watching/{share}/elsewhere`
pub async fn show(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    draw(&site, &visitor, &mine, &Wrong::default()).await
}

/// `POST /account/watching/{share}/elsewhere`
pub async fn go(
    visitor: SignedIn,
    State(site): State<Site>,
    Path(id): Path<String>,
    form: CheckedForm,
) -> PageResult {
    let mine = own::share(&site, &visitor, &id).await?;
    let ways = ways(&site, &mine).await?;
    let chosen = form.text("platform");
    let Some(way) = ways.iter().find(|way| way.kind() == chosen) else {
        let wrong = Wrong::whole(t!(
            "Choose where you want to watch. What cannot be had at the moment is not offered."
        ));
        return draw(&site, &visitor, &mine, &wrong).await;
    };
    let new = NewMove {
        source: way.source.id.clone(),
        target: way.preview.target.server.id.clone(),
        source_gone: false,
        reason: "The member asked for it in My account.".to_owned(),
    };
    let mut tx = site.db.begin(visitor.actor()).await?;
    moving::begin(&mut tx, &new, &way.preview.prospects).await?;
    tx.save().await?;
    let words = t!(
        "You are on your way to {platform}. Until you are in there, everything stays as it is.",
        platform = way.preview.platform.as_str()
    );
    Ok(Done::at(&site, "/account", words))
}

impl Way {
    fn kind(&self) -> &str {
        &self.preview.target.server.kind
    }

    fn sentence(&self) -> Text {
        match self.preview.entry {
            Entry::Password => t!("You watch with a name and a password that you choose."),
            Entry::Invitation => {
                t!("Your account there is invited; you sign in with it once, and accept.")
            }
        }
    }
}

/// One way for each other platform on which this member can have their plan, to the emptiest server there.
async fn ways(site: &Site, mine: &MyShare) -> Result<Vec<Way>, PageError> {
    let found = server::find(&site.db, &mine.share.server_id).await?;
    let source = found.ok_or(PageError::NotFound)?;
    if !mine.share.is_open() {
        return Ok(Vec::new());
    }
    let mut candidates = placement::candidates(&site.db, site.now()).await?;
    candidates.retain(|one| one.server.kind != source.kind);
    candidates.sort_by_key(|one| one.taken);
    let mut ways: Vec<Way> = Vec::new();
    for one in candidates {
        if ways.iter().any(|way| way.kind() == one.server.kind) {
            continue;
        }
        let preview = foresee(site, &source, &one.server, &mine.share.member_id).await?;
        ways.extend(preview.map(|preview| Way {
            source: source.clone(),
            preview,
        }));
    }
    Ok(ways)
}

/// `None`: they cannot go there now.
async fn foresee(
    site: &Site,
    source: &Server,
    target: &Server,
    member: &MemberId,
) -> Result<Option<Preview>, PageError> {
    let only = Chosen::These([member.clone()].into());
    let makers = &site.tools.makers;
    let preview = moves::preview(&site.db, makers, (source, &target.id), false, &only).await?;
    Ok(preview.filter(|preview| preview.obstacle().is_none() && preview.going() == 1))
}

async fn draw(site: &Site, visitor: &SignedIn, mine: &MyShare, wrong: &Wrong) -> PageResult {
    let reader = &visitor.reader;
    let ways = ways(site, mine).await?;
    let field = ways
        .iter()
        .fold(field::cards("platform", t!("Where to")), |field, way| {
            let title = Text::verbatim(way.preview.platform.clone());
            field.explained(way.kind(), title, way.sentence())
        });
    let form = ui::form(
        format!("/account/watching/{}/elsewhere", mine.share.id),
        &visitor.csrf,
    )
    .errors(&wrong.errors)
    .field(field.required())
    .submit(t!("Move me there"))
    .cancel("/account");
    let body = html! {
        (wrong.notice(reader))
        @if ways.is_empty() {
            p { (reader.say(&t!("Your plan can be had on no other platform at the moment."))) }
            div.buttons { (ui::link_button("/account", t!("To My account")).primary().render(reader)) }
        } @else { (form.render(reader)) }
    };
    let intro = t!(
        "Your plan, your time and your payments stay as they are. You keep what you have on {server} until you are in on the other.",
        server = mine.server.name.as_str()
    );
    let head = (t!("Watch on another platform"), Some(intro), wrong.status);
    frame::task(site, visitor, head, body).await
}
