// A24: the fake server has the real one's policy, so what pages/ says of it is true.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { policy } from "./fake_server.mjs";
import { engine, noServer, startServer } from "./support/server.mjs";

// It knows no database: once is enough.
const once = engine === "sqlite" ? describe : () => {};

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
