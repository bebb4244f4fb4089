//! A host in a scratch folder, listeners who come to it, and ears.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use broadcast::{Allowance, Allowances, Cue, Permission, StationSlug, StreamFormat};
use kit::Timestamp;
use kit::id::{Id, StationId, TrackId};
use kit::world::{Chance, Clock, Onward, World};
use node::{Departure, Node, NodeConfig};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{Instant, timeout};

struct Machine;

impl Clock for Machine {
    #[expect(clippy::disallowed_methods, reason = "sound takes real time")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp::from_ms(i64::try_from(since.unwrap().as_millis()).unwrap())
    }
}

/// Lots that differ from each other and from run to run.
struct Counter(AtomicU64);

impl Chance for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let n = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            *byte = (n ^ (n >> 29)).to_le_bytes()[3];
        }
    }
}

pub struct Host {
    pub node: Node,
    folder: PathBuf,
}

impl Host {
    pub async fn open() -> Self {
        static NTH: AtomicU64 = AtomicU64::new(0);
        let nth = NTH.fetch_add(1, Ordering::Relaxed);
        let name = format!("node-{}-{nth}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        Self::at(folder).await
    }

    async fn at(folder: PathBuf) -> Self {
        let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let icecast_port = free.local_addr().unwrap().port();
        drop(free);
        let config = NodeConfig {
            home: folder.join("home"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            icecast_port,
            listeners: 100,
        };
        let world = World {
            clock: Arc::new(Machine),
            chance: Arc::new(Counter(AtomicU64::new(u64::from(icecast_port)))),
            steps: Arc::new(Onward),
        };
        let node = Node::open(config, world).await.unwrap();
        Self { node, folder }
    }

    /// The same host after its process ended and began again.
    pub async fn reopened(self) -> Self {
        let Self { node, folder } = self;
        drop(node);
        tokio::time::sleep(Duration::from_millis(300)).await;
        Self::at(folder).await
    }

    pub async fn allow(&self, version: u64, stations: &[Allowance]) {
        let allowances = Allowances {
            version,
            stations: stations.to_vec(),
        };
        self.node.allow(&allowances).await.unwrap();
    }

    /// The same host, spoken to as the house does.
    pub fn spoken(&self) -> node::Host {
        node::Host::at(&self.folder.join("home"))
    }

    pub async fn playing(&self) -> Option<String> {
        let now = self.node.now_playing();
        now.into_iter().next().map(|one| one.cue.title)
    }

    pub async fn kill(&self, engine: &str) {
        let health = self.node.health();
        let found = health.iter().find(|one| one.engine == engine).unwrap();
        let process = found.process.unwrap().to_string();
        let done = Command::new("kill").args(["-9", &process]).status().await;
        assert!(done.unwrap().success());
    }

    /// The book of those who left, once it has so many lines.
    pub async fn departures(&self, count: usize) -> Vec<Departure> {
        for _ in 0..100 {
            let book = tokio::fs::read_to_string(self.folder.join("home/sessions.jsonl")).await;
            let lines: Vec<Departure> = book
                .unwrap_or_default()
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            if lines.len() >= count {
                return lines;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nobody left in time");
    }

    /// The mean loudness in decibels, as ffmpeg measures it.
    pub async fn loudest(&self, sound: &[u8], format: &str) -> f64 {
        self.measured(sound, &["-f", format], "volumedetect", "mean_volume: ")
            .await
    }

    async fn measured(&self, sound: &[u8], input: &[&str], filter: &str, key: &str) -> f64 {
        let file = self.folder.join("heard");
        tokio::fs::write(&file, sound).await.unwrap();
        let output = Command::new("ffmpeg")
            .args(["-hide_banner", "-nostdin"])
            .args(input)
            .arg("-i")
            .arg(&file)
            .args(["-af", filter, "-f", "null", "-"])
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let value = said
            .split(key)
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next());
        value
            .and_then(|value| value.parse().ok())
            .unwrap_or(f64::NEG_INFINITY)
    }
}

pub fn allowance(nth: u32, slug: &str) -> Allowance {
    Allowance {
        station: StationId::parse(&format!("sta_{nth}")).unwrap(),
        slug: StationSlug::parse(slug).unwrap(),
        title: slug.to_owned(),
        permission: Permission::OnAir,
        formats: vec![StreamFormat::Mp3At128],
        listeners: None,
        cues: Vec::new(),
    }
}

/// Ten seconds of one tone.
pub async fn tone(host: &Host, hertz: u32) -> Cue {
    let folder = host.folder.join("music");
    tokio::fs::create_dir_all(&folder).await.unwrap();
    let file = folder.join(format!("{hertz}.mp3"));
    let source = format!("sine=frequency={hertz}:duration=10");
    let made = Command::new("ffmpeg")
        .args([
            "-loglevel",
            "error",
            "-nostdin",
            "-y",
            "-f",
            "lavfi",
            "-i",
            &source,
        ])
        .args(["-ac", "2", "-ar", "44100", "-b:a", "128k"])
        .arg(&file)
        .status()
        .await;
    assert!(made.unwrap().success());
    Cue {
        track: TrackId::parse(&format!("trk_{hertz}")).unwrap(),
        file,
        title: format!("Tone {hertz}"),
        artist: "Nobody".to_owned(),
        from_ms: 0,
        until_ms: None,
        gain_cb: 0,
    }
}

/// Somebody with a plain player. Dropped, they hang up.
pub struct Listener {
    connection: BufReader<TcpStream>,
    pub status: u16,
    pub head: String,
    pub bytes: u64,
}

impl Listener {
    pub async fn join(host: &Host, slug: &str) -> Self {
        Self::with(host, slug, "").await
    }

    /// A player that shows what plays.
    pub async fn with_titles(host: &Host, slug: &str) -> Self {
        Self::with(host, slug, "Icy-MetaData: 1\r\n").await
    }

    async fn with(host: &Host, slug: &str, header: &str) -> Self {
        let mut stream = TcpStream::connect(host.node.address()).await.unwrap();
        let request =
            format!("GET /listen/{slug} HTTP/1.0\r\nUser-Agent: Test/1.0\r\n{header}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut connection = BufReader::new(stream);
        let mut head = String::new();
        loop {
            let mut line = String::new();
            connection.read_line(&mut line).await.unwrap();
            if line.trim().is_empty() {
                break;
            }
            head.push_str(&line.to_ascii_lowercase());
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self {
            connection,
            status,
            head,
            bytes: 0,
        }
    }

    pub async fn body(mut self) -> String {
        let mut body = String::new();
        self.connection.read_to_string(&mut body).await.unwrap();
        body
    }

    /// What comes in so much time.
    pub async fn hear(&mut self, during: Duration) -> Vec<u8> {
        let mut sound = Vec::new();
        let end = Instant::now() + during;
        let mut some = vec![0; 16_384];
        while let Ok(Ok(n)) = tokio::time::timeout_at(end, self.connection.read(&mut some)).await {
            if n == 0 {
                break;
            }
            sound.extend_from_slice(&some[..n]);
        }
        self.bytes += sound.len() as u64;
        sound
    }

    /// The words between the sound.
    pub async fn titles(&mut self, during: Duration) -> String {
        let every = self.head.split("icy-metaint: ").nth(1);
        let every = every
            .and_then(|it| it.lines().next())
            .expect("titles are sent");
        let every: usize = every.trim().parse().unwrap();
        let sound = self.hear(during).await;
        let (mut at, mut words) = (every, String::new());
        while at < sound.len() {
            let length = usize::from(sound[at]) * 16;
            let end = (at + 1 + length).min(sound.len());
            words.push_str(&String::from_utf8_lossy(&sound[at + 1..end]));
            at = end + every;
        }
        words
    }

    /// Whether the sound is over within some seconds.
    pub async fn ends(&mut self) -> bool {
        let mut rest = Vec::new();
        let over = timeout(
            Duration::from_secs(10),
            self.connection.read_to_end(&mut rest),
        )
        .await;
        matches!(over, Ok(Ok(_)))
    }

    /// Listens until a tone is there again that the hold loop does not have.
    pub async fn until_sound_of(&mut self, host: &Host, hertz: f64) -> Duration {
        let begun = Instant::now();
        // What was under way before it happened is let pass.
        self.hear(Duration::from_secs(5)).await;
        while begun.elapsed() < Duration::from_mins(1) {
            let sound = self.hear(Duration::from_secs(2)).await;
            let filter = format!("bandpass=f={hertz}:width_type=h:w=20,volumedetect");
            let level = host
                .measured(&sound, &["-f", "mp3"], &filter, "mean_volume: ")
                .await;
            if level > -35.0 {
                return begun.elapsed();
            }
        }
        begun.elapsed()
    }
}
