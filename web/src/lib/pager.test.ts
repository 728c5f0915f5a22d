import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { List, Photo } from "../api/types";
import { Sequence } from "./list/sequence.svelte";
import { forgetPagers, kept, keptPager, onPatched, patchKept, removeKept } from "./pager.svelte";

const photos = ["3", "2", "1"].map((id) => ({ id, title: `Photo ${id}`, width: 3, height: 2 }));
const load = async () => ({ items: photos, next: null }) as unknown as List<Photo>;

describe("the lists that are kept", () => {
  beforeEach(() => forgetPagers());

  // A list of pages and one of photos, as two entries of the history hold them.
  async function lists() {
    const pager = keptPager("likes 1", load);
    const sequence = kept("mine 2", () => new Sequence(load));
    await Promise.all([pager.more(), sequence.more()]);
    const titles = () => [
      pager.items.map(({ title }) => title),
      sequence.cards.map(({ title }) => title),
    ];
    return { pager, sequence, titles };
  }

  it("show what has changed, and tell it to whoever listens", async () => {
    const { titles } = await lists();
    const heard: unknown[] = [];
    const stop = onPatched((id, change) => heard.push([id, change]));
    patchKept("2", { title: "Other" });
    stop();
    patchKept("nobody", { title: "Other" });
    const now = ["Photo 3", "Other", "Photo 1"];
    assert.deepEqual(titles(), [now, now]);
    assert.deepEqual(heard, [["2", { title: "Other" }]]);
  });

  it("do not show what is gone", async () => {
    const { pager, sequence, titles } = await lists();
    removeKept("2");
    removeKept("nobody");
    const left = ["Photo 3", "Photo 1"];
    assert.deepEqual(titles(), [left, left]);
    assert.deepEqual([sequence.count, sequence.indexOf("1"), sequence.indexOf("2")], [2, 1, -1]);
    assert.equal(keptPager("likes 1", load), pager, "they are found again");
    assert.equal(pager.items.length, 2);
  });

  it("are left alone once they are forgotten", async () => {
    const { titles } = await lists();
    forgetPagers("likes");
    removeKept("2");
    assert.deepEqual(titles().map(({ length }) => length), [3, 2]);
  });
});
