// A house of its own for a browser test: the real binary in a scratch folder, on a port that the system
// chose, furnished as the demo or as empty as an operator finds it. Nothing of it is left when it closes.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BINARY = process.env.PLAYHOUSE_BINARY ?? path.join(ROOT, "target/debug/playhouse");
// A debug build lives through the demo's months in twenty seconds on a quiet machine; on a busy one it takes longer.
const READY_WITHIN_MS = 240_000;
const GONE_WITHIN_MS = 10_000;

/**
 * Starts `playhouse demo --json` and waits for the line that says where everything is:
 * `{"site": "http://…", "operator_link": "…", "member_link": "…", "jellyfin": "http://…", "stripe": "http://…"}`.
 *
 * The answer is that object, with `close()` and `words()` (all it said on stderr so far) beside it.
 */
export async function openHouse({ binary = BINARY, args = [] } = {}) {
  return inScratch(async (data, start) => {
    return start(binary, ["demo", "--data", data, "--listen", "127.0.0.1:0", "--json", ...args]);
  });
}

/**
 * Starts `playhouse serve` on an empty folder beside `playhouse standins`:
 * `{"site": "http://localhost:…", "first_start": "…", "jellyfin": "http://…", "stripe": "http://…"}`, and the
 * two functions of [openHouse]. It is called localhost because passkeys know no bare addresses.
 */
export async function openEmptyHouse({ binary = BINARY } = {}) {
  return inScratch(async (data, start) => {
    const standins = await start(binary, ["standins", "--listen", "127.0.0.1:0"]);
    const args = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--allow-standins", "--json"];
    const { url, first_start } = await start(binary, args);
    const named = (address) => address.replace("//127.0.0.1:", "//localhost:");
    return { ...standins, site: named(url), first_start: named(first_start) };
  });
}

/** Opens something in a folder of its own; whatever was started there is ended with it. */
async function inScratch(open) {
  const data = await mkdtemp(path.join(tmpdir(), "house-"));
  const children = [];
  let said = "";
  const start = async (binary, args) => {
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    child.stderr.on("data", (bytes) => (said += bytes));
    return JSON.parse(await firstLine(child));
  };
  const close = async () => {
    await Promise.all(children.map(end));
    await rm(data, { recursive: true, force: true });
  };
  try {
    const opened = await open(data, start);
    return { ...opened, data, close, words: () => said };
  } catch (error) {
    await close();
    throw new Error(`The house did not open: ${error.message}\nIt said:\n${said}`);
  }
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`no line within ${READY_WITHIN_MS} ms`)),
      READY_WITHIN_MS,
    );
    const settle = (outcome) => (value) => {
      clearTimeout(late);
      outcome(value);
    };
    createInterface({ input: child.stdout }).once("line", settle(resolve));
    child.once("error", settle(reject));
    child.once("exit", (code, signal) => settle(reject)(new Error(`it ended (${signal ?? code})`)));
  });
}

/** Asks it to end as an operator would, and makes it if it does not listen. */
async function end(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), GONE_WITHIN_MS);
  await gone;
  clearTimeout(impatience);
}

/** Moves, breaks or reads a stand-in: `control(house.jellyfin, "clock", { advance_ms: 3600000 })`. */
export async function control(standin, what, body) {
  const answer = await fetch(`${standin}/_control/${what}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}
