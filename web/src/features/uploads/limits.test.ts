import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { Instance } from "../../api/types";
import { learn } from "../../i18n";
import words from "../../i18n/en/upload.json";
import { pixelCaps, reasonAgainst, roomOf, sideCap } from "./limits";

const instance = {
  formats: ["image/jpeg", "image/png"],
  limits: { photo_bytes: 50_000_000 },
} as unknown as Pick<Instance, "formats" | "limits">;
const file = { name: "IMG_204.jpg", size: 8_000_000, type: "image/jpeg" };
const room = { bytes: 20_000_000, photos: 3, photosLimit: 1000 };
const extent = (width: number, height: number) => ({ format: "jpeg" as const, width, height });

describe("limits told before anything is sent", () => {
  learn(words);

  it("lets pass what fits", () => {
    assert.equal(reasonAgainst(file, extent(10_000, 10_000), instance, room), "");
    assert.equal(reasonAgainst(file, null, instance, null), "");
  });

  it("says what is wrong, by how much, and what to do", () => {
    const against = (...[given, size, left]: [typeof file, ReturnType<typeof extent>?,
      (typeof room)?]) => reasonAgainst(given, size ?? null, instance, left ?? room);
    assert.match(against({ ...file, type: "video/quicktime" }), /Export it as JPEG or PNG/);
    assert.match(against({ ...file, size: 60_000_000 }), /has 60 MB; the limit is 50 MB/);
    assert.equal(
      against(file, extent(14_000, 8000)),
      "IMG_204.jpg is 112 megapixels; the limit is 100. Export a smaller copy and try again.",
    );
    assert.match(against(file, extent(20_001, 100)), /20,001 pixels long; the limit is 20,000/);
    assert.match(against(file, undefined, { ...room, bytes: 1_000_000 }), /8 MB, and 1 MB of your/);
    assert.match(against(file, undefined, { ...room, photos: 0 }), /1,000 photos fit into 24/);
  });

  it("knows what is left", () => {
    const quotas = { bytes: { used: 7, limit: 10 }, photos_a_day: { used: 12, limit: 10 } };
    assert.deepEqual(roomOf(quotas), { bytes: 3, photos: 0, photosLimit: 10 });
  });

  it("has the caps of the server", () => {
    const caps = readFileSync(new URL("../../../../src/image/caps.h", import.meta.url), "utf8");
    const cap = (name: string) => {
      const found = new RegExp(` ${name} = ([\\d']+);`).exec(caps)?.[1] ?? "";
      return Number(found.replaceAll("'", ""));
    };
    for (const [format, pixels] of Object.entries(pixelCaps)) {
      assert.equal(pixels, cap(`${format}_pixels`), format);
    }
    assert.equal(sideCap, cap("side"));
  });
});
