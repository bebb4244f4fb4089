// The README's pictures, taken of the demo house: `make pictures` writes them to docs/pictures.

import { mkdir } from "node:fs/promises";
import path from "node:path";

import { ROOT, openHouse } from "./house.mjs";
import { openBrowser, openWindow } from "./window.mjs";

const FOLDER = path.join(ROOT, "docs/pictures");
const PICTURES = [
  { name: "home", path: "/", screen: "wide", scheme: "light" },
  { name: "home-phone", path: "/", screen: "phone", scheme: "dark" },
  { name: "overview", path: "/office", as: "operator_link", screen: "wide", scheme: "light" },
  { name: "overview-dark", path: "/office", as: "operator_link", screen: "wide", scheme: "dark" },
  { name: "members", path: "/office/members", as: "operator_link", screen: "wide", scheme: "light" },
  { name: "account", path: "/account", as: "member_link", screen: "wide", scheme: "light" },
  { name: "account-phone", path: "/account", as: "member_link", screen: "phone", scheme: "dark" },
];

/** A one-time link signs in once; its cookies serve all pictures of that person. */
async function signIn(browser, link) {
  const { page, context } = await openWindow(browser);
  await page.goto(link);
  await page.click("main button[type=submit]");
  await page.waitForLoadState();
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

const house = await openHouse();
const browser = await openBrowser();
try {
  await mkdir(FOLDER, { recursive: true });
  const people = new Map();
  for (const picture of PICTURES) {
    const { page, context } = await openWindow(browser, picture);
    if (picture.as) {
      if (!people.has(picture.as)) people.set(picture.as, await signIn(browser, house[picture.as]));
      await context.addCookies(people.get(picture.as));
    }
    await page.goto(house.site + picture.path);
    await page.waitForTimeout(400);
    await page.screenshot({ path: path.join(FOLDER, `${picture.name}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
  await house.close();
}
