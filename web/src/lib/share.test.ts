import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { share } from "./share";

const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
const withNavigator = (value: object) =>
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });

describe("share", () => {
  afterEach(() => {
    if (before) Object.defineProperty(globalThis, "navigator", before);
  });
  const passed: object[] = [];
  const copied: string[] = [];
  const clipboard = { writeText: async (text: string) => void copied.push(text) };

  it("is the device's own, where it has that", async () => {
    withNavigator({ share: async (what: object) => void passed.push(what), clipboard });
    assert.equal(await share("A", "https://x/photo/1"), "shared");
    assert.deepEqual(passed, [{ title: "A", url: "https://x/photo/1" }]);
    assert.deepEqual(copied, []);
  });
  it("is over where somebody changed their mind", async () => {
    const abort = async () => Promise.reject(new DOMException("no", "AbortError"));
    withNavigator({ share: abort, clipboard });
    assert.equal(await share("A", "https://x/photo/1"), "shared");
    assert.deepEqual(copied, []);
  });
  it("is a link in the clipboard, where the device has nothing or refuses", async () => {
    const refuse = async () => Promise.reject(new DOMException("no", "NotAllowedError"));
    withNavigator({ share: refuse, clipboard });
    assert.equal(await share("A", "https://x/photo/1"), "copied");
    withNavigator({ clipboard });
    assert.equal(await share("A", "https://x/photo/2"), "copied");
    assert.deepEqual(copied, ["https://x/photo/1", "https://x/photo/2"]);
  });
  it("says where neither can be had", async () => {
    withNavigator({});
    assert.equal(await share("A", "https://x/photo/1"), "failed");
  });
});
