"""The official Python SDK against the Stripe stand-in: a life of calls, and the shape of every answer.

    sdk.py ADDRESS

Ends with 1 and says what differed at the first mismatch.
"""

import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import stripe
from shapes import check_shape

ADDRESS = sys.argv[1].rstrip("/")
DAY = 86_400
client = stripe.StripeClient(
    "sk_test_standin", base_addresses={"api": ADDRESS}, max_network_retries=0
)
v1 = client.v1


def claim(holds, sentence, *facts):
    if not holds:
        print(f"MISMATCH: {sentence}", *facts, file=sys.stderr)
        sys.exit(1)


def refused(error, work, code=None, param=None):
    try:
        work()
    except error as refusal:
        claim(code is None or refusal.code == code, "the error's code", refusal.code, code)
        claim(param is None or refusal.param == param, "the error's param", refusal, param)
        return refusal
    claim(False, f"{error.__name__} was expected")


def control(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{ADDRESS}/_control/{path}", data, headers)
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def move(days=0, hours=0, seconds=0):
    control("clock", {"advance_ms": (days * DAY + hours * 3_600 + seconds) * 1_000})


class Hook(BaseHTTPRequestHandler):
    """Our endpoint: keeps what the SDK could verify, refuses the first message once."""

    secret = ""
    events, forged, refuse = [], [], 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        status = 200
        try:
            signature = self.headers["stripe-signature"]
                # A wide tolerance: the stand-in's clock is moved, the SDK's is not.
            event = stripe.Webhook.construct_event(body, signature, Hook.secret, 10**9)
            if Hook.refuse:
                Hook.refuse -= 1
                status = 500
            else:
                Hook.events.append(event)
        except stripe.SignatureVerificationError:
            Hook.forged.append(json.loads(body))
            status = 400
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def arrived(kind, count=1, within=5.0):
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = [event for event in Hook.events if event.type == kind]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    claim(False, f"{count} × {kind} did not arrive", [event.type for event in Hook.events])


def account_and_keys():
    check_shape(v1.accounts.retrieve_current())
    wrong = stripe.StripeClient("sk_test_wrong", base_addresses={"api": ADDRESS})
    refused(stripe.AuthenticationError, lambda: wrong.v1.customers.list())


def endpoint():
    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made = v1.webhook_endpoints.create(
        {"url": f"http://127.0.0.1:{server.server_port}/hook", "enabled_events": ["*"]}
    )
    check_shape(made)
    claim(made.secret.startswith("whsec_"), "the secret is told once", made)
    again = v1.webhook_endpoints.retrieve(made.id)
    claim("secret" not in again.to_dict(), "the secret is not told again", again)
    Hook.secret = made.secret


def customers():
    for number in range(5):
        made = v1.customers.create({"email": f"c{number}@example.org", "metadata": {"our": f"{number}"}})
        check_shape(made)
    changed = v1.customers.update(made.id, {"name": "Mara", "metadata": {"our": "", "more": "x"}})
    claim(changed.metadata.to_dict() == {"more": "x"}, "metadata merges", changed.metadata)
    every = [one.email for one in v1.customers.list({"limit": 2}).auto_paging_iter()]
    claim(every == [f"c{number}@example.org" for number in reversed(range(5))], "pages join", every)
    found = v1.customers.search({"query": "metadata['our']:'3'"})
    claim([one.email for one in found.data] == ["c3@example.org"], "search finds", found)
    claim(v1.customers.delete(made.id).deleted, "a customer can be deleted")
    refused(stripe.InvalidRequestError, lambda: v1.customers.retrieve("cus_none"), "resource_missing", "id")
    refused(
        stripe.InvalidRequestError,
        lambda: v1.customers.create({"nonsense": "1"}),
        "parameter_unknown",
        "nonsense",
    )


def catalogue():
    product = v1.products.create({"name": "Family"})
    check_shape(product)
    month = v1.prices.create(
        {
            "product": product.id,
            "currency": "eur",
            "unit_amount": 999,
            "recurring": {"interval": "month"},
            "lookup_key": "family-month",
        }
    )
    check_shape(month)
    claim(v1.prices.list({"lookup_keys": ["family-month"]}).data[0].id == month.id, "lookup keys")
    refused(
        stripe.InvalidRequestError,
        lambda: session({"line_items": [line(20)]}),
        "amount_too_small",
    )
    return month


def line(amount, currency="eur", name="One month"):
    data = {"currency": currency, "unit_amount": amount, "product_data": {"name": name}}
    return {"price_data": data, "quantity": 1}


def session(more=None):
    asked = {
        "mode": "payment",
        "success_url": "http://127.0.0.1:1/done?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:1/back",
        "line_items": [line(1_000)],
        "client_reference_id": "ours-1",
        "metadata": {"attempt": "a1"},
    }
    return v1.checkout.sessions.create(asked | (more or {}))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def type_in(url, **fields):
    """Sends a form as a browser would; answers status, where to, and the page."""
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(url, urllib.parse.urlencode(fields).encode()) as answer:
            return answer.status, None, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers["location"], answer.read().decode()


def card(number):
    return {
        "email": "mara@example.org",
        "name": "Mara",
        "card_number": number,
        "card_expiry": "12 / 40",
        "card_cvc": "123",
    }


def checkout():
    made = session({"payment_intent_data": {"metadata": {"attempt": "a1"}}})
    check_shape(made)
    claim(made.payment_status == "unpaid" and made.status == "open", "a new session", made)
    status, _, page = type_in(made.url, **card("4000 0000 0000 0002"))
    claim(status == 402 and "Your card was declined." in page, "a declined card stays", status)
    status, onward, _ = type_in(made.url, **card("4242 4242 4242 4242"))
    claim(status == 303 and onward.endswith(f"?s={made.id}"), "the way back", status, onward)
    expand = ["payment_intent.latest_charge", "line_items", "customer"]
    paid = v1.checkout.sessions.retrieve(made.id, {"expand": expand})
    check_shape(paid)
    intent = paid.payment_intent
    claim(paid.payment_status == "paid" and intent.status == "succeeded", "it is paid", paid)
    claim(intent.metadata["attempt"] == "a1", "the intent carries our metadata", intent.metadata)
    claim(paid.line_items.data[0].amount_total == 1_000, "lines expand", paid.line_items)
    check_shape(intent)
    check_shape(intent.latest_charge)
    move(seconds=3)
    charge = v1.charges.retrieve(intent.latest_charge.id, {"expand": ["balance_transaction"]})
    check_shape(charge.balance_transaction)
    claim(charge.balance_transaction.fee == 59, "2.9 % and 30", charge.balance_transaction)
    arrived("checkout.session.completed")
    listed = v1.checkout.sessions.list({"payment_intent": intent.id})
    claim([one.id for one in listed.data] == [made.id], "sessions by intent", listed)
    return intent


def confirmation():
    made = session()
    status, onward, _ = type_in(made.url, **card("4000002500003155"))
    claim(status == 303 and onward.endswith("/confirm"), "the bank asks", status, onward)
    page = ADDRESS + onward
    status, _, text = type_in(page, answer="fail")
    claim(status == 402 and "unable to authenticate" in text, "a failed question", status)
    type_in(made.url, **card("4000002500003155"))
    status, onward, _ = type_in(page, answer="complete")
    claim(status == 303 and "done" in onward, "an answered question", status, onward)


def slow_money():
    made = session()
    type_in(made.url, **card("4000000000000077"))
    waiting = v1.checkout.sessions.retrieve(made.id)
    claim((waiting.status, waiting.payment_status) == ("complete", "unpaid"), "slow money", waiting)
    move(days=2, seconds=1)
    claim(v1.checkout.sessions.retrieve(made.id).payment_status == "paid", "it arrived")
    arrived("checkout.session.async_payment_succeeded")


def expiry():
    made = session({"expires_at": v1_now() + 1_801})
    move(seconds=1_802)
    claim(v1.checkout.sessions.retrieve(made.id).status == "expired", "sessions expire")
    ended = v1.checkout.sessions.expire(session().id)
    claim(ended.status == "expired" and ended.url is None, "sessions can be ended", ended)
    arrived("checkout.session.expired", 2)


def v1_now():
    return control("clock")["now_ms"] // 1_000


def refunds(intent):
    part = v1.refunds.create({"payment_intent": intent.id, "amount": 300})
    check_shape(part)
    charge = v1.charges.retrieve(intent.latest_charge.id, {"expand": ["refunds"]})
    claim(charge.amount_refunded == 300 and not charge.refunded, "in part", charge.amount_refunded)
    claim([one.id for one in charge.refunds.data] == [part.id], "refunds expand")
    v1.refunds.create({"payment_intent": intent.id})
    claim(v1.charges.retrieve(charge.id).refunded, "whole")
    again = {"payment_intent": intent.id}
    refused(stripe.InvalidRequestError, lambda: v1.refunds.create(again), "charge_already_refunded")
    arrived("charge.refunded", 2)
    arrived("refund.created", 2)


def disputes():
    made = session()
    control("pay", {"session": made.id, "card": "4000000000000259"})
    move(days=1, seconds=1)
    open_one = v1.disputes.list({"limit": 1}).data[0]
    check_shape(open_one)
    claim(open_one.status == "needs_response", "a dispute opens a day later", open_one)
    evidence = {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    closed = v1.disputes.update(open_one.id, evidence)
    claim(closed.status == "won", "evidence wins", closed.status)
    kinds = ["created", "funds_withdrawn", "updated", "funds_reinstated", "closed"]
    for kind in kinds:
        arrived(f"charge.dispute.{kind}")
    net = sum(one.net for one in closed.balance_transactions)
    claim(net == -1_500, "the fee is kept", net)


def subscription(price):
    made = session(
        {
            "mode": "subscription",
            "line_items": [{"price": price.id, "quantity": 1}],
            "subscription_data": {"metadata": {"member": "m1"}},
        }
    )
    type_in(made.url, **card("4242424242424242"))
    paid = v1.checkout.sessions.retrieve(made.id, {"expand": ["subscription.latest_invoice.payments"]})
    running = paid.subscription
    check_shape(running)
    check_shape(running["items"].data[0])
    check_shape(running.latest_invoice)
    check_shape(running.latest_invoice.payments.data[0])
    claim(running.status == "active", "it runs", running.status)
    parent = running.latest_invoice.parent.subscription_details
    claim(parent.subscription == running.id and parent.metadata["member"] == "m1", "the parent", parent)
    order = [event.type for event in v1.events.list({"limit": 12}).data][::-1]
    wanted = ["checkout.session.completed", "customer.subscription.updated",
              "customer.subscription.created", "invoice.created", "invoice.paid"]
    places = [order.index(kind) for kind in wanted]
    claim(places == sorted(places), "the observed order of events", order)
    renew_twice(running)


def renew_twice(running):
    for renewal in (1, 2):
        end = v1.subscriptions.retrieve(running.id)["items"].data[0].current_period_end
        move(seconds=end - v1_now() + 1)
        invoices = v1.invoices.list({"subscription": running.id, "limit": 1})
        claim(invoices.data[0].status == "draft", "first a draft", invoices.data[0].status)
        check_shape(invoices.data[0].lines.data[0])
        move(hours=1)
        newest = v1.invoices.retrieve(invoices.data[0].id)
        claim(newest.status == "paid" and newest.amount_paid == 999, "paid an hour later", newest.status)
        claim(newest.billing_reason == "subscription_cycle", "the reason", newest.billing_reason)
        begins = v1.subscriptions.retrieve(running.id)["items"].data[0].current_period_start
        claim(begins == end, "periods join without a gap", renewal)
    ended = v1.subscriptions.update(running.id, {"cancel_at_period_end": True})
    claim(ended.cancel_at == ended["items"].data[0].current_period_end, "ends with the period")
    move(days=32)
    claim(v1.subscriptions.retrieve(running.id).status == "canceled", "it has ended")
    arrived("customer.subscription.deleted")


def failing_renewal(price):
    made = session({"mode": "subscription", "line_items": [{"price": price.id, "quantity": 1}]})
    control("pay", {"session": made.id, "card": "4000000000000341"})
    running = v1.checkout.sessions.retrieve(made.id).subscription
    move(days=32)
    state = v1.subscriptions.retrieve(running, {"expand": ["latest_invoice"]})
    claim(state.status == "past_due", "a failed renewal", state.status)
    claim(state.latest_invoice.next_payment_attempt is not None, "another try is planned")
    move(days=8)
    claim(v1.subscriptions.retrieve(running).status == "canceled", "given up after the last try")


def trial(price):
    made = session(
        {
            "mode": "subscription",
            "line_items": [{"price": price.id, "quantity": 1}],
            "subscription_data": {"trial_period_days": 7},
        }
    )
    claim(made.amount_total == 0, "nothing is due today", made.amount_total)
    control("pay", {"session": made.id})
    paid = v1.checkout.sessions.retrieve(made.id, {"expand": ["subscription"]})
    claim(paid.payment_status == "no_payment_required", "no payment yet", paid.payment_status)
    claim(paid.subscription.status == "trialing", "it is on trial", paid.subscription.status)
    move(days=7, hours=1, seconds=5)
    state = v1.subscriptions.retrieve(paid.subscription.id, {"expand": ["latest_invoice"]})
    claim((state.status, state.latest_invoice.status) == ("active", "paid"), "then it is paid", state)
    arrived("customer.subscription.trial_will_end")


def off_session():
    customer = v1.customers.create({"email": "off@example.org"})
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    check_shape(method)
    asked = {
        "amount": 500, "currency": "usd", "customer": customer.id, "payment_method": method.id,
        "off_session": True, "confirm": True,
    }
    check_shape(v1.payment_intents.create(asked))
    guarded = v1.payment_methods.attach("pm_card_authenticationRequiredOnSetup", {"customer": customer.id})
    asked["payment_method"] = guarded.id
    refused(stripe.CardError, lambda: v1.payment_intents.create(asked), "authentication_required")
    intent = v1.setup_intents.create(
        {"customer": customer.id, "payment_method": "pm_card_visa", "confirm": True}
    )
    check_shape(intent)
    claim(intent.status == "succeeded", "a card is saved", intent.status)
    portal = v1.billing_portal.sessions.create({"customer": customer.id, "return_url": "http://127.0.0.1:1/"})
    check_shape(portal)
    with urllib.request.urlopen(portal.url) as page:
        claim("no real money" in page.read().decode(), "the portal's page says what it is")


def idempotency():
    options = {"idempotency_key": "key-1"}
    first = v1.customers.create({"email": "once@example.org"}, options)
    again = v1.customers.create({"email": "once@example.org"}, options)
    claim(first.id == again.id, "one key, one customer")
    claim(again.last_response.headers["idempotent-replayed"] == "true", "a replay says so")
    refused(stripe.IdempotencyError, lambda: v1.customers.create({"email": "x@example.org"}, options))
    control("faults", {"kind": "named", "name": "api_error", "times": 1})
    options = {"idempotency_key": "key-2"}
    for _ in (1, 2):
        refused(stripe.APIError, lambda: v1.customers.create({"email": "o@example.org"}, options))
    move(days=1)
    later = v1.customers.create({"email": "o@example.org"}, options)
    claim(later.email == "o@example.org", "keys are forgotten after a day")


def webhooks():
    time.sleep(0.5)  # what is still on its way must not be the one that is refused
    Hook.refuse = 1
    made = v1.customers.create({"email": "retry@example.org"})
    arrived_for = lambda: [e for e in Hook.events if e.data.object.to_dict().get("id") == made.id]
    end = time.monotonic() + 6
    while not arrived_for() and time.monotonic() < end:
        time.sleep(0.1)
    claim(len(arrived_for()) == 1, "a refused webhook comes again", arrived_for())
    control("faults", {"kind": "named", "name": "webhooks_forged", "times": 1})
    v1.customers.create({"email": "forged@example.org"})
    end = time.monotonic() + 3
    while not Hook.forged and time.monotonic() < end:
        time.sleep(0.1)
    claim(Hook.forged, "a forged message comes, and the SDK refuses it")
    control("faults", {"kind": "named", "name": "webhooks_lost", "times": 1})
    lost = v1.customers.create({"email": "lost@example.org"})
    time.sleep(1)  # what is only on its way counts as undelivered, too
    missed = v1.events.list({"delivery_success": False, "types": ["customer.created"]})
    claim([one.data.object["id"] for one in missed.data] == [lost.id], "the lost one is listed", missed)
    check_shape(missed.data[0])
    ids = [event.id for event in Hook.events]
    claim(len(ids) == len(set(ids)), "nothing came twice")


account_and_keys()
endpoint()
customers()
month = catalogue()
paid_intent = checkout()
confirmation()
slow_money()
expiry()
refunds(paid_intent)
disputes()
off_session()
subscription(month)
failing_renewal(month)
trial(month)
idempotency()
webhooks()
print(f"stripe {stripe.VERSION}: {len(Hook.events)} webhooks verified, all as claimed")
