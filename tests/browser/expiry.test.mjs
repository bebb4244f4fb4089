// From reminder to expiry, and back: the demo house, whose clock is the stand-ins' own and moves with theirs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  choosePlan, offeredTo, payAtGateway, press, registerAndSignIn, signIn, signInByLink, signInTelevision, signOut, until,
  userAt,
} from "./acts.mjs";
import { control, openHouse } from "./house.mjs";
import { letterTo } from "./post.mjs";
import { connectMail } from "./set-up.mjs";
import { SCHEMES, SCREENS, inWindows, lookAt, openBrowser, openWindow } from "./window.mjs";

const DAY_MS = 24 * 60 * 60 * 1000;
const SHELVES = ["Documentaries", "Movies", "Music", "Series"];

let house;
let browser;
before(async () => {
  [house, browser] = await Promise.all([openHouse(), openBrowser()]);
  house.operator = "robin@lights.example";
  await inWindows([await openWindow(browser)], house, async (window) => {
    await signInByLink(window, house.operator_link);
    await connectMail(window, house);
  });
});
after(async () => {
  await browser?.close();
  await house?.close();
});

const pass = (days) => control(house.jellyfin, "clock", { advance_ms: days * DAY_MS });

/** My account as it stands days later, by when every session is over. */
async function later(window, member, days, heading) {
  const { page } = window;
  await pass(days);
  await signOut(window, house.site);
  await signIn(window, house.site, member.email);
  await page.waitForURL("**/account");
  await until(async () => {
    if (await page.getByRole("heading", { name: heading }).count()) return true;
    await page.reload();
    return false;
  }, `My account says ${heading}`);
}

async function pay(window, button) {
  const { page } = window;
  await page.getByRole("link", { name: button }).click();
  if (button === "Come back") await page.getByRole("link", { name: "Choose Solo" }).click();
  await page.waitForURL("**/checkout/**");
  await page.getByRole("radio", { name: /for 30 days/ }).check();
  await lookAt(window, "checkout-again");
  await press(page, "Go on to pay");
  await page.waitForURL(`${house.stripe}/**`);
  await payAtGateway(window);
  await page.getByRole("heading", { name: "You are in." }).waitFor();
  await lookAt(window, "let-in-again");
}

const offered = (token, shelves) =>
  until(async () => {
    const now = await offeredTo(house.jellyfin, token);
    return JSON.stringify(now) === JSON.stringify(shelves);
  }, `the television is offered ${shelves}`);

/** Runs out of time: reminded, in grace, suspended with every sign-in kept, and back by paying. */
async function isSuspendedAndRestored(window, member, television) {
  await later(window, member, 26, /^Solo, until/);
  await letterTo(member.email, /ends|expires|days/i);
  await lookAt(window, "account-reminded");

  await later(window, member, 5, /^Solo/);
  await window.page.getByText("Grace", { exact: true }).waitFor();
  await lookAt(window, "account-grace");
  assert.deepEqual(await offeredTo(house.jellyfin, television), SHELVES);

  await later(window, member, 3, "Solo is suspended");
  await offered(television, []);
  await letterTo(member.email, /suspended|paused/i);
  // The page that was open all the while says so by itself.
  await window.page.getByText("Withheld", { exact: true }).waitFor();
  await lookAt(window, "account-suspended");

  await pay(window, "Pay and watch on");
  await offered(television, SHELVES);
  await letterTo(member.email, /again|back|restored/i);
}

/** Stays away until the membership is over and the user closed, and comes back. */
async function expiresAndComesBack(window, member) {
  await later(window, member, 60, "Solo has ended");
  await until(async () => (await userAt(house.jellyfin, member.media)).policy.IsDisabled, "the user is closed");
  await lookAt(window, "account-expired");

  await pay(window, /Pay and watch on|Come back/);
  await until(async () => !(await userAt(house.jellyfin, member.media)).policy.IsDisabled, "the user is open");
  await offered(await signInTelevision(house.jellyfin, member.media), SHELVES);
}

for (const screen of Object.keys(SCREENS)) {
  for (const scheme of SCHEMES) {
    // Checklist: E30, E33, J07
    test(`from reminder to expiry and back (${screen}, ${scheme})`, async () => {
      const media = `tove-${screen}-${scheme}`;
      const member = { name: "Tove Halden", email: `${media}@halden.example`, media };
      await inWindows([await openWindow(browser, { screen, scheme })], house, async (window) => {
        await registerAndSignIn(window, house, member);
        await choosePlan(window, house, "Solo", { media, price: /for 30 days/ });
        await payAtGateway(window);
        await window.page.getByRole("heading", { name: "You are in." }).waitFor();
        const television = await signInTelevision(house.jellyfin, media);
        await offered(television, SHELVES);

        await isSuspendedAndRestored(window, member, television);
        await expiresAndComesBack(window, member);
      });
    });
  }
}
