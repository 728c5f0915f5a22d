import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { ApiError } from "./client";
import { uploadPhoto, type Begun, type Memory } from "./tus";

// A line on which the upload is begun, and whose PATCH breaks as often as it is said.
class Line {
  static broken = 0;
  static asked: string[] = [];
  upload = {};
  status = 0;
  responseText = "";
  onload = (): void => {};
  onerror = (): void => {};
  #method = "";

  open(method: string): void {
    this.#method = method;
    Line.asked.push(method);
  }

  setRequestHeader(): void {}

  getResponseHeader(name: string): string | null {
    const told = { Location: "/v1/uploads/1", "Upload-Offset": "0" } as Record<string, string>;
    if (name === "Picsharz-Photo") return this.#method === "PATCH" ? "7" : null;
    return told[name] ?? null;
  }

  send(): void {
    const breaks = this.#method === "PATCH" && Line.broken-- > 0;
    this.status = { POST: 201, HEAD: 200 }[this.#method] ?? 204;
    queueMicrotask(() => (breaks ? this.onerror() : this.onload()));
  }
}

describe("an upload whose line breaks", () => {
  let begun: Begun;
  const memory: Memory = {
    get begun() {
      return begun;
    },
    keep: (place) => (begun = { ...begun, place }),
    forget: () => (begun = { key: "another", place: null }),
  };
  const watch = { progress: () => {}, signal: new AbortController().signal };
  const photo = () => new File(["picture"], "a.jpg");

  beforeEach(() => {
    begun = { key: "first", place: null };
    Line.asked = [];
    // The browser says at once that it is online again.
    const addEventListener = (_name: string, online: () => void) => setImmediate(online);
    Object.assign(globalThis, { XMLHttpRequest: Line, addEventListener });
  });

  it("goes on by itself", async () => {
    Line.broken = 1;
    assert.equal(await uploadPhoto(photo(), {}, memory, watch), "7");
    assert.deepEqual(Line.asked, ["POST", "PATCH", "HEAD", "PATCH"]);
  });

  it("says so where it is the file that cannot be read, and remembers where it was", async () => {
    Line.broken = Infinity;
    const file = photo();
    const lost = { arrayBuffer: () => Promise.reject(new DOMException("", "NotReadableError")) };
    file.slice = () => lost as unknown as Blob;
    await assert.rejects(
      uploadPhoto(file, {}, memory, watch),
      (error) => error instanceof ApiError && error.code === "unreadable",
    );
    assert.deepEqual(Line.asked, ["POST", "PATCH"]);
    assert.deepEqual(begun, { key: "first", place: "/v1/uploads/1" });
  });
});
