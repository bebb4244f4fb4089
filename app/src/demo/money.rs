//! Buying, paying and paying back, each by the doors that visitors and staff use.

use billing::attempt;
use billing::checkout::{self as pages, Opening};
use billing::gateway::CheckoutUrls;
use billing::manual;
use billing::payment::{self, Payment, PaymentFilter};
use billing::refund::{self, NewRefund, TermAfter};
use flows::told_at_once::checkout::{self, Begun, Choice, MediaChoice};
use kit::id::{AttemptId, GatewayId};
use kit::{Currency, Money, PageAsked, Subject};
use media::credentials::Credentials;
use people::account::Account;
use serde_json::json;

use super::Demo;
use super::cast::{Kind, Offer, Person};
use super::error::DemoError;
use super::plans::Catalogue;

/// What the demo's people sign in with on the media server.
const MEDIA_PASSWORD: &str = "long evenings ahead";

/// The smallest picture there is, for proofs.
const PICTURE: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// Somebody in front of a checkout.
pub struct Buyer<'a> {
    pub person: &'a Person,
    pub account: &'a Account,
    pub catalogue: &'a Catalogue,
}

/// The name and password that somebody chose for the media server.
pub fn chosen(person: &Person) -> Result<Credentials, DemoError> {
    Credentials::parse(person.media, MEDIA_PASSWORD)
        .map_err(|_| DemoError::Script("a media name is none"))
}

/// Chooses an offer, and pays it with a card on the gateway's page.
pub async fn by_card(
    demo: &Demo,
    buyer: &Buyer<'_>,
    offer: Offer,
    card: &str,
) -> Result<(), DemoError> {
    let begun = begin(demo, buyer, offer, &buyer.catalogue.stripe).await?;
    pay(demo, buyer, &begun, card).await
}

/// The same for the plan that opens every kind of server.
pub async fn by_card_on(
    demo: &Demo,
    buyer: &Buyer<'_>,
    kind: Kind,
    card: &str,
) -> Result<(), DemoError> {
    let choice = Choice {
        platform: Some(kind.word().to_owned()),
        media: match kind {
            Kind::Plex => MediaChoice::Later,
            Kind::Emby => MediaChoice::New(chosen(buyer.person)?),
        },
        ..choice(buyer, Offer::AnywhereMonthly, &buyer.catalogue.stripe)?
    };
    let begun = checkout::begin(&demo.house.tools, buyer.account, &choice).await?;
    pay(demo, buyer, &begun, card).await
}

async fn pay(demo: &Demo, buyer: &Buyer<'_>, begun: &Begun, card: &str) -> Result<(), DemoError> {
    let gateways = &demo.house.tools.gateways;
    match pages::open(gateways, &begun.attempt, urls(demo)).await? {
        Opening::Page(_) => {}
        Opening::Refused(text) | Opening::Unknown(text) => return Err(DemoError::Outside(text)),
        _ => return Err(DemoError::Script("a card needs a page")),
    }
    let attempt = attempt::find(&demo.house.db, &begun.attempt).await?;
    let page = attempt
        .reference
        .ok_or(DemoError::Script("a page has a name"))?;
    let paid = json!({
        "session": page.as_str(), "card": card,
        "email": buyer.person.email, "name": buyer.person.name,
    });
    demo.outside
        .control(&demo.outside.stripe, "pay", &paid)
        .await?;
    let looked = pages::look(gateways, &begun.attempt).await?;
    looked.map_err(DemoError::Outside)
}

/// Chooses an offer and transfers the money; answers what waits for staff.
pub async fn by_transfer(
    demo: &Demo,
    buyer: &Buyer<'_>,
    offer: Offer,
) -> Result<AttemptId, DemoError> {
    let begun = begin(demo, buyer, offer, &buyer.catalogue.by_hand).await?;
    pages::open(&demo.house.tools.gateways, &begun.attempt, urls(demo)).await?;
    Ok(begun.attempt)
}

/// Staff see the transfer on the account.
pub async fn approve(demo: &Demo, staff: &Account, id: &AttemptId) -> Result<(), DemoError> {
    let amount = attempt::find(&demo.house.db, id).await?.amount();
    let mut tx = demo.house.db.begin(staff.actor()).await?;
    manual::approve(&mut tx, id, amount, Some("Seen on the bank statement.")).await?;
    Ok(tx.save().await?)
}

