//! The table of pages: path, who may, handler.

use web::Access::{Own, Public, SignedIn};
use web::OwnKind::{Attempt, Membership, Passkey, Payment, Session};
use web::{LiveTopic, Routes};

use crate::account::overview;
use crate::billing::{by_hand, checkout, left, payments, receipt, renewal, trial, way_back};
use crate::home::{first_page, plans};
use crate::media::{
    choose, connect, device, devices, elsewhere, missing, other_account, password, platform,
    subtitles,
};
use crate::people::{
    authenticator, confirm, export, first_start, invited, link, passkeys, platform_entry, profile,
    prove, register, reset, second_step, security, sign_in, sign_in_passkey,
};

/// All pages of this crate.
pub fn routes() -> Routes {
    visitors()
        .and(coming_in())
        .and(buying())
        .and(membership())
        .and(self_help())
        .and(own_sign_in())
}

/// What of them can be live.
pub fn topics() -> Vec<LiveTopic> {
    vec![overview::topic(), way_back::topic()]
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
        .post("/sign-in/platform", Public, platform_entry::begin)
        .get("/sign-in/platform/{id}", Public, platform_entry::back)
        .get("/sign-in/link/{token}", Public, link::show)
        .post("/sign-in/link/{token}", Public, link::enter)
        .post("/sign-out", SignedIn, sign_in::leave)
        .get("/invited/{token}", Public, invited::show)
        .post("/invited/{token}", Public, invited::accept)
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

fn membership() -> Routes {
    Routes::new()
        .get("/account", SignedIn, overview::show)
        .post(
            "/account/membership/cancel",
            Own(Membership),
            renewal::cancel,
        )
        .post("/account/membership/keep", Own(Membership), renewal::keep)
        .get("/account/payments", SignedIn, payments::list)
        .get(
            "/account/payments/{id}/receipt",
            Own(Payment),
            receipt::show,
        )
        .get("/account/choose", SignedIn, choose::show)
        .post("/account/choose", SignedIn, choose::choose)
        .get("/account/choose/{token}", Public, choose::show_by_link)
        .post("/account/choose/{token}", Public, choose::choose_by_link)
        .get(
            "/account/watching/{share}/device",
            Own(Membership),
            device::show,
        )
        .post(
            "/account/watching/{share}/device",
            Own(Membership),
            device::approve,
        )
        .get(
            "/account/watching/{share}/password",
            Own(Membership),
            password::show,
        )
        .post(
            "/account/watching/{share}/password",
            Own(Membership),
            password::set,
        )
        .get(
            "/account/watching/{share}/platform",
            Own(Membership),
            platform::show,
        )
        .post(
            "/account/watching/{share}/platform",
            Own(Membership),
            platform::begin,
        )
        .post(
            "/account/watching/{share}/again",
            Own(Membership),
            platform::again,
        )
        .get("/account/platform/{id}", SignedIn, platform::back)
        .get("/account/other-account", SignedIn, other_account::show)
        .post("/account/other-account", SignedIn, other_account::begin)
}

fn self_help() -> Routes {
    let own = Own(Membership);
    Routes::new()
        .get("/account/watching/{share}/elsewhere", own, elsewhere::show)
        .post("/account/watching/{share}/elsewhere", own, elsewhere::go)
        .get("/account/watching/{share}/missing", own, missing::show)
        .post("/account/watching/{share}/missing", own, missing::ask)
        .get("/account/watching/{share}/subtitles", own, subtitles::show)
        .get(
            "/account/watching/{share}/subtitles/new",
            own,
            subtitles::form,
        )
        .post(
            "/account/watching/{share}/subtitles/new",
            own,
            subtitles::give,
        )
        .get("/account/watching/{share}/connect", own, connect::show)
        .post("/account/watching/{share}/connect", own, connect::link)
        .post(
            "/account/watching/{share}/connect/remove",
            own,
            connect::unlink,
        )
        .get("/account/devices", SignedIn, devices::show)
        .post(
            "/account/devices/{device}/sign-out",
            SignedIn,
            devices::sign_out,
        )
}

fn own_sign_in() -> Routes {
    Routes::new()
        .get("/account/profile", SignedIn, profile::show)
        .post("/account/profile", SignedIn, profile::change)
        .post("/account/profile/email", SignedIn, profile::change_email)
        .post(
            "/account/profile/password",
            SignedIn,
            profile::change_password,
        )
        .get("/account/export", SignedIn, export::download)
        .get("/account/security", SignedIn, security::show)
        .post(
            "/account/sessions/others/end",
            SignedIn,
            security::end_others,
        )
        .post("/account/sessions/{id}/end", Own(Session), security::end)
        .get("/account/authenticator", SignedIn, authenticator::show)
        .post("/account/authenticator", SignedIn, authenticator::enable)
        .post(
            "/account/authenticator/codes",
            SignedIn,
            authenticator::renew_codes,
        )
        .post(
            "/account/authenticator/off",
            SignedIn,
            authenticator::disable,
        )
        .post("/account/passkeys/options", SignedIn, passkeys::ask)
        .post("/account/passkeys", SignedIn, passkeys::add)
        .get("/account/passkeys/{id}", Own(Passkey), passkeys::show)
        .post("/account/passkeys/{id}", Own(Passkey), passkeys::rename)
        .post(
            "/account/passkeys/{id}/remove",
            Own(Passkey),
            passkeys::remove,
        )
        .get("/account/prove", SignedIn, prove::show)
        .post("/account/prove", SignedIn, prove::prove)
        .post(
            "/account/prove/passkey/options",
            SignedIn,
            prove::ask_passkey,
        )
        .post("/account/prove/passkey", SignedIn, prove::prove_by_passkey)
}
