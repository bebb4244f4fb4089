//! What is made at Stripe on behalf of the operator: the webhook endpoint, products and prices; and the check
//! of the keys.
//!
//! Source: docs.stripe.com/api, "Webhook Endpoints", "Products", "Prices" (read in November 2026).

use billing::gateway::{CheckUp, GatewayRef, PriceOffer, SetUp};
use kit::{Length, Outcome, Refusal, Secret, Unit, done, t};

use super::call::{Api, FORBIDDEN, Form, VERSION};
use super::listing::KINDS;
use super::wire::{Account, Bare, Endpoint, Page, Price, Product};
use super::{Stripe, currency};

/// What we have to read, and what Stripe calls the permission.
const READ: &[(&str, &str)] = &[
    ("checkout/sessions", "Checkout Sessions"),
    ("payment_intents", "PaymentIntents"),
    ("subscriptions", "Subscriptions"),
    ("invoices", "Invoices"),
    ("refunds", "Charges and Refunds"),
    ("disputes", "Disputes"),
    ("prices", "Prices"),
    ("events", "Events"),
    ("webhook_endpoints", "Webhook Endpoints"),
];

pub(super) async fn check(stripe: &Stripe) -> Outcome<CheckUp> {
    let key = stripe.api.key().reveal();
    if key.starts_with("pk_") {
        return Outcome::Refused(Refusal::lasting(
            "wrong_key",
            t!("This is the publishable key. The secret key is needed; it begins with sk_ or rk_."),
        ));
    }
    let account: Account = done!(stripe.api.get("account", Form::new()).await);
    let mut findings = Vec::new();
    if !account.details_submitted {
        findings.push(t!(
            "Stripe still wants to know who you are: finish the set-up of your account there."
        ));
    } else if !account.charges_enabled {
        findings.push(t!(
            "Stripe does not let this account take payments. Its dashboard says why."
        ));
    }
    for (path, permission) in READ {
        match stripe.api.get::<Page<Bare>>(path, Form::new().with("limit", 1)).await {
            Outcome::Refused(refusal) if refusal.code == FORBIDDEN => findings.push(t!(
                "The restricted key lacks a permission: {permission}. Give it at Stripe, under Developers → API keys.",
                permission = *permission
            )),
            other => drop(done!(other)),
        }
    }
    if stripe.webhook_secrets.is_empty() {
        findings.push(t!(
            "Stripe does not send messages here yet. Payments are found by asking, some minutes later."
        ));
    }
    Outcome::Done(CheckUp {
        account: account.id,
        realm: stripe.realm(),
        findings,
    })
}

/// Keeps an endpoint that is right and whose secret we hold; anything else of ours is made anew, since the
/// secret is told only once and the version cannot be changed.
pub(super) async fn set_up(stripe: &Stripe, webhook_url: &str) -> Outcome<SetUp> {
    let api = &stripe.api;
    let listed: Vec<Endpoint> = done!(api.all("webhook_endpoints", Form::new()).await);
    let ours = listed.into_iter().filter(|it| {
        it.url == webhook_url
            || it
                .metadata
                .get("gateway")
                .is_some_and(|id| *id == stripe.gateway)
    });
    let mut kept = None;
    let mut old = Vec::new();
    for endpoint in ours {
        let is_right = is_right(&endpoint, webhook_url) && !stripe.webhook_secrets.is_empty();
        if is_right && kept.is_none() {
            kept = Some(endpoint.id);
        } else {
            old.push(endpoint.id);
        }
    }
    let made = match kept {
        Some(id) => SetUp {
            endpoint: Some(GatewayRef::new(id)),
            webhook_secret: None,
        },
        None => done!(create_endpoint(stripe, webhook_url).await),
    };
    // Only now, so that there is no moment without an endpoint. One that stays is found at the next set-up.
    for id in old {
        done!(api.delete::<Bare>(&format!("webhook_endpoints/{id}")).await);
    }
    Outcome::Done(made)
}

fn is_right(endpoint: &Endpoint, url: &str) -> bool {
    endpoint.url == url
        && endpoint.status == "enabled"
        && endpoint.api_version.as_deref() == Some(VERSION)
        && KINDS
            .iter()
            .all(|kind| endpoint.enabled_events.iter().any(|it| it == kind))
}

