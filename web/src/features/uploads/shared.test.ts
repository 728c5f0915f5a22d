import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { takeShared } from "./shared";

async function taken(all: Parameters<typeof takeShared>[0]): Promise<File[]> {
  const files: File[] = [];
  await takeShared(all, async (some) => files.push(...some) > 0);
  return files;
}

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
    const [file, ...others] = await taken(caches(kept));
    assert.deepEqual([file?.name, file?.type, file?.lastModified, others.length], [
      "fin de journée.jpg", "image/jpeg", 7, 0,
    ]);
    assert.equal(await file?.text(), "picture");
    assert.deepEqual(await taken(caches(kept)), []);
  });
  it("do not keep each other from being taken", async () => {
    const odd = { "Picsharz-Name": "%" }; // of which no file can be made
    const kept = new Map([
      ["/shared/1-1", new Response("one", { headers: odd })],
      ["/shared/1-2", new Response("another")],
    ]);
    assert.equal((await taken(caches(kept))).length, 1);
    assert.deepEqual([...kept.keys()], ["/shared/1-1"]);
  });
  it("stay until somebody has them", async () => {
    const full = () => Promise.reject(new DOMException("", "QuotaExceededError"));
    const fresh = new Map([["/shared/1-1", new Response("picture")]]);
    await assert.rejects(takeShared(caches(fresh), full), { name: "QuotaExceededError" });
    assert.equal(fresh.size, 1);
  });
  it("stay where who took them could not", async () => {
    const fresh = new Map([["/shared/1-1", new Response("picture")]]);
    await takeShared(caches(fresh), async () => false);
    assert.equal(fresh.size, 1);
  });
  it("are not there a second time while they are being taken", async () => {
    const fresh = new Map([["/shared/1-1", new Response("picture")]]);
    let release = (_: boolean) => {};
    const first = takeShared(caches(fresh), () => new Promise((done) => (release = done)));
    const second = taken(caches(fresh));
    await new Promise((later) => setTimeout(later, 5));
    release(true);
    await first;
    assert.deepEqual(await second, []);
  });
  it("are none where there are no caches", async () => {
    assert.deepEqual(await taken(undefined), []);
    assert.deepEqual(await taken({ ...caches(new Map()), has: async () => false }), []);
  });
});
