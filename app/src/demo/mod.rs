//! The demo house: the whole house in one process, with stand-ins instead of a media server and a bank.
//!
//! Its months of history are lived, not written: the clock of the house and that of the stand-ins stand at a
//! day in the past, and are moved to now while people register, pay and leave through the doors that visitors
//! use. A demo house is always fresh: what an earlier one left in the folder is removed.

mod cast;
mod clock;
mod error;
mod folder;
mod history;
mod money;
mod outside;
mod plans;
mod platforms;
mod print;
mod servers;
mod sign_ins;
mod site;
mod streams;

use std::net::SocketAddr;
use std::path::PathBuf;

use db::{Address, Options};
use tokio::net::TcpListener;
use web::SiteConfig;

use crate::house::{House, Opening};
use crate::serve;
use clock::DemoClock;
use outside::Outside;

pub use error::DemoError;

/// How the demo house is run.
#[derive(Debug, Clone)]
pub struct Asked {
    pub data: PathBuf,
    /// Port 0: a free one.
    pub listen: SocketAddr,
    /// One line of JSON instead of words.
    pub json: bool,
}

/// The demo while its history is lived: the house, its clock, and the world outside.
struct Demo {
    house: House,
    clock: DemoClock,
    outside: Outside,
    /// Where visitors come to.
    site: String,
}

/// Builds the demo house, says where it is, and runs it until it is told to stop.
pub async fn run(asked: Asked) -> Result<(), DemoError> {
    folder::clear(&asked.data).await?;
    // Held while the history is lived, so that a port that is taken is known at once.
    let held = TcpListener::bind(asked.listen)
        .await
        .map_err(|error| DemoError::Port(asked.listen, error))?;
    let address = held.local_addr()?;
    let (demo, streams) = build(&asked, address).await?;
    drop(held);
    let serving = serve::start(&demo.house, address).await?;
    money::hear_messages(&demo).await?;
    let links = sign_ins::links(&demo).await?;
    print::say(&links, asked.json)?;
    let playing = tokio::spawn(streams::keep_playing(demo.outside.clone(), streams));
    serve::until_told_to_stop().await;
    playing.abort();
    serving.stop().await;
    demo.outside.close();
    demo.house.db.close().await;
    Ok(())
}

/// The house with its history behind it, at the present moment.
async fn build(
    asked: &Asked,
    address: SocketAddr,
) -> Result<(Demo, Vec<streams::Viewer>), DemoError> {
    let clock = DemoClock::months_ago();
    let outside = Outside::start(address, &clock).await?;
    let mut database = Options::new(Address::Sqlite(asked.data.join("playhouse.db")));
    database.durable = false;
    let opening = Opening {
        database,
        data: asked.data.clone(),
        site: SiteConfig {
            allow_standins: true,
            ..SiteConfig::default()
        },
    };
    let house = House::open(opening, clock.world()).await?;
    let site = format!("http://{address}");
    let demo = Demo {
        house,
        clock,
        outside,
        site,
    };
    let streams = history::live(&demo).await?;
    Ok((demo, streams))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use billing::status::Status;
    use billing::subscription;
    use kit::Subject;
    use people::{account, member};

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_history_ends_with_members_in_every_state() {
        let data = std::env::temp_dir().join(format!("demo-{}", crate::world::real().token()));
        folder::clear(&data).await.expect("a folder");
        let asked = Asked {
            data: data.clone(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            json: true,
        };
        let (demo, viewers) = build(&asked, asked.listen).await.expect("a demo house");
        let mut found = BTreeSet::new();
        for person in cast::CAST {
            found.extend(statuses(&demo, person).await);
        }
        let wanted = [
            Status::Active,
            Status::Trial,
            Status::Grace,
            Status::Suspended,
            Status::Expired,
            Status::Permanent,
        ];
        assert!(
            wanted.iter().all(|status| found.contains(status)),
            "{found:?}"
        );
        assert_eq!(viewers.len(), 5, "{viewers:?}");
        demo.outside.close();
        demo.house.db.close().await;
        tokio::fs::remove_dir_all(&data).await.expect("removed");
    }

    async fn statuses(demo: &Demo, person: &cast::Person) -> Vec<Status> {
        let (db, email) = (
            &demo.house.db,
            kit::Email::parse(person.email).expect("an address"),
        );
        let account = account::find_by_email(db, &email)
            .await
            .expect("read")
            .expect("there");
        let Some(member) = member::find_by_account(db, &account.id)
            .await
            .expect("read")
        else {
            return Vec::new();
        };
        let all = subscription::of_subject(db, &Subject::of(&member.id))
            .await
            .expect("read");
        all.iter().map(|one| one.status).collect()
    }
}