/// The buyer sends a picture of the transfer.
pub async fn prove(demo: &Demo, buyer: &Account, id: &AttemptId) -> Result<(), DemoError> {
    let mut tx = demo.house.db.begin(buyer.actor()).await?;
    manual::upload_proof(&mut tx, id, "transfer.png", PICTURE).await?;
    Ok(tx.save().await?)
}

/// Gives a part of the last payment back.
pub async fn pay_back(
    demo: &Demo,
    staff: &Account,
    buyer: &Account,
    minor: i64,
    reason: &str,
) -> Result<(), DemoError> {
    let payment = last_payment(demo, buyer).await?;
    let mut tx = demo.house.db.begin(staff.actor()).await?;
    let new = NewRefund {
        payment: payment.id,
        amount: Money::new(minor, Currency::EUR),
        term: TermAfter::Keep,
        reason: reason.to_owned(),
    };
    refund::ask(&mut tx, &new).await?;
    Ok(tx.save().await?)
}

/// The bank takes the last payment back.
pub async fn dispute(demo: &Demo, buyer: &Account) -> Result<(), DemoError> {
    let payment = last_payment(demo, buyer).await?;
    let complaint = json!({ "payment_intent": payment.provider_transaction.as_str() });
    demo.outside
        .control(&demo.outside.stripe, "dispute", &complaint)
        .await?;
    Ok(())
}

/// Money that bears the mark of an order that nobody knows.
pub async fn stray(demo: &Demo, person: &Person) -> Result<(), DemoError> {
    let unknown: AttemptId = demo.house.db.world().id();
    let form = format!(
        "amount=1200&currency=eur&payment_method=pm_card_visa&confirm=true&receipt_email={}\
         &payment_method_types[]=card&description=Family&metadata[attempt]={}",
        person.email,
        unknown.as_str()
    );
    demo.outside.stripe_post("payment_intents", &form).await?;
    Ok(())
}

/// From now on the gateway tells us at once what happens there.
pub async fn hear_messages(demo: &Demo) -> Result<(), DemoError> {
    let gateways = &demo.house.tools.gateways;
    for gateway in billing::gateways::list(&demo.house.db).await? {
        let tested = pages::test_gateway(gateways, &gateway.id, Some(&demo.site)).await?;
        tested.or_reason().map_err(DemoError::Outside)?;
    }
    Ok(())
}

async fn begin(
    demo: &Demo,
    buyer: &Buyer<'_>,
    offer: Offer,
    gateway: &GatewayId,
) -> Result<Begun, DemoError> {
    let choice = choice(buyer, offer, gateway)?;
    Ok(checkout::begin(&demo.house.tools, buyer.account, &choice).await?)
}

fn choice(buyer: &Buyer<'_>, offer: Offer, gateway: &GatewayId) -> Result<Choice, DemoError> {
    let price = buyer
        .catalogue
        .prices
        .get(&offer)
        .ok_or(DemoError::Script("an unknown offer"))?;
    Ok(Choice {
        price: price.clone(),
        gateway: gateway.clone(),
        location: None,
        platform: None,
        media: MediaChoice::New(chosen(buyer.person)?),
    })
}

fn urls(demo: &Demo) -> CheckoutUrls {
    CheckoutUrls {
        paid: format!("{}/account", demo.site),
        left: format!("{}/plans", demo.site),
    }
}

async fn last_payment(demo: &Demo, buyer: &Account) -> Result<Payment, DemoError> {
    let missing = DemoError::Script("somebody never paid");
    let owner = Subject::of(&buyer.id);
    let Some(payer) = billing::payer::find_by_owner(&demo.house.db, &owner).await? else {
        return Err(missing);
    };
    let of_payer = PaymentFilter {
        payer: Some(payer.id),
        ..PaymentFilter::default()
    };
    let newest = payment::list(&demo.house.db, &of_payer, &PageAsked::first(1)).await?;
    newest.rows.into_iter().next().ok_or(missing)
}
