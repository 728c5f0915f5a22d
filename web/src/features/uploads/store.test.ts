import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nothingSaid, type Entry } from "./entry";
import { Speed } from "./speed";
import { TextStore } from "./store";

const entry = (id: string, created: number) =>
  ({ id, account: "mei", said: nothingSaid, phase: "waiting", created }) as unknown as Entry;

describe("what is kept where there are no databases", () => {
  it("is what was said, and no files", async () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const store = new TextStore(storage);
    await store.put(entry("b", 2));
    await store.put(entry("a", 1));
    await store.put({ ...entry("b", 2), phase: "stopped" });
    assert.equal(await store.keepFile(), false);
    assert.equal(await store.file(), null);
    const again = await new TextStore(storage).entries();
    assert.deepEqual(again.map(({ id, phase }) => [id, phase]), [
      ["a", "waiting"], ["b", "stopped"],
    ]);
    await store.remove("a");
    await store.clear();
    assert.equal(kept.size, 0);
  });
  it("is nothing where storage fails, and nobody is told", async () => {
    const fails = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    const store = new TextStore({ getItem: fails, setItem: fails, removeItem: fails });
    await store.put(entry("a", 1));
    assert.deepEqual(await store.entries(), []);
  });
});

describe("the speed", () => {
  it("is that of the last seconds", () => {
    const speed = new Speed();
    assert.equal(speed.at(0, 5000), 0, "what was there before did not just leave");
    assert.equal(speed.at(1000, 6000), 1000);
    for (let second = 2; second <= 30; second += 1) speed.at(second * 1000, 4000 + second * 2000);
    const now = speed.at(31_000, 4000 + 31 * 2000);
    assert.ok(now > 1900 && now <= 2000.001, String(now));
    assert.equal(speed.at(31_000, 90_000), now, "no time has passed");
  });
  it("does not fall below nothing when it goes on further back", () => {
    const speed = new Speed();
    speed.at(0, 0);
    speed.at(1000, 1000);
    assert.ok(speed.at(2000, 500) >= 0);
  });
});
