// A house of its own for a browser test: the real binary with its demo house in a scratch folder, on a
// port that the system chose. Nothing of it is left when the test is over.

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
  const data = await mkdtemp(path.join(tmpdir(), "house-"));
  const child = spawn(
    binary,
    ["demo", "--data", data, "--listen", "127.0.0.1:0", "--json", ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (bytes) => (said += bytes));

  const close = async () => {
    await end(child);
    await rm(data, { recursive: true, force: true });
  };
  try {
    const addresses = JSON.parse(await firstLine(child));
    return { ...addresses, data, close, words: () => said };
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
