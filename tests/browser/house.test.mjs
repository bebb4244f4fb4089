// Opening and closing a house, tried with programs that only pretend to be one.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { openHouse } from "./house.mjs";

let folder;
before(async () => (folder = await mkdtemp(path.join(tmpdir(), "pretended-"))));
after(() => rm(folder, { recursive: true }));

async function program(name, lines) {
  const file = path.join(folder, name);
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
  return file;
}

test("a house says where it is, and nothing of it is left when it closes", async () => {
  const binary = await program("opens", `echo '{"site":"http://127.0.0.1:1"}'; exec sleep 60`);
  const house = await openHouse({ binary });
  assert.equal(house.site, "http://127.0.0.1:1");
  assert(existsSync(house.data));
  await house.close();
  assert(!existsSync(house.data));
});

test("a house that does not open is quoted", async () => {
  const binary = await program("fails", "echo 'The port is taken.' >&2; exit 1");
  await assert.rejects(openHouse({ binary }), /did not open: it ended \(1\)\nIt said:\nThe port is taken/);
});

test("a binary that is not there is named", async () => {
  await assert.rejects(openHouse({ binary: path.join(folder, "nobody") }), /did not open: .*ENOENT/);
});
