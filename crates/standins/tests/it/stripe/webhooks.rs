//! Webhooks: sent, lost, doubled, turned round, forged, and listed when they did not arrive.

#![expect(
    clippy::disallowed_methods,
    reason = "the tests wait for messages from another thread"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::shop::Shop;

/// An endpoint: keeps the bodies it was sent, and refuses as many as it was told to.
#[derive(Clone, Default)]
struct Ear {
    heard: Arc<Mutex<Vec<Value>>>,
    refuse: Arc<Mutex<u32>>,
}

impl Ear {
    fn at(shop: &Shop) -> Self {
        let ear = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let listening = ear.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let ear = listening.clone();
                std::thread::spawn(move || ear.listen(&stream));
            }
        });
        shop.post(
            "/v1/webhook_endpoints",
            &format!("url={url}&enabled_events[]=customer.*"),
        );
        ear
    }

    fn listen(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some(body) = read_request(&mut reader) {
            let mut refuse = self.refuse.lock().expect("no panic");
            let status = if *refuse > 0 { "500 No" } else { "200 OK" };
            if *refuse > 0 {
                *refuse -= 1;
            } else {
                self.heard.lock().expect("no panic").push(body);
            }
            drop(refuse);
            let mut writer = stream;
            writer
                .write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes())
                .expect("a caller");
        }
    }

    /// The names of customers heard of, once there are so many.
    fn names(&self, count: usize) -> Vec<String> {
        let end = Instant::now() + Duration::from_secs(8);
        loop {
            let heard = self.heard.lock().expect("no panic").clone();
            if heard.len() >= count {
                let name = |event: &Value| {
                    event["data"]["object"]["name"]
                        .as_str()
                        .expect("a name")
                        .to_owned()
                };
                return heard.iter().map(name).collect();
            }
            assert!(Instant::now() < end, "{} of {count} messages", heard.len());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().expect("a length");
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn undelivered(shop: &Shop) -> usize {
    shop.get("/v1/events?delivery_success=false")["data"]
        .as_array()
        .expect("a list")
        .len()
}

#[test]
fn a_refused_message_comes_again_and_is_then_delivered() {
    let shop = Shop::new();
    let ear = Ear::at(&shop);
    *ear.refuse.lock().unwrap() = 1;
    shop.post("/v1/customers", "name=a");
    assert_eq!(ear.names(1), ["a"]);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(undelivered(&shop), 0);
}

#[test]
fn a_moved_clock_brings_the_retry_at_once() {
    let shop = Shop::new();
    let ear = Ear::at(&shop);
    *ear.refuse.lock().unwrap() = 3;
    shop.post("/v1/customers", "name=a");
    for _ in 0..40 {
        std::thread::sleep(Duration::from_millis(50));
        shop.move_s(60);
    }
    assert_eq!(ear.names(1), ["a"]);
}

#[test]
fn lost_messages_are_never_sent_and_stay_listed() {
    let shop = Shop::new();
    let ear = Ear::at(&shop);
    shop.fault("webhooks_lost", 1);
    shop.post("/v1/customers", "name=lost");
    shop.post("/v1/customers", "name=kept");
    assert_eq!(ear.names(1), ["kept"]);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(undelivered(&shop), 1);
}

#[test]
fn messages_can_come_twice_or_last_first() {
    let shop = Shop::new();
    let ear = Ear::at(&shop);
    shop.fault("webhooks_doubled", 1);
    shop.post("/v1/customers", "name=a");
    assert_eq!(ear.names(2), ["a", "a"]);
    let (first, second) = {
        let heard = ear.heard.lock().unwrap();
        (heard[0]["id"].clone(), heard[1]["id"].clone())
    };
    assert_eq!(first, second, "the same event");
    shop.clock.pin_ms(1_800_000_000_000);
    shop.fault("webhooks_reordered", 3);
    for name in ["b", "c", "d"] {
        shop.post("/v1/customers", &format!("name={name}"));
    }
    shop.move_s(1);
    assert_eq!(ear.names(5)[2..], ["d", "c", "b"]);
}

#[test]
fn events_older_than_thirty_days_are_gone() {
    let shop = Shop::new();
    shop.post("/v1/customers", "name=a");
    assert_eq!(shop.told(), ["customer.created"]);
    shop.move_s(30 * 86_400 + 1);
    assert!(shop.told().is_empty());
}
