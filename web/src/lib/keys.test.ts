import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { bindKeys, boundKeys, press } from "./keys";

describe("keys", () => {
  let done: string[] = [];
  let clock = 0;
  let open = ""; // what lies over the page: "dialog", "dialog data-keys"
  const document = {
    querySelector: (selector: string) => {
      assert.equal(selector, "dialog[open]:not([data-keys])");
      return open === "dialog" ? {} : null;
    },
  };
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
    open = "";
    Object.assign(globalThis, { document });
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

  it("are there at a switch, into which nobody types", () => {
    const unbind = bind("z");
    // An input of a type, as a browser would answer for the selectors that it is asked about.
    const input = (type: string) => ({
      closest: (names: string) =>
        names.split(", ").some((name) => {
          const but = /^input(?::not\(\[type=(\w+)\]\))?$/.exec(name);
          return but !== null && but[1] !== type;
        })
          ? {}
          : null,
    });
    type("z", { target: input("text") });
    type("z", { target: input("radio") });
    assert.deepEqual(done, []);
    type("z", { target: input("checkbox") });
    assert.deepEqual(done, ["z"]);
    unbind();
  });

  it("are off below a dialog that has none of its own", () => {
    const unbind = bind("s", "g h");
    open = "dialog";
    assert.equal(type("s"), false, "it is the dialog's");
    type("g");
    open = "";
    type("h");
    assert.deepEqual(done, []);
    open = "dialog data-keys";
    type("s");
    assert.deepEqual(done, ["s"]);
    unbind();
  });
});
