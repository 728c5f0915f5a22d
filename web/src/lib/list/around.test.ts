import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Photo } from "../../api/types";
import {
  beside,
  forgetLists,
  goOn,
  listAround,
  listOf,
  registerList,
  type PhotoList,
} from "./around";

// One that may go on until it is `done`.
function list(...ids: string[]): PhotoList & { asked: number; done: boolean } {
  const made = {
    ...listOf(ids.map((id) => ({ id }) as Photo)),
    done: false,
    asked: 0,
    more: async () => {
      made.asked += 1;
    },
  };
  return made;
}

describe("the lists around a photo", () => {
  beforeEach(forgetLists);

  it("are found by the entry they are drawn in, and what is in them", () => {
    const [one, other] = [list("1", "2"), list("3")];
    registerList("a", one);
    registerList("a", other);
    assert.equal(listAround("a", "1"), one);
    assert.equal(listAround("a", "3"), other);
    assert.equal(listAround("b", "1"), null);
    assert.equal(listAround("a", "4"), null);
    assert.equal(listAround(null, "1"), null);
  });

  it("may both have it: the one that was drawn last counts", () => {
    const [one, other] = [list("1"), list("1")];
    registerList("a", one);
    registerList("a", other);
    assert.equal(listAround("a", "1"), other);
    registerList("a", one);
    assert.equal(listAround("a", "1"), one);
  });

  it("are forgotten, the oldest first, or all at once", () => {
    const all = Array.from({ length: 25 }, (_, index) => list(String(index)));
    all.forEach((one, index) => registerList(`entry ${index}`, one));
    assert.equal(listAround("entry 0", "0"), null);
    assert.equal(listAround("entry 1", "1"), all[1]);
    registerList("entry 1", all[1] as PhotoList); // the same again takes no place
    assert.equal(listAround("entry 2", "2"), all[2]);
    forgetLists();
    assert.equal(listAround("entry 24", "24"), null);
  });

  it("say what is before and after", () => {
    const one = list("1", "2", "3");
    assert.equal(beside(one, "1", -1), null);
    assert.equal(beside(one, "2", -1)?.id, "1");
    assert.equal(beside(one, "2", 1)?.id, "3");
    assert.equal(beside(one, "2", 1)?.card?.id, "3");
    assert.equal(beside(one, "3", 1), null);
    assert.equal(beside(one, "4", 1), null);
    assert.equal(beside(null, "1", 1), null);
  });

  it("go on where a photo is near the end, unless there is no more", () => {
    const one = list("1", "2", "3", "4", "5");
    goOn(one, "2");
    assert.equal(one.asked, 0);
    goOn(one, "3");
    assert.equal(one.asked, 1);
    one.done = true;
    goOn(one, "5");
    goOn(null, "5");
    assert.equal(one.asked, 1);
    assert.equal(listOf([]).done, true);
  });
});
