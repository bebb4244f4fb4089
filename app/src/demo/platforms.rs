//! Plex and Emby in the demo house: an owner's account, two servers, and people who have accounts there already.

use flows::told_at_once::platform_account;
use kit::Secret;
use kit::id::ServerId;
use media::adding::{self, Examined, Opening};
use media::identity::Proven;
use media::server::{self, Choices};
use media::{library, owner, owners};
use people::account::Account;
use serde_json::json;

use super::Demo;
use super::cast::{CAST, Kind, Person};
use super::error::DemoError;

const PLEX: &str = "plex";
/// Somebody who has not accepted their invitation yet.
const HESITANT: &str = "sunniva";

/// Signs the owner in, and adds the server that is found, as the office does.
pub async fn add_polaris(demo: &Demo, operator: &Account) -> Result<ServerId, DemoError> {
    prepare(demo).await?;
    let tools = &demo.house.tools;
    let servers = tools.servers();
    let base = demo.outside.plex_tv.as_str();
    let token = Secret::new(standins::plex::ORLA_TOKEN);
    let platform = servers.platform(PLEX, Some(base))?;
    let account = platform.who(&token).await.or_reason();
    let account = account.map_err(DemoError::Outside)?;
    let mut tx = tools.db.begin(operator.actor()).await?;
    let owner = owner::sign_in(&mut tx, &tools.vault, PLEX, base, &account, &token).await?;
    tx.save().await?;
    let found = owners::servers_of(&servers, &owner.id).await?;
    let found = found.first().ok_or(DemoError::Script("no Plex server"))?;
    let examined = owners::examine(&servers, &owner.id, &found.server.identity).await?;
    add(demo, operator, &examined, 80).await
}

/// By address and key.
pub async fn add_zenith(demo: &Demo, operator: &Account) -> Result<ServerId, DemoError> {
    let servers = demo.house.tools.servers();
    let key = Opening::ApiKey(Secret::new(standins::emby::API_KEY));
    let examined = adding::examine(&servers, "emby", &demo.outside.emby, key).await?;
    add(demo, operator, &examined, 40).await
}

async fn add(
    demo: &Demo,
    operator: &Account,
    examined: &Examined,
    ceiling: i64,
) -> Result<ServerId, DemoError> {
    let tools = &demo.house.tools;
    let mut tx = tools.db.begin(operator.actor()).await?;
    let added = adding::add(&mut tx, &tools.vault, examined).await?;
    let template = examined.users.iter().find(|user| user.name == "template");
    let libraries = library::list_of_server(&mut tx, &added.id).await?;
    let renew = libraries.iter().find(|library| library.name == "Renew");
    let choices = Choices {
        enabled: true,
        ceiling: Some(ceiling),
        four_k_transcoding: false,
        records_streams: true,
        records_downloads: true,
        template_user: template.map(|user| user.id.as_str().to_owned()),
        renew_library: renew.map(|library| library.remote_id.clone()),
        ..Choices::of(&added)
    };
    server::change(&mut tx, &added.id, choices).await?;
    tx.save().await?;
    Ok(added.id)
}

/// The people of the cast who watch on Plex have accounts there.
async fn prepare(demo: &Demo) -> Result<(), DemoError> {
    let accounts: Vec<_> = CAST
        .iter()
        .filter(|person| person.watches_on(Kind::Plex))
        .map(|person| {
            let accepts = if person.media == HESITANT {
                "by_hand"
            } else {
                "at_once"
            };
            json!({
                "name": person.media, "email": person.email, "accepts": accepts,
                "tokens": [token_of(person)],
            })
        })
        .collect();
    let seed = json!({ "accounts": accounts });
    demo.outside
        .control(&demo.outside.plex_tv, "seed", &seed)
        .await?;
    Ok(())
}

fn token_of(person: &Person) -> String {
    format!("demo-{}", person.media)
}

/// Somebody shows that a Plex account is theirs, as after signing in on Plex's page.
pub async fn link(demo: &Demo, person: &Person, account: &Account) -> Result<(), DemoError> {
    let tools = &demo.house.tools;
    let platform = tools
        .servers()
        .platform(PLEX, Some(&demo.outside.plex_tv))?;
    let seen = platform.who(&Secret::new(token_of(person))).await;
    let proven = Proven {
        platform: PLEX.to_owned(),
        account: seen.or_reason().map_err(DemoError::Outside)?,
        key: None,
    };
    let mut tx = tools.db.begin(account.actor()).await?;
    platform_account::link_of_account(&mut tx, &tools.vault, account, &proven).await?;
    Ok(tx.save().await?)
}
