//! Going live under a name of one's own: a certificate from Debian's `pebble`, an authority for tests, which
//! proves the name as a real one does: by connecting to the site.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot be set up has failed, and may block"
)]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::commands::{Place, Running};

const NAME: &str = "house.example";

/// A process of the test's own, ended with it.
struct Beside(Child);

impl Beside {
    fn start(command: &mut Command) -> Self {
        Self(
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        )
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn free_ports<const N: usize>() -> [u16; N] {
    let held: Vec<TcpListener> = (0..N)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    std::array::from_fn(|n| held[n].local_addr().unwrap().port())
}

/// The authority, and the names that it asks for.
struct Authority {
    _pebble: Beside,
    _names: Beside,
    directory: String,
    /// Where its own certificates for visitors are had.
    management: u16,
}

impl Authority {
    fn start(folder: &Path, site: u16) -> Self {
        own_certificate(folder);
        let [directory, management, dns, dns_management, http] = free_ports();
        let config = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{directory}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": folder.join("authority.pem"),
            "privateKey": folder.join("authority.key"),
            "httpPort": http,
            "tlsPort": site,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        }});
        std::fs::write(folder.join("pebble.json"), config.to_string()).unwrap();
        let mut names = Command::new("pebble-challtestsrv");
        names.args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""]);
        names.args([
            "-dns01",
            &format!("127.0.0.1:{dns}"),
            "-http01",
            "",
            "-https01",
            "",
        ]);
        names.args([
            "-tlsalpn01",
            "",
            "-management",
            &format!("127.0.0.1:{dns_management}"),
        ]);
        let mut pebble = Command::new("pebble");
        pebble.arg("-config").arg(folder.join("pebble.json"));
        pebble.args(["-dnsserver", &format!("127.0.0.1:{dns}")]);
        pebble
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "0");
        Self {
            _names: Beside::start(&mut names),
            _pebble: Beside::start(&mut pebble),
            directory: format!("https://localhost:{directory}/dir"),
            management,
        }
    }

    /// The root that visitors of the site must trust.
    fn root(&self, into: &Path) {
        let address = format!("https://localhost:{}/roots/0", self.management);
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail", "--insecure", "--output"])
            .arg(into)
            .arg(&address);
        assert!(
            until(|| curl.status().unwrap().success()),
            "the authority gives its root"
        );
    }
}

/// The certificate of the authority's own server, which signs for itself.
fn own_certificate(folder: &Path) {
    let config = "[req]\nprompt=no\ndistinguished_name=name\nx509_extensions=more\n[name]\nCN=localhost\n\
                  [more]\nbasicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n";
    std::fs::write(folder.join("authority.cnf"), config).unwrap();
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-config",
    ]);
    openssl.arg(folder.join("authority.cnf"));
    openssl.arg("-keyout").arg(folder.join("authority.key"));
    openssl.arg("-out").arg(folder.join("authority.pem"));
    assert!(openssl.stderr(Stdio::null()).status().unwrap().success());
}

/// Tries for half a minute.
fn until(mut tried: impl FnMut() -> bool) -> bool {
    (0..150).any(|_| {
        let done = tried();
        if !done {
            std::thread::sleep(Duration::from_millis(200));
        }
        done
    })
}

/// Whether a visitor who trusts only this root sees the site under its name.
fn is_seen(port: u16, root: &Path) -> bool {
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--output",
        "/dev/null",
        "--max-time",
        "5",
        "--cacert",
    ])
    .arg(root);
    curl.args(["--resolve", &format!("{NAME}:{port}:127.0.0.1")]);
    curl.arg(format!("https://{NAME}:{port}/"));
    curl.status().unwrap().success()
}

fn serve(place: &Place, port: u16, directory: &str) -> Running {
    let words = format!("serve --json --domain {NAME} --listen 127.0.0.1:{port}");
    let mut command = place.command(&words);
    command.env("PLAYHOUSE_SERVER_ACME_DIRECTORY", directory);
    command.env("PLAYHOUSE_SERVER_ACME_CONTACT", "house@house.example");
    command.env("PLAYHOUSE_SERVER_ACME_ROOT", place.0.join("authority.pem"));
    Running::start(command)
}

#[test]
fn a_site_with_a_name_has_its_certificate_and_keeps_it() {
    let place = Place::new();
    std::fs::create_dir_all(&place.0).unwrap();
    let [port] = free_ports();
    let authority = Authority::start(&place.0, port);
    let root = place.0.join("root.pem");
    authority.root(&root);

    let site = serve(&place, port, &authority.directory);
    assert_eq!(site.first["url"], format!("https://{NAME}"));
    assert!(
        until(|| is_seen(port, &root)),
        "the certificate was not had"
    );
    assert!(
        !is_seen(port, &place.0.join("authority.pem")),
        "it is checked against the root"
    );
    assert_eq!(site.stop(), Some(0));

    // With the authority gone the kept certificate serves on.
    let directory = authority.directory.clone();
    drop(authority);
    let site = serve(&place, port, &directory);
    assert!(
        until(|| is_seen(port, &root)),
        "the certificate was not kept"
    );
    assert_eq!(site.stop(), Some(0));
    let kept = std::fs::read_dir(place.0.join("acme")).unwrap().count();
    assert_eq!(kept, 2, "an account and a certificate");
}
