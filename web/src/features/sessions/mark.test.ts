import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { hasMark, isAnother, markRanOut, setMark } from "./mark";

describe("the mark of who is signed in", () => {
  const kept = new Map<string, string>();
  let refuses = false;
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => {
      if (refuses) throw new DOMException("full", "QuotaExceededError");
      kept.set(name, value);
    },
    removeItem: (name: string) => kept.delete(name),
  };
  const elsewhere = (value: string) => kept.set("picsharz-signed-in", value);

  beforeEach(() => {
    kept.clear();
    refuses = false;
    Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
    setMark("");
  });

  it("is the account's id, and nothing more", () => {
    setMark("9000");
    assert.deepEqual([...kept], [["picsharz-signed-in", "9000"]]);
    assert.ok(hasMark());
    setMark("");
    assert.deepEqual([kept.size, hasMark()], [0, false]);
  });

  it("tells a page that somebody else is here, or nobody", () => {
    setMark("9000");
    assert.equal(isAnother("9000"), false);
    elsewhere("9001");
    assert.equal(isAnother("9000"), true);
    kept.clear();
    assert.deepEqual([isAnother("9000"), isAnother("")], [true, false]);
    elsewhere("9001");
    assert.equal(isAnother(""), true, "a visitor's page is not a member's either");
  });

  it("of an older version says that there is somebody, and not who", () => {
    elsewhere("1");
    assert.deepEqual([hasMark(), isAnother("9000"), isAnother("")], [true, false, false]);
  });

  it("of a session that ran out says neither that somebody is here nor that others are", () => {
    setMark("9000");
    markRanOut();
    assert.deepEqual([hasMark(), isAnother("9000"), isAnother("")], [false, false, false]);
    elsewhere("9001");
    assert.equal(isAnother("9000"), true);
  });

  it("is not relied on where what is written is not there", () => {
    setMark("9000");
    const { setItem } = storage;
    storage.setItem = () => kept;
    setMark("9001");
    storage.setItem = setItem;
    assert.equal(isAnother("9001"), false);
  });

  it("is not relied on where it cannot be kept", () => {
    refuses = true;
    setMark("9000");
    assert.equal(isAnother("9000"), false);
    Object.defineProperty(globalThis, "localStorage", {
      get: () => {
        throw new DOMException("off", "SecurityError");
      },
      configurable: true,
    });
    refuses = false;
    setMark("9000");
    assert.deepEqual([hasMark(), isAnother("9000"), isAnother("")], [false, false, false]);
  });
});
