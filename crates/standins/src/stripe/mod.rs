//! The Stripe stand-in: an account in memory, with a page to pay on, signed webhooks and a clock that moves.
//!
//! Written from Stripe's published contract (shapes of `2025-03-31.basil`). A call comes in through
//! `http`, is sent on by its family in `routes`, and works on `state::Stripe` under one lock.
//! What time brings is in `tick`. To add a family: a file with `answer(stripe, call)`, a line in
//! `routes`, and a line in `kind` if it has objects.
//!
//! Faults by name: `webhooks_lost`, `webhooks_doubled`, `webhooks_reordered`, `webhooks_delayed`,
//! `webhooks_forged`, `idempotency_off`, `slow_work` (a second at work, its key in use), `api_error` (a 500
//! that is kept for its key). Test cards are in `cards`, settings of `/_control/seed` in `settings`.

mod account;
mod agenda;
mod answer;
mod balance;
mod calendar;
mod call;
mod cards;
mod charging;
mod checkout;
mod checkout_page;
mod checkout_pay;
mod control_own;
mod currency;
mod customers;
mod deliveries;
mod disputes;
mod endpoints;
mod events;
mod expand;
mod form;
mod http;
mod idempotency;
mod ids;
mod intents;
mod invoice_lines;
mod invoice_page;
mod invoices;
mod kind;
mod lists;
mod page;
mod params;
mod payment_methods;
mod portal;
mod portal_page;
mod prices;
mod products;
mod refunds;
mod renewals;
mod routes;
mod searches;
mod sending;
mod settings;
mod setup_intents;
mod signature;
mod state;
mod subscription_change;
mod subscriptions;
mod table;
mod tick;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::{any, get, post};
use tokio::sync::Notify;

use crate::stage::Stage;
use state::Stripe;

/// The account, and the bell that is rung when there may be something to send.
#[derive(Debug)]
struct Shared {
    account: Mutex<Stripe>,
    told: Arc<Notify>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, Stripe> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stand-in's routes. Starts the task that works off what is due, which ends with the router.
pub fn router(stage: Stage) -> Router {
    let shared = Arc::new(Shared {
        account: Mutex::new(Stripe::new(stage)),
        told: Arc::default(),
    });
    tokio::spawn(sending::run(Arc::downgrade(&shared)));
    Router::new()
        .route("/v1/{*path}", any(http::call))
        .route(
            "/c/pay/{session}",
            get(checkout_page::show).post(checkout_page::pay),
        )
        .route(
            "/c/pay/{session}/confirm",
            get(checkout_page::show_confirmation).post(checkout_page::confirm),
        )
        .route(
            "/p/session/{session}",
            get(portal_page::show).post(portal_page::change),
        )
        .route("/_control/state", get(control_own::state))
        .route("/_control/reset", post(control_own::reset))
        .route("/_control/seed", post(control_own::seed))
        .route("/_control/pay", post(control_own::pay))
        .route("/_control/dispute", post(control_own::dispute))
        .route("/_control/close_dispute", post(control_own::close_dispute))
        .route("/i/{invoice}", get(invoice_page::show))
        .with_state(shared)
}
