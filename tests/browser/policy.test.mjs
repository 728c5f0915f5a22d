// A24: the watch over the security policy can fail, and the fake server has the real one's policy.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { policy } from "./fake_server.mjs";
import { dist, missing } from "./support/paths.mjs";
import { engine, noServer, startServer } from "./support/server.mjs";

const broken = fileURLToPath(new URL("support/breaks_policy.mjs", import.meta.url));
// They know no database: once is enough.
const once = engine === "sqlite" ? describe : () => {};

function run(way) {
  const env = { ...process.env, WAY: way };
  delete env.NODE_TEST_CONTEXT; // it is a run of its own, not a part of this one
  return spawnSync(process.execPath, ["--test", broken], { env, encoding: "utf8" });
}

once("the watch over the security policy", { skip: missing(dist, "the built web") }, () => {
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

once("the policy", { skip: noServer() }, () => {
  it("is the same on the fake server, whose pages are tested without a real one", async () => {
    const server = await startServer();
    try {
      for (const path of ["/", "/login", "/photo/1", "/nowhere/at/all", "//evil.example"]) {
        const sent = (await fetch(server.address + path)).headers.get("content-security-policy");
        assert.equal(sent, policy, path);
      }
    } finally {
      await server.stop();
    }
  });
});
