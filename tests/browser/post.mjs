// The letters of a house, read back from the real mail server that scripts/with-smtp started.

import assert from "node:assert/strict";

const { PLAYHOUSE_TEST_SMTP, PLAYHOUSE_TEST_SMTP_READ } = process.env;
const ARRIVES_WITHIN_MS = 20_000;

/** Where the house is to deliver its letters: `{ host, port }`. */
export function mailServer() {
  assert(PLAYHOUSE_TEST_SMTP, "There is no mail server; scripts/with-smtp starts one.");
  const [host, port] = PLAYHOUSE_TEST_SMTP.split(":");
  return { host, port };
}

/** The text of the newest letter to an address whose subject matches, as soon as there is one. */
export async function letterTo(address, subject) {
  const until = performance.now() + ARRIVES_WITHIN_MS;
  let seen = [];
  while (performance.now() < until) {
    const answer = await fetch(`${PLAYHOUSE_TEST_SMTP_READ}/letters?to=${encodeURIComponent(address)}`);
    const letters = (await answer.json()).map((letter) => read(letter.data));
    const found = letters.findLast((letter) => subject.test(letter.subject));
    if (found) return found.text;
    seen = letters.map((letter) => letter.subject);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No letter to ${address} is called ${subject}. There are: ${seen.join(" · ") || "none"}`);
}

/** The first link of a letter whose path begins so. */
export function linkIn(text, path) {
  const found = text.match(/https?:\/\/\S+/g)?.find((link) => new URL(link).pathname.startsWith(path));
  assert(found, `no link to ${path} in the letter:\n${text}`);
  return found;
}

/** Subject and plain text of a letter as it travelled. */
export function read(data) {
  const [head, body] = halves(data);
  const boundary = head.match(/boundary="?([^";\s]+)/)?.[1];
  const parts = boundary ? body.split(`--${boundary}`).map((part) => part.trimStart()) : [data];
  const plain = parts.find((part) => /^content-type: text\/plain/im.test(part)) ?? parts[0];
  const [about, text] = halves(plain);
  return { subject: words(header(head, "subject")), text: decoded(text, header(about, "content-transfer-encoding")) };
}

const halves = (text) => {
  const at = text.search(/\r?\n\r?\n/);
  return at < 0 ? ["", text] : [text.slice(0, at), text.slice(at).trimStart()];
};

const header = (head, name) =>
  head.replace(/\r?\n[ \t]+/g, " ").match(new RegExp(`^${name}: *(.*)$`, "im"))?.[1].trim() ?? "";

/** Encoded words of a header, as `=?utf-8?b?…?=`. */
const words = (text) =>
  text
    .replace(/\?= +=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how, word) =>
      decoded(word.replaceAll("_", " "), how.toLowerCase() === "b" ? "base64" : "quoted-printable"),
    );

function decoded(text, how) {
  if (/base64/i.test(how)) return Buffer.from(text, "base64").toString();
  if (!/quoted-printable/i.test(how)) return text;
  const bytes = text.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
