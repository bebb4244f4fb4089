//! Listening to the servers: one line to each that is looked after, opened anew when it ends, each time more slowly.

use std::collections::BTreeMap;
use std::time::Duration;

use kit::Outcome;
use kit::id::ServerId;
use media::remote::News;
use media::{Servers, server};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// How often servers that were added or taken away are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(20);
const SHORTEST_REST: Duration = Duration::from_secs(5);
const LONGEST_REST: Duration = Duration::from_mins(5);
/// A line that held as long as this was a good one.
const HELD: Duration = Duration::from_mins(2);

/// Who told what.
type Told = (ServerId, News);

/// Listens until told to stop. Several processes may: however often something is told, one reading follows.
pub async fn keep(servers: Servers, mut stopped: watch::Receiver<bool>) {
    let (tell, mut told) = mpsc::channel::<Told>(64);
    let mut lines = Lines::default();
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = look.tick() => lines.follow(&servers, &tell).await,
            Some((server, news)) = told.recv() => {
                if let Err(error) = media::listening::note(&servers, &server, news).await {
                    tracing::warn!(%error, "What a server told could not be noted; it is read within the hour");
                }
            }
            _ = stopped.changed() => return,
        }
    }
}

#[derive(Default)]
struct Lines {
    open: BTreeMap<ServerId, tokio::task::AbortHandle>,
    tasks: JoinSet<()>,
}

impl Lines {
    async fn follow(&mut self, servers: &Servers, tell: &mpsc::Sender<Told>) {
        while self.tasks.try_join_next().is_some() {}
        let Ok(all) = server::list(&servers.db).await else {
            return;
        };
        let wanted: Vec<ServerId> = all
            .into_iter()
            .filter(|server| server.enabled && !server.left_alone)
            .map(|server| server.id)
            .collect();
        self.open.retain(|id, line| {
            let stays = wanted.contains(id) && !line.is_finished();
            if !stays {
                line.abort();
            }
            stays
        });
        for id in wanted {
            if !self.open.contains_key(&id) {
                let line = listen(servers.clone(), id.clone(), tell.clone());
                self.open.insert(id, self.tasks.spawn(line));
            }
        }
    }
}

/// Ends when the server is one that tells nothing.
async fn listen(servers: Servers, id: ServerId, tell: mpsc::Sender<Told>) {
    let mut rest = SHORTEST_REST;
    loop {
        let began = tokio::time::Instant::now();
        if let Ok((_, remote)) = servers.open(&id).await {
            // A full channel means that a reading is on its way anyway.
            let told = |news| drop(tell.try_send((id.clone(), news)));
            let ended = remote.listen(&told).await;
            if matches!(&ended, Outcome::Refused(refusal) if !refusal.may_pass) {
                return std::future::pending().await;
            }
        }
        rest = if began.elapsed() > HELD {
            SHORTEST_REST
        } else {
            (rest * 2).min(LONGEST_REST)
        };
        tokio::time::sleep(rest).await;
    }
}
