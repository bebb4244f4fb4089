//! The front desk of a host: decides in memory who may listen, which source may send and what plays next.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use broadcast::{Allowance, Allowances, Cue, Permission, StationSlug, StreamFormat};
use kit::id::{Id, StationId};
use kit::{Secret, Text, World, t};
use tokio::sync::watch;

use crate::sessions::{Book, Departure, Session};

/// What a station plays.
#[derive(Debug, Clone, PartialEq)]
pub struct NowPlaying {
    pub station: StationId,
    pub cue: Cue,
}

/// Why somebody may not listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    /// There is none of this name.
    Station,
    /// The station has no such stream.
    Format,
    Off,
    Suspended,
    Full,
}

impl No {
    pub fn text(self) -> Text {
        match self {
            Self::Station => t!("There is no station of this name here."),
            Self::Format => t!("This station does not send in this format."),
            Self::Off => t!("This station is not on the air at the moment."),
            Self::Suspended => t!("This station is suspended at the moment."),
            Self::Full => {
                t!("All places of this station are taken. Please try again in a few minutes.")
            }
        }
    }
}

/// One station at the desk. Outlives changes of its allowance, so that nobody's session does not.
pub struct Stand {
    allowance: watch::Sender<Arc<Allowance>>,
    sessions: Mutex<HashMap<String, Session>>,
    up: watch::Sender<Vec<StreamFormat>>,
    next: AtomicUsize,
    now: Mutex<Option<Cue>>,
}

impl Stand {
    fn new(allowance: Allowance) -> Self {
        Self {
            allowance: watch::Sender::new(Arc::new(allowance)),
            sessions: Mutex::default(),
            up: watch::Sender::default(),
            next: AtomicUsize::new(0),
            now: Mutex::default(),
        }
    }

    pub fn allowance(&self) -> Arc<Allowance> {
        Arc::clone(&self.allowance.borrow())
    }

    /// What plays, as listeners are told; empty while nothing does.
    pub fn title(&self) -> String {
        let now = self.now.lock().expect("nobody panics with it");
        now.as_ref().map_or_else(String::new, crate::titles::of)
    }

    /// Waits until nobody may listen any more.
    pub async fn is_closed(&self) {
        let mut changes = self.allowance.subscribe();
        let closed = changes
            .wait_for(|now| now.permission != Permission::OnAir)
            .await;
        // The stand itself is gone: that is the same.
        drop(closed);
    }

    /// Waits until a source sends in this format.
    pub async fn is_up(&self, format: StreamFormat) {
        let mut changes = self.up.subscribe();
        drop(changes.wait_for(|up| up.contains(&format)).await);
    }
}

pub struct Desk {
    world: World,
    /// What engines prove themselves with; made anew at each start.
    pub password: Secret,
    book: Book,
    version: AtomicU64,
    stands: RwLock<BTreeMap<StationId, Arc<Stand>>>,
    slugs: RwLock<HashMap<StationSlug, StationId>>,
}

impl Desk {
    pub fn new(world: World, book: PathBuf) -> Self {
        Self {
            password: Secret::new(world.token()),
            world,
            book: Book::open(book),
            version: AtomicU64::new(0),
            stands: RwLock::default(),
            slugs: RwLock::default(),
        }
    }

    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Takes up what may play from now on. Sessions of what stays go on.
    pub fn allow(&self, allowances: &Allowances) {
        let mut stands = self.stands.write().expect("nobody panics with it");
        let mut slugs = self.slugs.write().expect("nobody panics with it");
        slugs.clear();
        for allowance in &allowances.stations {
            slugs.insert(allowance.slug.clone(), allowance.station.clone());
            if let Some(stand) = stands.get(&allowance.station) {
                stand.allowance.send_replace(Arc::new(allowance.clone()));
            } else {
                let stand = Arc::new(Stand::new(allowance.clone()));
                stands.insert(allowance.station.clone(), stand);
            }
        }
        stands.retain(|id, stand| {
            let stays = allowances.stations.iter().any(|one| one.station == *id);
            if !stays {
                let mut last = (*stand.allowance()).clone();
                last.permission = Permission::Off;
                stand.allowance.send_replace(Arc::new(last));
            }
            stays
        });
        self.version.store(allowances.version, Ordering::Release);
    }

    /// The stations that engines should send, with their formats.
    pub fn on_air(&self) -> BTreeMap<StationId, Vec<StreamFormat>> {
        let stands = self.stands.read().expect("nobody panics with it");
        let all = stands.values().map(|stand| stand.allowance());
        all.filter(|one| one.permission == Permission::OnAir)
            .map(|one| (one.station.clone(), one.formats.clone()))
            .collect()
    }

    fn stand(&self, id: &StationId) -> Option<Arc<Stand>> {
        let stands = self.stands.read().expect("nobody panics with it");
        stands.get(id).cloned()
    }

