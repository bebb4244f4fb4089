// The demo house as a newcomer meets it: a visitor becomes a member and is let in; the operator looks around.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DECLINED_CARD, choosePlan, payAtGateway, registerAndSignIn, signInByLink, userAt } from "./acts.mjs";
import { openHouse } from "./house.mjs";
import { SCHEMES, SCREENS, findings, lookAt, openBrowser, openWindow, takePicture } from "./window.mjs";

const LET_IN_WITHIN_MS = 2_000;
let house;
let browser;
before(async () => {
  [house, browser] = await Promise.all([openHouse(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await house?.close();
});

for (const screen of Object.keys(SCREENS)) {
  for (const scheme of SCHEMES) {
    // Checklist: C16, E12, J03, J04, J06
    test(`a visitor registers, pays by card and is let in (${screen}, ${scheme})`, async () => {
      const window = await openWindow(browser, { screen, scheme });
      const { page } = window;
      const media = `odette-${screen}-${scheme}`;
      try {
        await registerAndSignIn(window, house, { name: "Odette Varga", email: `${media}@varga.example` });
        await choosePlan(window, house, "Solo", { media });
        await payAtGateway(window);
        await page.waitForURL("**/checkout/return/**");
        const paidAt = performance.now();
        await page.getByRole("heading", { name: "You are in." }).waitFor();
        const waited = performance.now() - paidAt;
        assert(waited <= LET_IN_WITHIN_MS, `let in after ${Math.round(waited)} ms`);
        await lookAt(window, "let-in");

        const user = await userAt(house.jellyfin, media);
        assert(user, "the media server has no such user");
        assert.equal(user.policy.IsDisabled, false);
        assert.deepEqual(user.libraries.toSorted(), ["Documentaries", "Movies", "Music", "Series"]);

        await page.goto(`${house.site}/account`);
        await page.locator(`[value="${media}"]`).waitFor();
        await lookAt(window, "account");
        await page.goto(`${house.site}/account/payments`);
        await page.getByText(/6[.,]00/).first().waitFor();
        await lookAt(window, "account-payments");
      } finally {
        await window.close();
      }
    });
  }
}

// Checklist: E12
test("a declined card lets nobody in, and a good one still does", async () => {
  const window = await openWindow(browser);
  const { page } = window;
  try {
    await registerAndSignIn(window, house, { name: "Ilse Brandt", email: "ilse@brandt.example" });
    await choosePlan(window, house, "Solo", { media: "ilse" });
    await payAtGateway(window, { card: DECLINED_CARD });
    await page.locator("#error").waitFor();
    assert.equal(await userAt(house.jellyfin, "ilse"), undefined);
    await payAtGateway(window);
    await page.waitForURL("**/checkout/return/**");
    await page.getByRole("heading", { name: "You are in." }).waitFor();
    assert(await userAt(house.jellyfin, "ilse"));
  } finally {
    await window.close();
  }
});

/** Every page that a signed-in window's menus lead to, one step deep into lists. */
async function pagesFrom({ page }, start) {
  const seen = new Set([start]);
  for (const at of [...seen]) {
    await page.goto(house.site + at);
    const found = await page.$$eval("nav a[href^='/']", (links) => links.map((link) => link.getAttribute("href")));
    found.filter((href) => !href.startsWith("/language")).forEach((href) => seen.add(href.split("?")[0]));
  }
  return [...seen];
}

/** Looks at pages in all looks of one signed-in person and answers all findings at once. */
async function walk(link, start, kind) {
  const window = await openWindow(browser);
  const all = [];
  try {
    await signInByLink(window, link);
    const pages = await pagesFrom(window, start);
    for (const scheme of SCHEMES) {
      for (const [screen, size] of Object.entries(SCREENS)) {
        await window.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        await window.page.setViewportSize(size);
        for (const at of pages) {
          // A live page that is left while it connects says so; that is no fault of the next one.
          await window.page.goto("about:blank");
          window.faults.length = 0;
          const answer = await window.page.goto(house.site + at);
          await takePicture({ page: window.page, screen, scheme }, `${kind}${at.replaceAll("/", "-")}`);
          const found = await findings(window);
          if (!answer.ok()) found.push(`answered ${answer.status()}`);
          all.push(...found.map((one) => `${at} (${screen}, ${scheme}): ${one}`));
        }
      }
    }
    return { pages, findings: all };
  } finally {
    await window.close();
  }
}

// Checklist: J06
test("a member of the demo finds every page of their own in order", async () => {
  const walked = await walk(house.member_link, "/account", "member");
  assert.deepEqual(walked.findings, []);
  assert(walked.pages.includes("/account/payments"));
});

// Checklist: E01, I09
test("the operator of the demo finds every page of the office in order", async () => {
  const walked = await walk(house.operator_link, "/office", "operator");
  assert.deepEqual(walked.findings, []);
  assert(walked.pages.length > 8, walked.pages.join(" "));
});
