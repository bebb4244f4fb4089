//! Icecast's configuration: written once per host. A station's mount is `/mp3-128/{station}`, and each format is one
//! pattern; who may send, who may listen and for how long is asked of us at each request.
//!
//! There is no fallback mount: when a source comes back, Icecast moves everybody who is on its fallback, and with one
//! fallback for all stations those would be the listeners of others too. The edge holds listeners instead.
//!
//! Facts about matching, fallbacks and URL authentication: Icecast 2.4.4's documentation and its behaviour here.

use std::fmt::Write as _;
use std::net::SocketAddr;

use broadcast::StreamFormat;

use crate::home::Home;

pub struct Layout<'a> {
    pub home: &'a Home,
    pub port: u16,
    pub answers: SocketAddr,
    pub password: &'a str,
    pub listeners: u32,
}

/// The whole file. Numbers and paths of ours alone stand in it.
pub fn render(layout: &Layout<'_>) -> String {
    let mut mounts = String::new();
    for format in StreamFormat::ALL {
        mount(&mut mounts, layout, *format);
    }
    let (web, log) = (layout.home.path("web"), layout.home.path("log"));
    let (port, password) = (layout.port, layout.password);
    // Beside listeners through the edge, sources and our own looks take places.
    let clients = layout.listeners + 200;
    format!(
        r"<icecast>
  <limits>
    <clients>{clients}</clients>
    <sources>2000</sources>
    <queue-size>1048576</queue-size>
    <client-timeout>30</client-timeout>
    <header-timeout>15</header-timeout>
    <source-timeout>10</source-timeout>
    <burst-on-connect>1</burst-on-connect>
    <burst-size>65536</burst-size>
  </limits>
  <authentication>
    <source-password>{password}</source-password>
    <admin-user>admin</admin-user>
    <admin-password>{password}</admin-password>
  </authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <fileserve>1</fileserve>
{mounts}  <paths>
    <basedir>{web}</basedir>
    <logdir>{log}</logdir>
    <webroot>{web}</webroot>
    <adminroot>/usr/share/icecast2/admin</adminroot>
  </paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>2</loglevel><logsize>10000</logsize></logging>
  <security><chroot>0</chroot></security>
</icecast>
",
        web = escaped(&web.to_string_lossy()),
        log = escaped(&log.to_string_lossy()),
    )
}

fn mount(all: &mut String, layout: &Layout<'_>, format: StreamFormat) {
    let (word, answers) = (format.word(), layout.answers);
    let _ = writeln!(
        all,
        r#"  <mount type="normal">
    <mount-name>/{word}/*</mount-name>
    <charset>UTF-8</charset>
    <public>0</public>
    <authentication type="url">
      <option name="stream_auth" value="http://{answers}/icecast/source"/>
      <option name="listener_add" value="http://{answers}/icecast/join"/>
      <option name="mount_add" value="http://{answers}/icecast/up"/>
      <option name="mount_remove" value="http://{answers}/icecast/down"/>
      <option name="headers" value="x-edge"/>
      <option name="header_prefix" value="h-"/>
    </authentication>
  </mount>"#
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
