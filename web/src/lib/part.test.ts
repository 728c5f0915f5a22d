import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { insistently } from "./part";

describe("a part of the program", () => {
  let reloads = 0;
  let loads = 0;
  const missing = () =>
    insistently(async () => {
      loads += 1;
      throw new TypeError("It did not come.");
    });

  beforeEach(() => {
    reloads = loads = 0;
    const location = { reload: () => (reloads += 1) };
    Object.defineProperty(globalThis, "location", { value: location, configurable: true });
  });

  it("is given as it comes", async () => {
    assert.equal(await insistently(async () => "part")(), "part");
  });

  it("that does not come is told, and when it is asked for again the document loads", async (c) => {
    c.mock.method(globalThis, "fetch", async () => new Response(""));
    const part = missing();
    await assert.rejects(part(), TypeError);
    assert.equal(reloads, 0);
    void part(); // the document ends here
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([loads, reloads], [2, 1]);
  });

  it("without a server is only told", async (c) => {
    c.mock.method(globalThis, "fetch", () => Promise.reject(new TypeError("offline")));
    const part = missing();
    await assert.rejects(part(), TypeError);
    await assert.rejects(part(), TypeError);
    assert.equal(reloads, 0);
  });
});
