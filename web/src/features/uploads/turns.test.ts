import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { renewed, stale, takeTurn, type Locks } from "./turns";

const settle = () => new Promise((resolve) => setImmediate(resolve));

// As browsers do it: one holds it, the others queue.
function locks(): Locks {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request: (_name, { signal }, held) => {
      const mine = last.then(() => (signal.aborted ? undefined : held()));
      last = mine;
      return mine;
    },
  };
}

class Tabs {
  now = 0;
  kept = new Map<string, string>();
  timers: { act: () => void; signal: AbortSignal }[] = [];
  storage = {
    getItem: (key: string) => this.kept.get(key) ?? null,
    setItem: (key: string, value: string) => void this.kept.set(key, value),
    removeItem: (key: string) => void this.kept.delete(key),
  };

  open(tab: string, begun: string[], held?: Locks) {
    const stop = new AbortController();
    takeTurn(() => begun.push(tab), stop.signal, {
      locks: held,
      storage: this.storage,
      now: () => this.now,
      tab,
      every: (_milliseconds, act, signal) => this.timers.push({ act, signal }),
    });
    return stop;
  }

  pass(milliseconds: number) {
    for (let left = milliseconds; left > 0; left -= renewed / 4) {
      this.now += renewed / 4;
      for (const { act, signal } of this.timers) if (!signal.aborted) act();
    }
  }
}

describe("the turn of a tab", () => {
  it("goes by locks to the next when the first is closed", async () => {
    const [tabs, begun, all] = [new Tabs(), [] as string[], locks()];
    const first = tabs.open("a", begun, all);
    tabs.open("b", begun, all);
    await settle();
    assert.deepEqual(begun, ["a"]);
    first.abort();
    await settle();
    assert.deepEqual(begun, ["a", "b"]);
  });

  it("is not taken by one that was closed while it waited", async () => {
    const [tabs, begun, all] = [new Tabs(), [] as string[], locks()];
    const first = tabs.open("a", begun, all);
    tabs.open("b", begun, all).abort();
    tabs.open("c", begun, all);
    first.abort();
    await settle();
    await settle();
    assert.deepEqual(begun.at(-1), "c");
    assert.ok(!begun.includes("b"));
  });

  it("goes by a lease where there are no locks", () => {
    const [tabs, begun] = [new Tabs(), [] as string[]];
    const first = tabs.open("a", begun);
    tabs.open("b", begun);
    tabs.pass(10 * stale);
    assert.deepEqual(begun, ["a"]);
    first.abort(); // says so
    tabs.pass(renewed);
    assert.deepEqual(begun, ["a", "b"]);
  });

  it("is taken from a tab that has crashed, once", () => {
    const [tabs, begun] = [new Tabs(), [] as string[]];
    tabs.open("a", begun);
    tabs.pass(renewed);
    tabs.timers.splice(0); // it is gone, and said nothing
    tabs.open("b", begun);
    tabs.open("c", begun);
    tabs.pass(stale / 2);
    assert.deepEqual(begun, ["a"]);
    tabs.pass(stale);
    assert.equal(begun.length, 2);
  });

  it("is everybody's where nothing is shared", () => {
    let begun = 0;
    takeTurn(() => (begun += 1), new AbortController().signal, {
      locks: undefined, storage: null, now: () => 0, tab: "a", every: () => {},
    });
    assert.equal(begun, 1);
  });
});