async fn create_endpoint(stripe: &Stripe, url: &str) -> Outcome<SetUp> {
    let form = Form::new()
        .with("url", url)
        .with("api_version", VERSION)
        .with("metadata[gateway]", &stripe.gateway);
    let form = KINDS
        .iter()
        .fold(form, |form, kind| form.with("enabled_events[]", kind));
    let endpoint: Endpoint = done!(stripe.api.post("webhook_endpoints", form, None).await);
    Outcome::Done(SetUp {
        endpoint: Some(GatewayRef::new(endpoint.id)),
        webhook_secret: endpoint.secret.map(Secret::new),
    })
}

/// The product has the plan's id, the price ours as lookup key: each is found again by it.
pub(super) async fn offer_price(api: &Api, offer: &PriceOffer) -> Outcome<GatewayRef> {
    let (interval, count) = done!(interval(offer.length));
    let amount = done!(currency::charged(offer.amount));
    let query = Form::new().with("lookup_keys[]", &offer.price);
    let known: Page<Price> = done!(api.get("prices", query).await);
    if let Some(price) = known.data.first() {
        return differs(price, offer).map_or_else(
            || Outcome::Done(GatewayRef::new(price.id.clone())),
            Outcome::Refused,
        );
    }
    done!(ensure_product(api, offer).await);
    let form = Form::new()
        .with("product", &offer.plan)
        .with("lookup_key", &offer.price)
        .with("currency", offer.amount.currency.code().to_lowercase())
        .with("unit_amount", amount)
        .with("recurring[interval]", interval)
        .with("recurring[interval_count]", count)
        .with("metadata[price]", &offer.price);
    let price: Bare = done!(api.post("prices", form, Some(offer.price.as_str())).await);
    Outcome::Done(GatewayRef::new(price.id))
}

async fn ensure_product(api: &Api, offer: &PriceOffer) -> Outcome<()> {
    let path = format!("products/{}", offer.plan);
    let found: Option<Product> = done!(api.find(&path, Form::new()).await);
    let form = Form::new().with("name", &offer.name);
    match found {
        None => {
            let form = form
                .with("id", &offer.plan)
                .with("metadata[plan]", &offer.plan);
            api.post::<Bare>("products", form, Some(offer.plan.as_str()))
                .await
                .map(drop)
        }
        Some(product) if product.name != offer.name || !product.active => api
            .post::<Bare>(&path, form.with("active", true), None)
            .await
            .map(drop),
        Some(_) => Outcome::Done(()),
    }
}

pub(super) async fn check_price(
    api: &Api,
    reference: &GatewayRef,
    offer: &PriceOffer,
) -> Outcome<()> {
    let found: Option<Price> = done!(api.find(&format!("prices/{reference}"), Form::new()).await);
    let Some(price) = found else {
        return Outcome::Refused(Refusal::lasting(
            "no_price",
            t!(
                "Stripe has no price {price} in this account. Copy its id, which begins with price_.",
                price = reference.as_str()
            ),
        ));
    };
    differs(&price, offer).map_or(Outcome::Done(()), Outcome::Refused)
}

/// What about a price at Stripe is not as offered here.
fn differs(price: &Price, offer: &PriceOffer) -> Option<Refusal> {
    let refuse = |reason| Some(Refusal::lasting("price_differs", reason));
    let Some(recurring) = &price.recurring else {
        return refuse(t!(
            "The price at Stripe is for a single payment. A recurring one is needed."
        ));
    };
    if !price.active {
        return refuse(t!(
            "The price at Stripe is archived. Choose one that is active."
        ));
    }
    let amount = price
        .unit_amount
        .and_then(|it| currency::received(it, &price.currency));
    if amount != Some(offer.amount) {
        return refuse(t!(
            "The price at Stripe is not {amount}, as it is here.",
            amount = offer.amount
        ));
    }
    let there = (recurring.interval.as_str(), recurring.interval_count);
    if interval(offer.length).done() != Some(there) {
        return refuse(t!(
            "The price at Stripe is for another period than the one here."
        ));
    }
    None
}

/// Stripe takes periods of three years at most.
fn interval(length: Length) -> Outcome<(&'static str, u32)> {
    let (word, most) = match length.unit {
        Unit::Days => ("day", 1095),
        Unit::Weeks => ("week", 156),
        Unit::Months => ("month", 36),
        Unit::Years => ("year", 3),
        Unit::Once => ("", 0),
    };
    if (1..=most).contains(&length.count) {
        return Outcome::Done((word, length.count));
    }
    Outcome::Refused(Refusal::lasting(
        "period",
        t!("Stripe charges again after three years at most. Choose a shorter period."),
    ))
}