    /// Lets somebody in who wants to hear a station, or says why not. Their place is free again when the seat goes.
    pub fn join(
        self: &Arc<Self>,
        slug: &StationSlug,
        format: Option<StreamFormat>,
        (address, player): (IpAddr, &str),
    ) -> Result<Seat, No> {
        let id = self
            .slugs
            .read()
            .expect("nobody panics with it")
            .get(slug)
            .cloned();
        let stand = id.and_then(|id| self.stand(&id)).ok_or(No::Station)?;
        let allowance = stand.allowance();
        match allowance.permission {
            Permission::OnAir => {}
            Permission::Off => return Err(No::Off),
            Permission::Suspended => return Err(No::Suspended),
        }
        let format = format.or_else(|| allowance.formats.first().copied());
        let format = format.filter(|format| allowance.formats.contains(format));
        let session = Session {
            id: self.world.id(),
            station: allowance.station.clone(),
            format: format.ok_or(No::Format)?,
            address,
            player: player.chars().take(200).collect(),
            joined_at: self.world.now().ms(),
        };
        {
            let mut sessions = stand.sessions.lock().expect("nobody panics with it");
            let most = allowance.listeners.map_or(usize::MAX, |most| most as usize);
            if sessions.len() >= most {
                return Err(No::Full);
            }
            sessions.insert(session.id.as_str().to_owned(), session.clone());
        }
        Ok(Seat {
            desk: Arc::clone(self),
            stand,
            session,
            bytes: 0,
        })
    }

    pub fn sessions(&self) -> Vec<Session> {
        let stands = self.stands.read().expect("nobody panics with it");
        let of = |stand: &Arc<Stand>| -> Vec<Session> {
            let sessions = stand.sessions.lock().expect("nobody panics with it");
            sessions.values().cloned().collect()
        };
        stands.values().flat_map(of).collect()
    }

    pub fn now_playing(&self) -> Vec<NowPlaying> {
        let stands = self.stands.read().expect("nobody panics with it");
        let of = |(id, stand): (&StationId, &Arc<Stand>)| {
            let cue = stand.now.lock().expect("nobody panics with it").clone()?;
            Some(NowPlaying {
                station: id.clone(),
                cue,
            })
        };
        stands.iter().filter_map(of).collect()
    }

    /// Whether a source may send to a mount: `/mp3-128/{station}`.
    pub fn may_send(&self, mount: &str, user: &str, password: &str) -> bool {
        let Some((format, id)) = parse_mount(mount) else {
            return false;
        };
        let Some(stand) = self.stand(&id) else {
            return false;
        };
        let allowance = stand.allowance();
        user == id.as_str()
            && password == self.password.reveal()
            && allowance.permission == Permission::OnAir
            && allowance.formats.contains(&format)
    }

    /// A mount has begun, or ended.
    pub fn note_mount(&self, mount: &str, is_up: bool) {
        let Some((format, id)) = parse_mount(mount) else {
            return;
        };
        if let Some(stand) = self.stand(&id) {
            stand.up.send_modify(|up| {
                up.retain(|one| *one != format);
                if is_up {
                    up.push(format);
                }
            });
        }
    }

    /// What a station plays next. `None`: it has nothing.
    pub fn next(&self, id: &StationId) -> Option<Cue> {
        let stand = self.stand(id)?;
        let allowance = stand.allowance();
        if allowance.cues.is_empty() || allowance.permission != Permission::OnAir {
            return None;
        }
        let nth = stand.next.fetch_add(1, Ordering::Relaxed) % allowance.cues.len();
        allowance.cues.get(nth).cloned()
    }

    /// An engine has begun to play this track. Answers it, and the mounts whose listeners are to be told.
    pub fn note_plays(&self, id: &StationId, track: &str) -> Option<(Cue, Vec<String>)> {
        let stand = self.stand(id)?;
        let allowance = stand.allowance();
        let mut cues = allowance.cues.iter();
        let cue = cues.find(|cue| cue.track.as_str() == track).cloned();
        stand
            .now
            .lock()
            .expect("nobody panics with it")
            .clone_from(&cue);
        let up = stand.up.borrow();
        let mounts = up.iter().map(|format| mount(*format, id)).collect();
        Some((cue?, mounts))
    }

    /// What plays at a mount.
    pub fn plays_at(&self, mount: &str) -> Option<Cue> {
        let (_, id) = parse_mount(mount)?;
        let stand = self.stand(&id)?;
        let now = stand.now.lock().expect("nobody panics with it");
        now.clone()
    }
}

fn mount(format: StreamFormat, id: &StationId) -> String {
    format!("/{}/{id}", format.word())
}

fn parse_mount(mount: &str) -> Option<(StreamFormat, StationId)> {
    let path = mount.split('?').next()?;
    let (format, id) = path.strip_prefix('/')?.split_once('/')?;
    Some((StreamFormat::parse(format)?, StationId::parse(id)?))
}

/// A listener's place. Dropped, they have left.
pub struct Seat {
    desk: Arc<Desk>,
    pub stand: Arc<Stand>,
    pub session: Session,
    /// Of sound, handed over so far.
    pub bytes: u64,
}

impl Seat {
    pub fn mount(&self) -> String {
        mount(self.session.format, &self.session.station)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut sessions = self.stand.sessions.lock().expect("nobody panics with it");
        sessions.remove(self.session.id.as_str());
        drop(sessions);
        let left_at = self.desk.world.now();
        let departure = Departure::of(self.session.clone(), left_at, self.bytes);
        self.desk.book.note(departure);
    }
}
