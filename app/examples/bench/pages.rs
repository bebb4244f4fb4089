//! Pages of a house with years behind it: how long each takes, read by one visitor after the other.

use std::time::Instant;

use app::House;
use kit::{Actor, Email};
use people::account::{self, Account, NewAccount};
use people::session::{self, Browser, Proof, Stay};
use serde_json::{Map, Value, json};
use testkit::TestDb;
use tokio::net::TcpListener;

use crate::figures::{percentile, rounded};
use crate::generator;
use crate::house::Shop;
use crate::machine::{Folder, free_address};
use crate::wire::Wire;
use crate::{Fallible, Size, engine_name, tell};

/// Read before the clock counts: connections open and statements are prepared.
const WARM_UP: usize = 10;

pub async fn measure(size: Size, engines: Vec<TestDb>) -> Fallible<Map<String, Value>> {
    let mut figures = Map::new();
    for engine in engines {
        let figure = of_engine(size, &engine).await?;
        tell(&format!("  {} {figure}", engine_name(&engine)));
        figures.insert(engine_name(&engine).to_owned(), figure);
    }
    Ok(Map::from_iter([(
        "pages_ms".to_owned(),
        Value::Object(figures),
    )]))
}

async fn of_engine(size: Size, on: &TestDb) -> Fallible<Value> {
    let folder = Folder::new(&app::world::real())?;
    let address = free_address()?;
    let site = format!("http://{address}");
    let shop = Shop::open(on.address.clone(), &folder, &site).await?;
    let members = size.pick(1_000, 100_000);
    let began = Instant::now();
    generator::fill(&shop, members).await?;
    tell(&format!(
        "  filled in {:.0} s",
        began.elapsed().as_secs_f64()
    ));
    let visit = Visit::open(&shop.house, &address, members).await?;
    let figure = visit.all(size.pick(50, 300)).await;
    shop.house.db.close().await;
    figure
}

struct Visit {
    address: String,
    members: i64,
    staff: String,
    customers: Vec<String>,
}

impl Visit {
    /// Signs in an administrator and some customers, and opens the site. No jobs run meanwhile.
    async fn open(house: &House, address: &str, members: i64) -> Fallible<Self> {
        let listener = TcpListener::bind(address).await?;
        let service = house
            .router()
            .into_make_service_with_connect_info::<std::net::SocketAddr>();
        tokio::spawn(async move { drop(axum::serve(listener, service).await) });
        let operator = Email::parse("robin@lights.example").map_err(|_| "no address")?;
        let new = NewAccount::administrator(operator, "Robin".to_owned());
        let mut tx = house.db.begin(Actor::console()).await?;
        let operator = account::create(&mut tx, &new, None).await?;
        tx.save().await?;
        let staff = sign_in(house, &operator).await?;
        let mut customers = Vec::new();
        for nth in 0..20 {
            let email =
                Email::parse(&generator::email(nth * 7919 % members)).map_err(|_| "no address")?;
            let found = account::find_by_email(&house.db, &email).await?;
            customers.push(sign_in(house, &found.ok_or("nobody of that number")?).await?);
        }
        Ok(Self {
            address: address.to_owned(),
            members,
            staff,
            customers,
        })
    }

    async fn all(&self, times: usize) -> Fallible<Value> {
        let staff = |path: &'static str| move |_: usize| (path.to_owned(), self.staff.clone());
        let nobody = |path: &'static str| move |_: usize| (path.to_owned(), String::new());
        let mut pages = Map::new();
        pages.insert(
            "overview".to_owned(),
            self.page(times, staff("/office")).await?,
        );
        pages.insert(
            "members".to_owned(),
            self.page(times, staff("/office/members")).await?,
        );
        pages.insert(
            "payments".to_owned(),
            self.page(times, staff("/office/payments")).await?,
        );
        pages.insert(
            "member".to_owned(),
            self.page(times, |nth| self.member(nth)).await?,
        );
        pages.insert(
            "events".to_owned(),
            self.page(times, staff("/office/events")).await?,
        );
        pages.insert("home".to_owned(), self.page(times, nobody("/")).await?);
        let own = |nth: usize| {
            let customer = &self.customers[nth % self.customers.len()];
            ("/account".to_owned(), customer.clone())
        };
        pages.insert("my_account".to_owned(), self.page(times, own).await?);
        let worst = pages.values().filter_map(|page| page["p99"].as_f64());
        let worst = worst.fold(0.0, f64::max);
        pages.insert("p99".to_owned(), json!(rounded(worst)));
        Ok(Value::Object(pages))
    }

    fn member(&self, nth: usize) -> (String, String) {
        let nth = i64::try_from(nth).unwrap_or_default();
        let number = (nth * 7919 + 4711) % self.members;
        (
            format!("/office/members/mem_{number:09}"),
            self.staff.clone(),
        )
    }

    /// Reads a page many times, `which` saying what the n-th time is asked for and with which cookie.
    async fn page(
        &self,
        times: usize,
        which: impl Fn(usize) -> (String, String),
    ) -> Fallible<Value> {
        let mut wire = Wire::open(&self.address).await?;
        let mut ms = Vec::with_capacity(times);
        for nth in 0..times + WARM_UP {
            let (path, cookie) = which(nth);
            let began = Instant::now();
            let answer = wire.get(&path, &cookie).await?;
            if answer.status != 200 {
                return Err(format!("{path} answers {}", answer.status).into());
            }
            if nth >= WARM_UP {
                ms.push(began.elapsed().as_secs_f64() * 1000.0);
            }
        }
        Ok(json!({ "p50": percentile(&ms, 0.5), "p99": percentile(&ms, 0.99) }))
    }
}

async fn sign_in(house: &House, account: &Account) -> Fallible<String> {
    let mut tx = house.db.begin(account.actor()).await?;
    let browser = Browser::default();
    let started = session::start(&mut tx, account, Proof::Password, Stay::No, &browser).await?;
    tx.save().await?;
    Ok(format!("ph_session={}", started.secret.reveal()))
}
