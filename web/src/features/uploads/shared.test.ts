import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { takeShared } from "./shared";

function caches(kept: Map<string, Response>) {
  const cache = {
    keys: async () => [...kept.keys()].map((key) => new Request(`https://photos.example${key}`)),
    match: async (key: RequestInfo | URL) => kept.get(new URL((key as Request).url).pathname),
    delete: async (key: RequestInfo | URL) => kept.delete(new URL((key as Request).url).pathname),
  };
  return { has: async () => true, open: async () => cache as never };
}

describe("photos that other apps share", () => {
  it("are files as they were, taken once", async () => {
    const headers = {
      "Content-Type": "image/jpeg",
      "Picsharz-Name": encodeURIComponent("fin de journée.jpg"),
      "Picsharz-Modified": "7",
    };
    const kept = new Map([["/shared/1-1", new Response("picture", { headers })]]);
    const [file, ...others] = await takeShared(caches(kept));
    assert.deepEqual([file?.name, file?.type, file?.lastModified, others.length], [
      "fin de journée.jpg", "image/jpeg", 7, 0,
    ]);
    assert.equal(await file?.text(), "picture");
    assert.deepEqual(await takeShared(caches(kept)), []);
  });
  it("are none where there are no caches", async () => {
    assert.deepEqual(await takeShared(undefined), []);
    assert.deepEqual(await takeShared({ ...caches(new Map()), has: async () => false }), []);
  });
});
