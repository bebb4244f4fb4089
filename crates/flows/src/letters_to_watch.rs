//! What is written to somebody who is paid for and cannot watch yet because something is left for them to do.

use db::Tx;
use kit::Subject;
use media::maker::Entry;
use media::server::Server;
use media::share::Share;
use outreach::LetterKind;
use people::token::{self, Purpose};

use crate::error::FlowError;
use crate::letters::{Note, post_to_member};
use crate::tools::Tools;

/// What the kind of server is called.
pub(crate) fn platform_title(tools: &Tools, server: &Server) -> String {
    let card = tools.makers.find(&server.kind).map(|maker| maker.card());
    card.map_or_else(|| server.kind.clone(), |card| card.title.to_owned())
}

/// Which letter welcomes somebody on a server, and the words in it that are about the server.
pub(crate) fn welcome_words(
    tools: &Tools,
    server: &Server,
) -> (LetterKind, [(&'static str, String); 3]) {
    let (kind, address) = match tools.makers.watch_at(&server.kind) {
        Some(page) => (LetterKind::WelcomeByAccount, page.to_owned()),
        None => (LetterKind::Welcome, server.public_address.clone()),
    };
    let words = [
        ("server", server.name.clone()),
        ("platform", platform_title(tools, server)),
        ("address", address),
    ];
    (kind, words)
}

/// Posts the link by which they choose name and password, or sign in with their account of the platform.
/// Answers what kind of letter it was. `cause`: the same is not written twice.
pub(crate) async fn post_way_in(
    tx: &mut Tx<'_>,
    tools: &Tools,
    share: &Share,
    server: &Server,
    cause: &str,
) -> Result<LetterKind, FlowError> {
    let subject = Subject::of(&share.member_id);
    let (name, platform) = (server.name.clone(), platform_title(tools, server));
    let (kind, path) = match tools.makers.entry(&server.kind) {
        Entry::Password if !share.needs_credentials() => {
            let path = format!("/account/watching/{}/connect", share.id);
            (LetterKind::GiveAccount, path)
        }
        Entry::Password => {
            let secret = token::issue(tx, Purpose::ChooseMediaPassword, &subject, None).await?;
            let path = format!("/account/choose/{}", secret.reveal());
            (LetterKind::ChooseMediaPassword, path)
        }
        Entry::Invitation => {
            let path = format!("/account/watching/{}/platform", share.id);
            (LetterKind::ConnectAccount, path)
        }
    };
    let note = Note {
        key: format!("{}/{}/{cause}", kind.word(), share.id),
        kind,
        path,
        subject,
        words: Box::new(move |_| vec![("server", name.clone()), ("platform", platform.clone())]),
    };
    post_to_member(tx, &share.member_id, note).await?;
    Ok(kind)
}
