import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { online, reached } from "./online.svelte";

describe("whether the server can be reached", () => {
  beforeEach(() => reached("server"));

  it("follows what was asked last", () => {
    reached("nothing");
    assert.equal(online.offline, true);
    reached("server", performance.now());
    assert.equal(online.offline, false);
  });

  it("takes no answer that was on its way when the line broke for a line", () => {
    const before = performance.now() - 1;
    reached("nothing");
    reached("server", before);
    assert.equal(online.offline, true);
  });

  it("takes no failure of the time before for a line that broke again", () => {
    reached("nothing");
    const before = performance.now() - 1;
    reached("server");
    reached("nothing", before);
    assert.equal(online.offline, false);
  });

  it("says from when the oldest of what is shown is, whichever came first", () => {
    const before = performance.now() - 1;
    reached("2026-11-02T10:00:00Z");
    reached("2026-11-01T10:00:00Z", before);
    assert.equal(online.keptAt, "2026-11-01T10:00:00Z");
    reached("server");
    assert.equal(online.keptAt, "");
  });
});
