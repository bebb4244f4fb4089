// Plex beside Jellyfin and Emby: a customer chooses Plex, signs in on Plex's page, accepts, is suspended and comes
// back; then the operator moves everybody of the Plex server to another one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  payAtGateway, press, registerAndSignIn, signIn, signInByLink, signOut, until,
} from "./acts.mjs";
import { control, openHouse } from "./house.mjs";
import { inWindows, lookAt, openBrowser, openWindow } from "./window.mjs";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A card whose first payment works and whose later ones fail. */
const WORKS_ONCE = "4000000000000341";
const TEODORA = { name: "Teodora Ilic", email: "teodora@ilic.example", plex: "aletta" };

let house;
let browser;
/** Signed in once, before the clock moves. */
let operator;
before(async () => {
  [house, browser] = await Promise.all([openHouse(), openBrowser()]);
  // Nobody whom the owner knows already, so that she is really asked.
  await control(house.plex, "seed", { accounts: [{ name: TEODORA.plex, id: 4001, password: "aletta-password" }] });
  operator = await openWindow(browser);
  await signInByLink(operator, house.operator_link);
});
after(async () => {
  await browser?.close();
  await house?.close();
});

/** The share of somebody's Plex account that lives; `undefined`: there is none. */
async function shareOf(who) {
  const { shares } = await control(house.plex, "state");
  return shares.find((one) => one.username === who && !["removed", "left"].includes(one.state));
}

const shareIs = (who, is, what) => until(async () => is(await shareOf(who)), what);

/** Looks at a page again and again, until it says so. */
async function says(page, words) {
  await until(async () => {
    if (words.test(await page.locator("main").innerText())) return true;
    await page.reload();
    return false;
  }, `the page says ${words}`);
}

async function choosesPlex(window) {
  const { page } = window;
  await registerAndSignIn(window, house, TEODORA);
  await page.goto(`${house.site}/plans`);
  await page.getByRole("link", { name: "Choose Anywhere" }).click();
  await page.waitForURL("**/checkout/**");
  await page.getByRole("radio", { name: /Plex/ }).check();
  await lookAt(window, "checkout-platforms");
  await press(page, "Go on to pay");
  await page.waitForURL(`${house.stripe}/**`);
  await payAtGateway(window, { email: TEODORA.email, card: WORKS_ONCE });
  await page.waitForURL("**/checkout/return/**");
}

/** Shows on Plex's own page who they are, but keeps the yes to themselves. */
async function signsInWithPlex(window) {
  const { page } = window;
  await page.goto(`${house.site}/account`);
  await page.getByRole("link", { name: /Sign in with Plex/ }).first().click();
  await lookAt(window, "plex-sign-in");
  await page.getByRole("checkbox", { name: "Accept the invitation for me" }).uncheck();
  await press(page, "Sign in with Plex");
  await page.getByRole("link", { name: "Open Plex's page" }).click();
  await page.getByRole("button", { name: `Allow as ${TEODORA.plex}` }).click();
  await page.waitForURL("**/account");
  window.faults.length = 0;
}

/** The server tells nothing of a yes; it is read by the clock, or when somebody asks. */
async function readPolaris({ page }) {
  await page.goto(`${house.site}/office/servers`);
  await page.getByRole("link", { name: /Polaris/ }).first().click();
  await press(page, "Read it now");
}

/** Puts a library of the Plex server into another group, so that shares open less, or more. */
async function putMusicInto({ page }, group) {
  await page.goto(`${house.site}/office/libraries`);
  const table = page.locator(".bulk", { has: page.getByRole("table", { name: "Polaris" }) });
  await table.getByRole("row", { name: /Music/ }).getByRole("checkbox").check();
  await table.getByRole("button", { name: group }).click();
  await page.waitForLoadState();
}

/** My account days later, by when every session is over. */
async function comesBackAfter(window, days) {
  const { page } = window;
  await control(house.jellyfin, "clock", { advance_ms: days * DAY_MS });
  await signOut(window, house.site);
  await signIn(window, house.site, TEODORA.email);
  await page.waitForURL("**/account");
}

async function paysAgain(window) {
  const { page } = window;
  await page.getByRole("link", { name: "Pay and watch on" }).click();
  await page.waitForURL("**/checkout/**");
  await press(page, "Go on to pay");
  await page.waitForURL(`${house.stripe}/**`);
  await payAtGateway(window, { email: TEODORA.email });
  await page.waitForURL("**/checkout/return/**");
}

// Checklist: G32, G33, G34
test("everybody on the Plex server is moved to the Jellyfin server, and the report says who", async () => {
  const { page } = operator;
  await page.goto(`${house.site}/office/servers`);
  await lookAt(operator, "three-kinds-of-servers");
  await page.getByRole("link", { name: /Polaris/ }).first().click();
  await page.goto(`${page.url()}/move`);
  await page.getByRole("button", { name: /Everybody on Polaris/ }).click();
  await page.locator("[name=target]").selectOption({ label: "Aurora" });
  await press(page, "See what will happen");
  await page.getByText("Must choose a name and a password for Aurora").first().waitFor();
  await lookAt(operator, "move-preview");
  await page.locator("main [name=reason]").fill("Polaris is given up at the end of the month.");
  await page.locator("main").getByRole("button", { name: /^Move \d+ members?$/ }).click();
  await page.waitForURL("**/moves/**");
  await says(page, /Has to act themselves/);
  await lookAt(operator, "move-report");
});

// Checklist: J03, J04, J05, G40
test("a customer chooses Plex, signs in there, accepts, is given more and less, is suspended and comes back", async () => {
  await inWindows([await openWindow(browser)], house, async (window) => {
    const { page } = window;
    await choosesPlex(window);
    await signsInWithPlex(window);
    await shareIs(TEODORA.plex, (share) => share?.state === "pending", "invited on Plex");
    await says(page, /You were invited to Polaris/);
    await lookAt(window, "plex-invited");

    await control(house.plex, "people", { person: TEODORA.plex, action: "accept" });
    await readPolaris(operator);
    await says(page, /You can watch on Polaris/);
    await lookAt(window, "plex-in-place");
    const whole = (await shareOf(TEODORA.plex)).sections;

    await putMusicInto(operator, /Private/);
    await shareIs(TEODORA.plex, (share) => share.sections.length === whole.length - 1, "one library fewer");
    await putMusicInto(operator, /Standard/);
    await shareIs(TEODORA.plex, (share) => share.sections.length === whole.length, "the library is back");
    assert.equal((await shareOf(TEODORA.plex)).state, "accepted", "the same share, changed");

    // Reminded, in grace, suspended: only the library of the suspended is left, and the share stands.
    await comesBackAfter(window, 40);
    await says(page, /is suspended/);
    await shareIs(TEODORA.plex, (share) => share.sections.length === 1, "only one library is left");
    assert.equal((await shareOf(TEODORA.plex)).state, "accepted");
    await lookAt(window, "plex-suspended");

    await paysAgain(window);
    const all = JSON.stringify(whole.toSorted());
    await shareIs(TEODORA.plex, (share) => JSON.stringify(share.sections.toSorted()) === all, "all libraries are back");
    assert.equal((await shareOf(TEODORA.plex)).state, "accepted", "without a new invitation");
  });
});
