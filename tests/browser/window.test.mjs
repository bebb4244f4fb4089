// The tests' own eyes: faults planted in a page under a strict policy are found, and a sound page has none.

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { addPasskeyHolder, findings, inEveryLook, openBrowser, openWindow, takePicture } from "./window.mjs";

const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:";
const page = (body) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>` +
  `<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/look.css">` +
  `<link rel="icon" href="data:,"><main>${body}</main></html>`;
const PAGES = {
  "/sound": page("<h1>All is well</h1><p>Nothing to see here.</p>"),
  "/faulty": page("<h1>Not well</h1><img src='/sound'><button></button><input>"),
  "/wide": page("<h1>Too wide</h1><div class='wide'>wide</div>"),
  "/inline": page("<h1>Inline</h1><script>document.title = 'changed'</script>"),
};

let server, site, browser;

before(async () => {
  server = createServer((request, answer) => {
    if (request.url === "/look.css") {
      answer.setHeader("content-type", "text/css");
      return answer.end(".wide { inline-size: 4000px } :root { color-scheme: light dark }");
    }
    if (request.url === "/broken") answer.statusCode = 500;
    answer.setHeader("content-type", "text/html");
    answer.setHeader("content-security-policy", POLICY);
    answer.end(PAGES[request.url] ?? PAGES["/sound"]);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  site = `http://127.0.0.1:${server.address().port}`;
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  server?.close();
});

async function foundOn(path) {
  const window = await openWindow(browser);
  try {
    await window.page.goto(site + path);
    return await findings(window);
  } finally {
    await window.close();
  }
}

test("a sound page has no findings in any look, and its picture is kept", async () => {
  const looks = [];
  await inEveryLook(browser, async (window) => {
    await window.page.goto(`${site}/sound`);
    assert.deepEqual(await findings(window), []);
    assert(existsSync(await takePicture(window, "sound")));
    looks.push(`${window.screen} ${window.scheme}`);
  });
  assert.deepEqual(looks, ["wide light", "wide dark", "phone light", "phone dark"]);
});

test("faults planted for axe are found under a strict policy", async () => {
  const found = (await foundOn("/faulty")).join("\n");
  for (const fault of ["image-alt", "button-name", "label"]) assert.match(found, new RegExp(`axe ${fault}`));
});

test("a page wider than its screen is found", async () => {
  assert.match((await foundOn("/wide")).join("\n"), /4\d\d\d px wide on a screen of 1280 px/);
});

test("a breach of the content security policy is found", async () => {
  assert.match((await foundOn("/inline")).join("\n"), /console: .*Content Security Policy/);
});

test("an answer of 500 is found", async () => {
  assert.match((await foundOn("/broken")).join("\n"), /500 from/);
});

test("nothing outside this machine can be asked", async () => {
  const window = await openWindow(browser);
  await assert.rejects(window.page.goto("http://example.org/"), /ERR_NAME_NOT_RESOLVED/);
  await window.close();
});

test("a passkey can be made on localhost", async () => {
  const window = await openWindow(browser);
  await addPasskeyHolder(window);
  await window.page.goto(site.replace("127.0.0.1", "localhost"));
  const kind = await window.page.evaluate(async () => {
    const key = await navigator.credentials.create({
      publicKey: {
        challenge: new Uint8Array(16),
        rp: { name: "House" },
        user: { id: new Uint8Array([1]), name: "mara", displayName: "Mara" },
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      },
    });
    return key.type;
  });
  assert.equal(kind, "public-key");
  await window.close();
});
