//! The table of pages: path, who may, handler.

use web::Access::{Own, Public, SignedIn};
use web::OwnKind::Attempt;
use web::{LiveTopic, Routes};

use crate::billing::{by_hand, checkout, left, trial, way_back};
use crate::home::{first_page, plans};
use crate::people::{
    confirm, first_start, link, register, reset, second_step, sign_in, sign_in_passkey,
};

/// All pages of this crate.
pub fn routes() -> Routes {
    visitors().and(coming_in()).and(buying())
}

/// What of them can be live.
pub fn topics() -> Vec<LiveTopic> {
    vec![way_back::topic()]
}

fn visitors() -> Routes {
    Routes::new()
        .get("/", Public, first_page::show)
        .get("/plans", Public, plans::show)
        .get("/register", Public, register::show)
        .post("/register", Public, register::register)
        .get("/register/sent", Public, register::sent)
        .get("/confirm", Public, confirm::ask)
        .post("/confirm", Public, confirm::send_again)
        .get("/confirm/{token}", Public, confirm::show)
        .post("/confirm/{token}", Public, confirm::confirm)
        .get("/account/email/{token}", Public, confirm::show)
        .get("/start/{token}", Public, first_start::show)
        .post("/start/{token}", Public, first_start::create)
}

fn coming_in() -> Routes {
    Routes::new()
        .get("/sign-in", Public, sign_in::show)
        .post("/sign-in", Public, sign_in::enter)
        .post("/sign-in/passkey/options", Public, sign_in_passkey::ask)
        .post("/sign-in/passkey", Public, sign_in_passkey::enter)
        .get("/sign-in/second", Public, second_step::show)
        .post("/sign-in/second", Public, second_step::enter)
        .post(
            "/sign-in/second/passkey/options",
            Public,
            second_step::ask_passkey,
        )
        .post(
            "/sign-in/second/passkey",
            Public,
            second_step::enter_by_passkey,
        )
        .get("/sign-in/link/{token}", Public, link::show)
        .post("/sign-in/link/{token}", Public, link::enter)
        .post("/sign-out", SignedIn, sign_in::leave)
        .get("/reset", Public, reset::show)
        .post("/reset", Public, reset::ask)
        .get("/reset/sent", Public, reset::sent)
        .get("/reset/{token}", Public, reset::choose)
        .post("/reset/{token}", Public, reset::finish)
}

fn buying() -> Routes {
    Routes::new()
        .get("/checkout/{plan}", SignedIn, checkout::show)
        .post("/checkout/{plan}", SignedIn, checkout::begin)
        .post("/checkout/again/{attempt}", Own(Attempt), checkout::resume)
        .get("/checkout/return/{attempt}", Own(Attempt), way_back::show)
        .get("/checkout/left/{attempt}", Own(Attempt), left::show)
        .post("/checkout/left/{attempt}", Own(Attempt), left::give_up)
        .get("/checkout/pay/{attempt}", Own(Attempt), by_hand::show)
        .post("/checkout/pay/{attempt}", Own(Attempt), by_hand::send_proof)
        .get("/trial/{plan}", SignedIn, trial::show)
        .post("/trial/{plan}", SignedIn, trial::start)
}
