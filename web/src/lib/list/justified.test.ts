import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Rows, type Frame } from "./justified";

// The same numbers in every run.
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

function ratiosOf(seed: number, count: number): Float32Array {
  const random = numbers(seed);
  const next = () => random.next().value as number;
  const ratio = () => Math.min(3.2, Math.max(0.6, 0.3 + next() * 3.5));
  return Float32Array.from({ length: count }, ratio);
}

const frames: Frame[] = [
  { width: 358, gap: 4, height: 180 },
  { width: 375.5, gap: 4, height: 180 },
  { width: 720, gap: 8, height: 240 },
  { width: 1032, gap: 8, height: 240 },
  { width: 1376, gap: 12, height: 300 },
  { width: 1616, gap: 12, height: 300 },
];

function made(frame: Frame, ratios: Float32Array, pages: number[], done = true): Rows {
  const rows = new Rows(frame);
  let count = 0;
  for (const page of pages) {
    count += page;
    rows.extend(ratios, count, done && count === ratios.length);
  }
  return rows;
}

const all = (rows: Rows) => Array.from({ length: rows.count }, (_, row) => rows.places(row));

describe("rows", () => {
  it("are flush on both edges, with the gaps between their photos, and in their order", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const ratios = ratiosOf(seed, 1 + (seed % 83));
      for (const frame of frames) {
        const rows = made(frame, ratios, [ratios.length]);
        const drawn = all(rows);
        assert.equal(drawn.flat().length, ratios.length);
        for (const [row, places] of drawn.entries()) {
          let edge = 0;
          for (const { start, width } of places) {
            assert.ok(Math.abs(start - edge) < 1e-9 && width > 0, `${seed}, row ${row}`);
            edge = start + width + frame.gap;
          }
          const end = edge - frame.gap;
          if (row < drawn.length - 1) assert.equal(end, frame.width);
          else assert.ok(end <= frame.width);
        }
      }
    }
  });

  it("are as high as is wanted, more or less, and lie below each other", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const ratios = ratiosOf(seed, 100);
      for (const frame of frames) {
        const rows = made(frame, ratios, [100]);
        let bottom = -frame.gap;
        for (const [row, height] of rows.heights.entries()) {
          assert.ok(height <= Math.round(1.5 * frame.height) && height >= 0.6 * frame.height - 1);
          assert.equal(rows.tops[row], bottom + frame.gap);
          bottom = (rows.tops[row] ?? 0) + height;
        }
        assert.equal(rows.size, bottom);
        assert.ok((rows.heights.at(-1) ?? 0) <= frame.height, "the last is not stretched");
      }
    }
  });

  it("show photos in their own ratio where a row is not at its limit", () => {
    const ratios = ratiosOf(7, 400);
    for (const frame of frames) {
      const rows = made(frame, ratios, [400]);
      for (const [row, places] of all(rows).entries()) {
        const height = rows.heights[row] ?? 0;
        if (height >= 1.5 * frame.height - 1 || height <= 0.6 * frame.height + 1) continue;
        for (const [at, { width }] of places.entries()) {
          const ratio = ratios[(rows.starts[row] ?? 0) + at] ?? 0;
          assert.ok(Math.abs(width - ratio * height) < 4, `${width} of ${ratio} x ${height}`);
        }
      }
    }
  });

  it("keep what they hold when more photos come, in whatever pages", () => {
    const ratios = ratiosOf(3, 200);
    for (const frame of frames) {
      const rows = new Rows(frame);
      const seen: string[] = [];
      let count = 0;
      for (const page of [20, 60, 1, 0, 3, 60, 2, 54]) {
        count += page;
        rows.extend(ratios, count, count === 200 && page === 54);
        const now = all(rows).map((places, row) => JSON.stringify([rows.tops[row], places]));
        assert.deepEqual(now.slice(0, seen.length), seen);
        seen.splice(0, seen.length, ...now);
      }
      assert.equal(rows.held, 200);
    }
  });

  it("wait with the last row until it is known to be the last", () => {
    const ratios = Float32Array.from({ length: 20 }, () => 1.5);
    const frame = { width: 1032, gap: 8, height: 240 };
    const rows = made(frame, ratios, [20], false);
    assert.ok(rows.held < 20 && rows.held >= 15);
    const before = rows.count;
    rows.extend(ratios, 20, true);
    assert.equal(rows.held, 20);
    assert.ok(rows.count > before);
    assert.equal(made(frame, ratios.slice(0, 1), [1], false).count, 0);
    assert.equal(made(frame, ratios.slice(0, 1), [1]).places(0)[0]?.width, 360);
  });

  it("are found by photo and by height", () => {
    const rows = made({ width: 1032, gap: 8, height: 240 }, ratiosOf(5, 90), [90]);
    for (let row = 0; row < rows.count; row += 1) {
      assert.equal(rows.blockOf(rows.starts[row] ?? 0), row);
      assert.equal(rows.blockOf((rows.starts[row + 1] ?? 0) - 1), row);
      assert.equal(rows.blockAt(rows.tops[row] ?? 0), row);
      assert.equal(rows.blockAt((rows.tops[row] ?? 0) + (rows.heights[row] ?? 0)), row);
    }
    assert.equal(rows.blockAt(-100), 0);
    assert.equal(rows.blockAt(1e9), rows.count - 1);
    assert.equal(new Rows({ width: 100, gap: 4, height: 100 }).blockAt(5), 0);
  });

  it("take an effort that grows with the photos alone", () => {
    const ratios = ratiosOf(11, 100_000);
    const whole = made({ width: 1376, gap: 12, height: 300 }, ratios, [100_000]);
    assert.ok(whole.weighed <= 13 * 100_000, String(whole.weighed));
    const pages = Array.from({ length: 1000 }, () => 100);
    const paged = made({ width: 1376, gap: 12, height: 300 }, ratios, pages);
    assert.equal(paged.held, 100_000);
    assert.ok(paged.weighed <= 14 * 100_000, String(paged.weighed));
  });

  it("crop what is very wide or very high", () => {
    const frame = { width: 1032, gap: 8, height: 240 };
    const widths = made(frame, Float32Array.of(40, 0.05), [2]).places(0);
    assert.ok(Math.abs((widths[0]?.width ?? 0) / (widths[1]?.width ?? 1) - 3.2 / 0.6) < 0.05);
  });
});
