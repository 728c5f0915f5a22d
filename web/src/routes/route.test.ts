import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawn, findIn, stays, type Drawn, type Found, type Page, type Route } from "./route";

const page = {} as Page;
const load = async () => ({ default: page });
const routes: Route[] = [
  { pattern: "/", page },
  { pattern: "/photo/:id", load },
  { pattern: "/photo/:id/view", load, over: "/photo/:id" },
  { pattern: "/@:handle", load, who: "member" },
  { pattern: "/terms", load, always: true },
];
const find = (path: string) => findIn(routes, path);

describe("routes", () => {
  it("are found by their pattern, with their parameters", () => {
    assert.equal(find("/")?.page, page);
    assert.equal(find("/@mei")?.who, "member");
    assert.deepEqual(find("/@mei")?.params, { handle: "mei" });
    assert.equal(find("/terms")?.always, true);
    assert.equal(find("/@mei")?.always, false);
    assert.equal(find("/nowhere"), null);
  });
  it("have a page of their own for each address", () => {
    assert.notEqual(find("/photo/1")?.key, find("/photo/2")?.key);
  });
  it("keep the page below what lies over it", () => {
    const over = find("/photo/7/view");
    assert.deepEqual(over?.params, { id: "7" });
    assert.equal(over?.key, find("/photo/7")?.key);
    assert.deepEqual(over?.below?.params, { id: "7" });
    assert.equal(find("/photo/7")?.below, null);
  });
  it("keep it while that goes on to other addresses", () => {
    const at = (path: string, before: Drawn | null) => drawn(find(path) as Found, before);
    const page = at("/photo/7", null);
    const open = at("/photo/7/view", page);
    const on = at("/photo/8/view", open);
    const closed = at("/photo/7", on);
    assert.deepEqual([open, on, closed].map((each) => each.page.key), Array(3).fill(page.page.key));
    assert.deepEqual(on.over?.params, { id: "8" });
    assert.equal(closed.over, null);
    assert.deepEqual([stays(page, open), stays(open, on), stays(on, closed)], [true, true, true]);
    assert.equal(stays(page, at("/photo/7", page)), false);
    assert.equal(stays(page, at("/photo/8/view", page)), false);
    assert.equal(stays(on, at("/photo/8", on)), false);
    assert.equal(stays(null, open), false);
  });
});
