import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { filesOf, visible } from "./take";

const file = (name: string) => new File(["x"], name);
const leaf = (name: string, readable = true) => ({
  isFile: true,
  isDirectory: false,
  name,
  file: (done: (file: File) => void, fail: () => void) =>
    readable ? done(file(name)) : fail(),
});
// Browsers tell a folder in pieces.
const folder = (name: string, children: object[], piece = 2) => ({
  isFile: false,
  isDirectory: true,
  name,
  createReader: () => {
    let at = 0;
    return {
      readEntries: (done: (entries: object[]) => void) =>
        done(children.slice(at, (at += piece))),
    };
  },
});
const dropped = (...entries: (object | null)[]) =>
  ({
    items: entries.map((entry) => ({ kind: "file", webkitGetAsEntry: () => entry })),
    files: [file("plain.jpg")],
  }) as unknown as DataTransfer;
const names = async (given: DataTransfer) => (await filesOf(given)).map(({ name }) => name);

describe("what was dropped", () => {
  it("is files, and those of folders in their order, to the last piece", async () => {
    const many = Array.from({ length: 5 }, (_, at) => leaf(`${10 - at}.jpg`));
    const more = folder("more", [leaf("b.jpg")]);
    const given = dropped(leaf("a.jpg"), folder("trip", [...many, more]));
    assert.deepEqual(await names(given), [
      "a.jpg", "6.jpg", "7.jpg", "8.jpg", "9.jpg", "10.jpg", "b.jpg",
    ]);
  });
  it("is without what systems hide, and what cannot be read", async () => {
    const inside = [leaf(".DS_Store"), leaf("gone.jpg", false), leaf("a.jpg")];
    assert.deepEqual(await names(dropped(folder("trip", inside))), ["a.jpg"]);
    const chosen = visible([file("Thumbs.db"), file("a.jpg")]);
    assert.deepEqual(chosen.map(({ name }) => name), ["a.jpg"]);
  });
  it("is what the browser lists where it knows no folders", async () => {
    assert.deepEqual(await names(dropped(null)), ["plain.jpg"]);
  });
  it("ends, however much there is", async () => {
    const endless: object = folder("endless", []);
    Object.assign(endless, {
      createReader: () => ({
        readEntries: (done: (entries: object[]) => void) =>
          done(Array.from({ length: 100 }, (_, at) => leaf(`${at}.jpg`))),
      }),
    });
    assert.equal((await names(dropped(endless))).length, 1000);
  });
});
