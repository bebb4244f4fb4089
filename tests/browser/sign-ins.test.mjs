// Coming in by passkey, by code, by recovery code and by a new password: in a house with a real mail server,
// and with Chromium's virtual authenticator in place of a fingerprint reader.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PASSWORD, fill, press, signIn, signOut, told } from "./acts.mjs";
import { codeOf } from "./codes.mjs";
import { openEmptyHouse } from "./house.mjs";
import { letterTo, linkIn } from "./post.mjs";
import { connectMail, nameTheHouse, openTheHouse } from "./set-up.mjs";
import { addPasskeyHolder, inWindows, lookAt, openBrowser, openWindow } from "./window.mjs";

let house;
let browser;
before(async () => {
  [house, browser] = await Promise.all([openEmptyHouse(), openBrowser()]);
  house.operator = "ona@lantern.example";
  await inWindows([await openWindow(browser)], house, async (window) => {
    await openTheHouse(window, house);
    await nameTheHouse(window, house);
    await connectMail(window, house);
  });
});
after(async () => {
  await browser?.close();
  await house?.close();
});

/** Registers, confirms by the letter, and signs in. */
async function joined(window, email) {
  const { page } = window;
  await page.goto(`${house.site}/register`);
  await fill(page, { name: "Ines Roth", email, password: PASSWORD });
  await press(page, "Create sign-in");
  await page.waitForURL("**/register/sent");
  await page.goto(linkIn(await letterTo(email, /confirm/i), "/confirm/"));
  await page.locator("main form button").first().click();
  await page.waitForURL((url) => !url.pathname.startsWith("/confirm"));
  await signIn(window, house.site, email);
  await page.waitForURL("**/account");
}

/** On the list of sessions this device says so: whoever sees it is signed in. */
async function isIn({ page }) {
  await page.goto(`${house.site}/account/security`);
  await page.getByText("This device").waitFor();
}

// Checklist: A19
test("a passkey is added, signs in without a password, and can be removed", async () => {
  await inWindows([await openWindow(browser)], house, async (window) => {
    const { page } = window;
    await joined(window, "ines@roth.example");
    const { session, authenticatorId } = await addPasskeyHolder(window);
    await page.goto(`${house.site}/account/security`);
    await lookAt(window, "security");
    await press(page, "Add a passkey");
    await page.waitForURL("**/account/passkeys/**");
    await lookAt(window, "passkey-made");
    await fill(page, { name: "Laptop" });
    await press(page, "Save");
    await page.getByText("Laptop", { exact: true }).waitFor();
    const { credentials } = await session.send("WebAuthn.getCredentials", { authenticatorId });
    assert.equal(credentials.length, 1);

    await signOut(window, house.site);
    await page.goto(`${house.site}/sign-in`);
    await press(page, "Use a passkey");
    await page.waitForURL("**/account");
    await isIn(window);
    await lookAt(window, "security-with-passkey");

    await session.send("WebAuthn.clearCredentials", { authenticatorId });
    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await signOut(window, house.site);
    await page.goto(`${house.site}/sign-in`);
    await press(page, "Use a passkey");
    await page.waitForTimeout(500);
    assert.equal(new URL(page.url()).pathname, "/sign-in");
  });
});

// Checklist: A19
test("a passkey is a second step after the password", async () => {
  await inWindows([await openWindow(browser)], house, async (window) => {
    const { page } = window;
    await joined(window, "jette@roth.example");
    await addPasskeyHolder(window);
    await page.goto(`${house.site}/account/security`);
    await press(page, "Add a passkey");
    await page.waitForURL("**/account/passkeys/**");
    await signOut(window, house.site);
    await signIn(window, house.site, "jette@roth.example");
    await page.waitForURL("**/sign-in/second**");
    await lookAt(window, "second-step-passkey");
    await press(page, "Use a passkey");
    await page.waitForURL("**/account");
    await isIn(window);
  });
});

/** Switches the authenticator app on; answers its key and the recovery codes. */
async function switchOnApp(window) {
  const { page } = window;
  await page.goto(`${house.site}/account/authenticator`);
  await lookAt(window, "authenticator");
  const key = await page.locator("main input[readonly]").first().inputValue();
  await fill(page, { code: codeOf(key) });
  await press(page, "Switch it on");
  await page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
  await lookAt(window, "recovery-codes");
  const codes = await page.locator("main li code").allInnerTexts();
  return { key, codes };
}

// Checklist: A19
test("with an authenticator app a password is not enough: a code is, and each recovery code once", async () => {
  const email = "klara@roth.example";
  await inWindows([await openWindow(browser)], house, async (window) => {
    const { page } = window;
    await joined(window, email);
    const { key, codes } = await switchOnApp(window);
    assert(codes.length >= 8, `${codes.length} recovery codes`);

    await signOut(window, house.site);
    await signIn(window, house.site, email);
    await page.waitForURL("**/sign-in/second**");
    await lookAt(window, "second-step");
    await fill(page, { code: "000000" });
    await press(page, "Go on");
    await page.getByText("This code is not right.").waitFor();
    await lookAt(window, "second-step-wrong");
    // The code that switched it on is used up.
    await fill(page, { code: codeOf(key, { steps: 1 }) });
    await press(page, "Go on");
    await page.waitForURL("**/account");
    await isIn(window);

    for (const [code, ends] of [[codes[0], "**/account"], [codes[0], "**/sign-in/second**"]]) {
      await signOut(window, house.site);
      await signIn(window, house.site, email);
      await page.waitForURL("**/sign-in/second**");
      await fill(page, { code });
      await press(page, "Go on");
      await page.waitForURL(ends);
    }
    await page.locator("main .notice").waitFor();
  });
});

// Checklist: A03
test("a forgotten password is replaced by the letter's link, which works once", async () => {
  const email = "lena@roth.example";
  await inWindows([await openWindow(browser)], house, async (window) => {
    const { page } = window;
    await joined(window, email);
    await signOut(window, house.site);
    await page.goto(`${house.site}/reset`);
    await lookAt(window, "reset");
    await fill(page, { email });
    await press(page, "Send me a letter");
    await page.waitForURL("**/reset/sent");
    await lookAt(window, "reset-sent");
    const link = linkIn(await letterTo(email, /password/i), "/reset/");
    await page.goto(link);
    await lookAt(window, "reset-choose");
    await fill(page, { password: "nine paper boats" });
    await press(page, "Set password");
    await page.waitForURL("**/sign-in");
    await told(page, "Your new password is set");
    await page.goto(link);
    await page.getByText("This link is used up").waitFor();
    await lookAt(window, "link-used-up");

    await signIn(window, house.site, email);
    await page.locator("main .notice, main .error-summary").first().waitFor();
    await signIn(window, house.site, email, "nine paper boats");
    await page.waitForURL("**/account");
  });
});
