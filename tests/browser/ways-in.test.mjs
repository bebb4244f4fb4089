// The other ways to be let in: by a trial, by a transfer that the operator approves, with a user that was on
// the server before, and with a name that is chosen after the payment. In the demo house.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  MEDIA_PASSWORD, fill, offeredTo, payAtGateway, press, registerAndSignIn, signInByLink, signInTelevision, told, until,
  userAt,
} from "./acts.mjs";
import { control, openHouse } from "./house.mjs";
import { inWindows, lookAt, openBrowser, openWindow } from "./window.mjs";

// The smallest picture there is, as a proof of payment.
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const SHELVES = ["Documentaries", "Movies", "Music", "Series"];

let house;
let browser;
before(async () => {
  [house, browser] = await Promise.all([openHouse(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await house?.close();
});

const phone = () => openWindow(browser, { screen: "phone", scheme: "dark" });

/** Chooses Solo at the price that is paid once, and how the name for watching shall be. */
async function chooseSolo({ page }, media) {
  await page.goto(`${house.site}/plans`);
  await page.getByRole("link", { name: "Choose Solo" }).click();
  await page.waitForURL("**/checkout/**");
  await page.getByRole("radio", { name: /for 30 days/ }).check();
  await page.locator(`[name=media][value=${media}]`).check();
}

async function isLetIn({ page }) {
  await until(async () => {
    await page.goto(`${house.site}/account`);
    return page.getByText("In place", { exact: true }).count();
  }, "My account says In place");
}

// Checklist: D01, D08
test("a trial lets a visitor in for nothing, and only once", async () => {
  await inWindows([await phone()], house, async (window) => {
    const { page } = window;
    await registerAndSignIn(window, house, { name: "Tilda Amsel", email: "tilda@amsel.example" });
    await page.goto(`${house.site}/plans`);
    await page.getByRole("link", { name: /for free/ }).click();
    await fill(page, { media_name: "tilda", media_password: MEDIA_PASSWORD });
    await lookAt(window, "trial");
    await press(page, "Start the trial");
    await page.waitForURL("**/account");
    await isLetIn(window);
    await page.getByText(/free until/).waitFor();
    await lookAt(window, "account-trial");
    assert.deepEqual((await userAt(house.jellyfin, "tilda")).libraries.toSorted(), SHELVES);

    await page.goto(`${house.site}/plans`);
    await page.getByRole("link", { name: /for free/ }).click();
    await page.getByText("You cannot start a trial").waitFor();
    await lookAt(window, "trial-refused");
  });
});

// Checklist: E02, E21
test("a transfer lets nobody in until the operator has approved its proof", async () => {
  await inWindows([await phone(), await openWindow(browser)], house, async (window, operator) => {
    const { page } = window;
    await registerAndSignIn(window, house, { name: "Bela Stein", email: "bela@stein.example" });
    await chooseSolo(window, "new");
    await page.getByRole("radio", { name: "Bank transfer" }).check();
    await fill(page, { media_name: "bela", media_password: MEDIA_PASSWORD });
    await press(page, "Go on to pay");
    await page.waitForURL("**/checkout/pay/**");
    await lookAt(window, "pay-by-hand");
    const code = await page.locator("main input[readonly]").first().inputValue();
    await page.locator("[name=proof]").setInputFiles({ name: "transfer.png", mimeType: "image/png", buffer: PICTURE });
    await press(page, "Send the proof");
    await told(page, "Somebody looks at it");
    await lookAt(window, "pay-by-hand-proof");
    assert.equal(await userAt(house.jellyfin, "bela"), undefined);

    await signInByLink(operator, house.operator_link);
    await operator.page.goto(`${house.site}/office/payments/awaiting`);
    await lookAt(operator, "office-awaiting");
    await operator.page.getByRole("link", { name: code }).click();
    await operator.page.locator("main figure img").waitFor();
    await lookAt(operator, "office-proof");
    await press(operator.page, "The money arrived…");
    await operator.page.getByRole("button", { name: "Approve it" }).click();
    await told(operator.page, "Approved");
    await isLetIn(window);
    assert.deepEqual((await userAt(house.jellyfin, "bela")).libraries.toSorted(), SHELVES);
  });
});

// Checklist: J03, J04
test("who is on the server already proves it, and is linked instead of doubled", async () => {
  await inWindows([await phone()], house, async (window) => {
    const { page } = window;
    const before = (await control(house.jellyfin, "state")).users.length;
    await registerAndSignIn(window, house, { name: "Ottoline Marsh", email: "ottoline@marsh.example" });
    await chooseSolo(window, "existing");
    await fill(page, { media_name: "ottoline", media_password: "not hers" });
    await press(page, "Go on to pay");
    await page.locator("main .notice, main .error-summary").first().waitFor();
    await lookAt(window, "checkout-not-theirs");
    await fill(page, { media_name: "ottoline", media_password: "ottoline-password" });
    await press(page, "Go on to pay");
    await page.waitForURL(`${house.stripe}/**`);
    await payAtGateway(window);
    await page.getByRole("heading", { name: "You are in." }).waitFor();
    await lookAt(window, "let-in-linked");
    assert.equal((await control(house.jellyfin, "state")).users.length, before);
    assert.deepEqual(await offeredTo(house.jellyfin, "ottoline-token"), SHELVES);
  });
});

// Checklist: J05
test("a name can be chosen after the payment, and opens the server at once", async () => {
  await inWindows([await phone()], house, async (window) => {
    const { page } = window;
    await registerAndSignIn(window, house, { name: "Nils Aden", email: "nils@aden.example" });
    await chooseSolo(window, "later");
    await press(page, "Go on to pay");
    await page.waitForURL(`${house.stripe}/**`);
    await payAtGateway(window);
    await page.getByText("Your turn", { exact: true }).waitFor();
    await lookAt(window, "paid-your-turn");
    await page.getByRole("link", { name: "Choose name and password" }).click();
    await page.waitForURL("**/account/choose");
    await lookAt(window, "choose-name");
    await fill(page, { media_name: "bram", media_password: MEDIA_PASSWORD });
    await press(page, "Open it");
    await page.getByText(/is taken on this server/).first().waitFor();
    await lookAt(window, "choose-name-taken");
    await fill(page, { media_name: "nils", media_password: MEDIA_PASSWORD });
    await press(page, "Open it");
    await page.waitForURL("**/account");
    await isLetIn(window);
    const television = await signInTelevision(house.jellyfin, "nils");
    assert.deepEqual(await offeredTo(house.jellyfin, television), SHELVES);
  });
});
