// What people do in a house, from page to page. Each act looks at the pages it passes.

import assert from "node:assert/strict";

import { control } from "./house.mjs";
import { lookAt } from "./window.mjs";

export const PASSWORD = "seven green bicycles";
export const MEDIA_PASSWORD = "evenings by the lake";
export const CARD = "4242424242424242";
export const DECLINED_CARD = "4000000000000002";
/** Keys that the stand-ins let in. */
export const JELLYFIN_KEY = "standin-jellyfin-key";
export const STRIPE_KEY = "sk_test_standin";

/** Types into fields by their names: `{ email: "mara@example.org" }`. A form holds them if others hold the same. */
export async function fill(page, fields, form = page.locator("main")) {
  for (const [name, value] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(value);
}

/** Presses a button of the page, not of its menus. */
export async function press(page, name) {
  await page.locator("main").getByRole("button", { name, exact: true }).click();
}

/** Waits for the word that a page says after something was done. */
export async function told(page, words) {
  await page.getByRole("status").filter({ hasText: words }).first().waitFor();
}

export async function signIn({ page }, site, login, password = PASSWORD) {
  await page.goto(`${site}/sign-in`);
  await fill(page, { login, password });
  await press(page, "Sign in");
}

export async function signOut({ page }, site) {
  await page.context().clearCookies();
  await page.goto(site);
}

/** Uses up a printed link. */
export async function signInByLink({ page }, link) {
  await page.goto(link);
  await press(page, "Sign me in");
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}

/** Fills in the gateway's own page, which is not ours to look at. */
export async function payAtGateway({ page, faults }, { card = CARD, email = "odette@varga.example" } = {}) {
  await page.locator("[name=email]").fill(email);
  await page.locator("[name=card_number]").fill(card);
  await page.locator("[name=card_expiry]").fill("12 / 34");
  await page.locator("[name=card_cvc]").fill("123");
  await page.locator("[name=name]").fill("Odette Varga");
  await page.locator("#pay").click();
  // What is amiss on a page that is not ours (it has no icon) is not ours to find.
  faults.length = 0;
}

/** Registers where no letter has to be waited for, and signs in. */
export async function registerAndSignIn(window, house, { name, email }) {
  const { page } = window;
  await page.goto(house.site);
  await lookAt(window, "home");
  await page.goto(`${house.site}/register`);
  await lookAt(window, "register");
  await fill(page, { name, email, password: PASSWORD });
  await press(page, "Create sign-in");
  await page.waitForURL("**/sign-in**");
  await lookAt(window, "sign-in");
  await signIn(window, house.site, email);
  await page.waitForURL("**/account");
  await lookAt(window, "account-empty");
}

/** From the page of plans to the gateway's page. `price`: begins so, where there are several. */
export async function choosePlan(window, house, plan, { media, price } = {}) {
  const { page } = window;
  await page.goto(`${house.site}/plans`);
  await lookAt(window, "plans");
  await page.getByRole("link", { name: `Choose ${plan}` }).click();
  await page.waitForURL("**/checkout/**");
  if (price) await page.getByRole("radio", { name: price }).check();
  if (media) await fill(page, { media_name: media, media_password: MEDIA_PASSWORD });
  await lookAt(window, media ? "checkout" : "checkout-again");
  await press(page, "Go on to pay");
  await page.waitForURL(`${house.stripe}/**`);
}

/** What the media server itself knows of a user; `undefined`: nothing. */
export async function userAt(jellyfin, name) {
  const { users } = await control(jellyfin, "state");
  return users.find((user) => user.name === name);
}

/** Looks again and again, until it is as it should be. */
export async function until(is, what, within = 20_000) {
  const late = performance.now() + within;
  while (performance.now() < late) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`after ${within / 1000} s still not: ${what}`);
}

const TELEVISION = `MediaBrowser Client="Television", Device="TV", DeviceId="tv-1", Version="1"`;

/** Signs a television in at the media server itself; the answer is its token. */
export async function signInTelevision(jellyfin, name, password = MEDIA_PASSWORD) {
  const answer = await fetch(`${jellyfin}/Users/AuthenticateByName`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: TELEVISION },
    body: JSON.stringify({ Username: name, Pw: password }),
  });
  assert.equal(answer.status, 200, `${name} cannot sign in at the media server`);
  return (await answer.json()).AccessToken;
}

/** The libraries that a signed-in television is offered; `undefined`: it is signed out. */
export async function offeredTo(jellyfin, token) {
  const headers = { authorization: `${TELEVISION}, Token="${token}"` };
  const answer = await fetch(`${jellyfin}/UserViews`, { headers });
  if (answer.status === 401) return undefined;
  return (await answer.json()).Items.map((item) => item.Name).toSorted();
}
