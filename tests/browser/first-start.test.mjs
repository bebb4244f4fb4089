// An empty house, from the link of its first start to a member who is let in: `playhouse serve` beside the
// stand-ins and a real mail server. The operator follows the set-up list, then a visitor comes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PASSWORD, choosePlan, fill, payAtGateway, press, signIn, userAt } from "./acts.mjs";
import { openEmptyHouse } from "./house.mjs";
import { letterTo, linkIn } from "./post.mjs";
import { setUpHouse } from "./set-up.mjs";
import { SCHEMES, SCREENS, inWindows, lookAt, openBrowser, openWindow } from "./window.mjs";

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

async function joinAsVisitor(window, house, email) {
  const { page } = window;
  await page.goto(house.site);
  await page.getByText("Evenings", { exact: true }).first().waitFor();
  await lookAt(window, "new-home");
  await page.goto(`${house.site}/register`);
  await fill(page, { name: "Mara Lindt", email, password: PASSWORD });
  await press(page, "Create sign-in");
  await page.waitForURL("**/register/sent");
  await lookAt(window, "register-sent");
  await page.goto(linkIn(await letterTo(email, /confirm/i), "/confirm/"));
  await lookAt(window, "confirm");
  await page.locator("main form button").first().click();
  await lookAt(window, "confirmed");
  await signIn(window, house.site, email);
  await page.waitForURL("**/account");
}

async function comeIn(window, house, email) {
  const { page } = window;
  await choosePlan(window, house, "Evenings", { media: "mara.lindt" });
  await payAtGateway(window, { email });
  await page.waitForURL("**/checkout/return/**");
  await page.getByRole("heading", { name: "You are in." }).waitFor();
  await lookAt(window, "new-let-in");
  await page.goto(`${house.site}/account`);
  await page.locator('[value="mara.lindt"]').waitFor();
  await lookAt(window, "new-account");
}

for (const screen of Object.keys(SCREENS)) {
  for (const scheme of SCHEMES) {
    // Checklist: A01, A02, A20, C03, E13, G08, G09, G24, G25, I01, J03, J04, J05, L01
    test(`from the first start to a member let in (${screen}, ${scheme})`, async (t) => {
      const house = await openEmptyHouse();
      house.operator = `ona-${screen}-${scheme}@lantern.example`;
      const windows = [
        await openWindow(browser, { screen, scheme }),
        await openWindow(browser, { screen, scheme }),
      ];
      t.after(() => house.close());
      await inWindows(windows, house, async (operator, visitor) => {
        await setUpHouse(operator, house);

        const email = `mara-${screen}-${scheme}@lindt.example`;
        await joinAsVisitor(visitor, house, email);
        await comeIn(visitor, house, email);
        const user = await userAt(house.jellyfin, "mara.lindt");
        assert.equal(user.policy.IsDisabled, false);
        assert.deepEqual(user.libraries.toSorted(), ["Movies", "Series"]);
        await letterTo(email, /watch/i);

        await operator.page.goto(`${house.site}/office`);
        assert.equal(await operator.page.getByText("Set up your house").count(), 0, "the list is still there");
        await lookAt(operator, "overview-first-member");
      });
    });
  }
}
