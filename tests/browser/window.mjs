// A browser window as a person has one: a screen, a colour scheme, and somebody who looks closely.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

import { chromium } from "playwright-core";

import { ROOT } from "./house.mjs";

export const SCREENS = {
  wide: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
};
export const SCHEMES = ["light", "dark"];

const CHROMIUM = [process.env.PLAYHOUSE_CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
const PICTURES = path.join(ROOT, "target/screenshots");
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts Chromium so that it asks nothing of anybody but this machine. */
export function openBrowser() {
  const executablePath = CHROMIUM.find((candidate) => candidate && existsSync(candidate));
  assert(executablePath, "Chromium is not installed; `scripts/install test` does that.");
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ],
  });
}

/**
 * A window with its own cookies. Whatever goes wrong in its pages (an exception, a console error such as a
 * breach of the content security policy, a page that answers 500 or above, a part of it that answers 400 or above)
 * is kept in `window.faults`.
 */
export async function openWindow(browser, { screen = "wide", scheme = "light", locale = "en" } = {}) {
  const context = await browser.newContext({
    viewport: SCREENS[screen],
    hasTouch: screen === "phone",
    colorScheme: scheme,
    reducedMotion: "reduce",
    locale,
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("console", (line) => {
    // The browser's own words for an answer of 400 and above, which is judged below.
    const isAnswer = line.text().startsWith("Failed to load resource");
    // A page that is left breaks off its stream of live parts, and htmx says so.
    const isLeft = line.text().startsWith("htmx: htmx:error: Failed to fetch");
    if (line.type() === "error" && !isAnswer && !isLeft) faults.push(`console: ${line.text()}`);
  });
  page.on("response", (answer) => {
    // A page may refuse, with a form to correct or a link that is used up; what it is made of may not.
    const worst = answer.request().isNavigationRequest() ? 500 : 400;
    if (answer.status() >= worst) faults.push(`${answer.status()} from ${answer.url()}`);
  });
  return { page, context, screen, scheme, faults, close: () => context.close() };
}

/**
 * Runs a story in its windows and closes them. If it fails, the error says where they stood, with a picture
 * of each, and what the house said last.
 */
export async function inWindows(windows, house, story) {
  try {
    await story(...windows);
  } catch (error) {
    for (const [nth, window] of windows.entries()) {
      const picture = await takePicture(window, `failed-${nth}`).catch(() => "no picture");
      error.message += `\nWindow ${nth} was at ${window.page.url()} (${picture}); ${window.faults.join("; ")}`;
    }
    error.message += `\nThe house said:\n${house.words().slice(-2000)}`;
    throw error;
  } finally {
    await Promise.all(windows.map((window) => window.close()));
  }
}

/** Calls `visit(window)` once for each screen and colour scheme, each in a window of its own. */
export async function inEveryLook(browser, visit) {
  for (const screen of Object.keys(SCREENS)) {
    for (const scheme of SCHEMES) {
      const window = await openWindow(browser, { screen, scheme });
      try {
        await visit(window);
      } finally {
        await window.close();
      }
    }
  }
}

/** What a careful visitor finds on the page at hand, as whole lines; empty if all is well. */
export async function findings(window) {
  return [
    ...window.faults,
    ...(await accessFaults(window.page)),
    ...(await sidewaysFaults(window.page)),
  ];
}

/** Fails with every finding if there is one, after keeping a picture called `name`. */
export async function lookAt(window, name) {
  await takePicture(window, name);
  const found = await findings(window);
  assert.deepEqual(found, [], `${name}, ${window.screen}, ${window.scheme}: ${window.page.url()}`);
}

/** Writes target/screenshots/NAME-SCREEN-SCHEME.png, the whole page. */
export async function takePicture({ page, screen, scheme }, name) {
  await mkdir(PICTURES, { recursive: true });
  const file = path.join(PICTURES, `${name}-${screen}-${scheme}.png`);
  // What is fixed to the screen would stand in the middle of a page that was scrolled.
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
  return file;
}

/** Faults that axe calls serious or critical. */
async function accessFaults(page) {
  // Evaluated from outside, not added as a script, so that the page's own security policy stays in force.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `axe ${id}: ${help} (${nodes.map((node) => node.target).join("; ")})`);
}

/** A page never scrolls sideways; wide tables scroll inside their own frame. */
async function sidewaysFaults(page) {
  const { inner, whole } = await page.evaluate(() => ({
    inner: document.documentElement.clientWidth,
    whole: document.documentElement.scrollWidth,
  }));
  return whole > inner ? [`the page is ${whole} px wide on a screen of ${inner} px`] : [];
}

/** A passkey holder: answers the browser's questions as a fingerprint reader would. Only on http://localhost. */
export async function addPasskeyHolder({ page, context }) {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { session, authenticatorId };
}
