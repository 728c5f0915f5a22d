import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findIn, type Page, type Route } from "./route";

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
});
