// A24: the watch over the security policy can fail.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { noPages } from "../support/visit.mjs";

const broken = fileURLToPath(new URL("../support/breaks_policy.mjs", import.meta.url));

function run(way) {
  const env = { ...process.env, WAY: way };
  delete env.NODE_TEST_CONTEXT; // it is a run of its own, not a part of this one
  return spawnSync(process.execPath, ["--test", broken], { env, encoding: "utf8" });
}

describe("the watch over the security policy", { skip: noPages }, () => {
  it("fails a file whose page writes markup", () => {
    const done = run("html");
    assert.notEqual(done.status, 0);
    assert.match(done.stdout + done.stderr, /require-trusted-types-for/);
  });

  it("fails a file whose page asks another site", () => {
    const done = run("picture");
    assert.notEqual(done.status, 0);
    assert.match(done.stdout + done.stderr, /img-src https:\/\/attacker\.invalid/);
  });

  it("lets a file pass whose page breaks nothing", () => {
    const done = run("nothing");
    assert.equal(done.status, 0, done.stdout + done.stderr);
  });
});
