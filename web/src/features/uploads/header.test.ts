import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { readExtent } from "./header";

const blob = (...bytes: (number | string)[]) => {
  const all = bytes.flatMap((one) =>
    typeof one === "string" ? [...one].map((letter) => letter.charCodeAt(0)) : [one]);
  return new Blob([new Uint8Array([...all, ...Array(40).fill(0)])]);
};
const cut = (whole: Blob, count: number) => whole.slice(0, count);

const jpeg = blob(
  0xff, 0xd8, 0xff, 0xe1, 0, 8, "Exif..", // a segment that is passed over
  0xff, 0xff, 0xc4, 0, 2, // filled up; a table that is no frame
  0xff, 0xc2, 0, 17, 8, 0x0b, 0xb8, 0x0f, 0xa0, 3,
);

describe("the header of a picture", () => {
  it("says how large it is", async () => {
    const start = [0x89, "PNG", 13, 10, 26, 10, 0, 0, 0, 13, "IHDR"] as const;
    const png = blob(...start, 0, 0, 0x0f, 0xa0, 0, 0, 3, 0xe8);
    const gif = blob("GIF89a", 0x40, 0x01, 0xf0, 0x00);
    const head = ["RIFF", 0, 0, 0, 0, "WEBP"] as const;
    const vp8x = blob(...head, "VP8X", 10, 0, 0, 0, 0, 0, 0, 0, 0x9f, 0x0f, 0, 0xb7, 0x0b, 0);
    const vp8 = blob(...head, "VP8 ", 0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 0xa0, 0x0f, 0xb8, 0x0b);
    for (const [given, format, width, height] of [
      [jpeg, "jpeg", 4000, 3000],
      [png, "png", 4000, 1000],
      [gif, "gif", 320, 240],
      [vp8x, "webp", 4000, 3000],
      [vp8, "webp", 4000, 3000],
    ] as const) {
      assert.deepEqual(await readExtent(given), { format, width, height });
    }
  });

  it("of a lossless WebP: fourteen bits each", async () => {
    // (width - 1) | (height - 1) << 14, of 640 x 480
    const bits = 639 | (479 << 14);
    const bytes = [0, 8, 16, 24].map((shift) => (bits >>> shift) & 0xff);
    const vp8l = blob("RIFF", 0, 0, 0, 0, "WEBP", "VP8L", 0, 0, 0, 0, 0x2f, ...bytes);
    assert.deepEqual(await readExtent(vp8l), { format: "webp", width: 640, height: 480 });
  });

  it("says nothing where it is cut off, is no picture, or never comes to its frame", async () => {
    for (let count = 0; count < 25; count += 1) {
      assert.equal(await readExtent(cut(jpeg, count)), null, String(count));
    }
    assert.equal(await readExtent(blob("no picture at all, just a text of some length")), null);
    assert.equal(await readExtent(blob(0xff, 0xd8, 0xff, 0xda, 0, 4)), null);
    assert.equal(await readExtent(blob(0xff, 0xd8, "no marker")), null);
    const endless = new Blob([new Uint8Array([0xff, 0xd8, ...Array(4000).fill(0xff)])]);
    assert.equal(await readExtent(endless), null);
  });

  it("says nothing of a file that cannot be read", async () => {
    const file = new Blob(["picture"]);
    const lost = { arrayBuffer: () => Promise.reject(new DOMException("", "NotReadableError")) };
    file.slice = () => lost as unknown as Blob;
    assert.equal(await readExtent(file), null);
  });

  const beside = new URL("../../../../../shared", import.meta.url).pathname;
  const folder = `${process.env.PICSHARZ_SHARED ?? beside}/photos`;
  it("of real photos is what their owners see", { skip: !existsSync(folder) }, async () => {
    const names = readdirSync(folder).filter((name) => /\.jpe?g$/.test(name));
    assert.ok(names.length > 10);
    for (const name of names) {
      const extent = await readExtent(new Blob([readFileSync(`${folder}/${name}`)]));
      assert.ok(extent && Math.min(extent.width, extent.height) >= 300, name);
    }
  });
});
