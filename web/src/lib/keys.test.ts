import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { bindKeys, boundKeys, press } from "./keys";

describe("keys", () => {
  let done: string[] = [];
  let clock = 0;
  const bind = (...all: string[]) =>
    bindKeys(all.map((keys) => ({ keys, does: keys, act: () => done.push(keys) })));

  function type(key: string, more: object = {}) {
    let prevented = false;
    const event = { key, ctrlKey: false, metaKey: false, altKey: false, repeat: false };
    clock += 100;
    press({
      ...event,
      defaultPrevented: false,
      timeStamp: clock,
      target: null,
      preventDefault: () => (prevented = true),
      ...more,
    });
    return prevented;
  }

  beforeEach(() => {
    done = [];
    clock += 10_000;
  });

  it("do what they are bound to, and nothing else", () => {
    const unbind = bind("j", "?");
    assert.equal(type("j"), true);
    assert.equal(type("x"), false);
    assert.equal(type("?"), true);
    unbind();
    assert.equal(type("j"), false);
    assert.deepEqual(done, ["j", "?"]);
  });

  it("are the newest binding's", () => {
    const older = bind("a");
    const newer = bindKeys([{ keys: "a", does: "newer", act: () => done.push("newer") }]);
    type("a");
    assert.deepEqual(boundKeys().map(({ does }) => does), ["newer"]);
    newer();
    type("a");
    assert.deepEqual(done, ["newer", "a"]);
    older();
  });

  it("may be two, one soon after the other", () => {
    const unbind = bind("g h", "h", "g");
    type("g");
    assert.deepEqual(done, ["g"]); // it is bound by itself, too
    unbind();
    const pair = bind("g h", "h");
    type("g");
    type("h");
    type("h");
    type("g");
    type("h", { timeStamp: clock + 5000 });
    assert.deepEqual(done, ["g", "g h", "h", "h"]);
    pair();
  });

  it("are off while somebody types, with a modifier, and when held down", () => {
    const unbind = bind("j");
    const field = { closest: (names: string) => (names.includes("textarea") ? {} : null) };
    type("j", { target: field });
    type("j", { ctrlKey: true });
    type("j", { metaKey: true });
    type("j", { altKey: true });
    type("j", { repeat: true });
    type("j", { defaultPrevented: true });
    assert.deepEqual(done, []);
    type("j", { target: { closest: () => null } });
    assert.deepEqual(done, ["j"]);
    unbind();
  });
});
