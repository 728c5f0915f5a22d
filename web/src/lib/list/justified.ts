// Photos in rows that fill the width of a list: which of them share a row, and how high it is.
//
// The whole partition is weighed, not one row after the other: of all ways to break the photos into
// rows that one is taken whose heights differ least from the one that is wanted. What was put into
// rows stays there when more photos come; only the last row is open until they do.

import { lastUpTo, type Blocks } from "./blocks";

export interface Frame {
  width: number; // of the list
  gap: number; // between photos, both ways
  height: number; // of a row, as it is wanted
}

// Of a photo in its row, from the start of the line.
export interface Place {
  start: number;
  width: number;
}

const narrowest = 0.6;
const widest = 3.2;
const mostInRow = 12;
const lowest = 0.6; // times the height that is wanted; what would be beyond is cropped a little
const highest = 1.5;
const bad = 4; // what it costs to crop a row

export class Rows implements Blocks {
  // Row k holds the photos from starts[k] up to starts[k + 1]; its upper edge is at tops[k].
  readonly starts: number[] = [0];
  readonly tops: number[] = [];
  readonly heights: number[] = [];
  weighed = 0; // how many ways were looked at, for the test of the effort
  #ratios: Float32Array = new Float32Array(0);
  #loose = -1; // the row that is not stretched: the last of a list that is done

  constructor(readonly frame: Frame) {}

  get count(): number {
    return this.tops.length;
  }

  // How many photos are in rows.
  get held(): number {
    return this.starts[this.count] ?? 0;
  }

  get size(): number {
    return this.count > 0 ? this.bottom(this.count - 1) : 0;
  }

  top(row: number): number {
    return this.tops[row] ?? 0;
  }

  bottom(row: number): number {
    return (this.tops[row] ?? 0) + (this.heights[row] ?? 0);
  }

  // There are `count` photos by now, of these ratios (width by height); `done`: no more will come.
  // Without it the last row waits for its other photos.
  extend(ratios: Float32Array, count: number, done: boolean): void {
    this.#ratios = ratios;
    const ends = this.#partition(this.held, count);
    if (!done) ends.pop();
    for (const end of ends) this.#add(end, done && end === count);
  }

  first(row: number): number {
    return this.starts[row] ?? 0;
  }

  // The row of a photo, or the last one.
  blockOf(index: number): number {
    return Math.max(0, lastUpTo(this.starts, index, this.count));
  }

  // The row at a height of the list.
  blockAt(y: number): number {
    return Math.max(0, lastUpTo(this.tops, y, this.count));
  }

  places(row: number): Place[] {
    const from = this.starts[row] ?? 0;
    const to = this.starts[row + 1] ?? from;
    // Where the row is not stretched, its photos are as wide as they are at its height.
    const scale = row === this.#loose ? this.frame.height : this.#natural(from, to);
    const found: Place[] = [];
    let edge = 0;
    for (let index = from; index < to; index += 1) {
      const end = edge + this.#ratio(index) * scale;
      const gaps = found.length * this.frame.gap;
      const start = Math.round(edge + gaps);
      const last = found.length === to - from - 1;
      const flush = last && row !== this.#loose;
      found.push({ start, width: (flush ? this.frame.width : Math.round(end + gaps)) - start });
      edge = end;
    }
    return found;
  }

  // Very wide and very high photos are cropped in a row, and whole on their page.
  #ratio(index: number): number {
    return Math.min(widest, Math.max(narrowest, this.#ratios[index] ?? 1));
  }

  // How high the photos from..to are where they fill the width, uncropped.
  #natural(from: number, to: number): number {
    let sum = 0;
    for (let index = from; index < to; index += 1) sum += this.#ratio(index);
    return (this.frame.width - this.frame.gap * (to - from - 1)) / sum;
  }

  #add(end: number, last: boolean): void {
    const { height, gap } = this.frame;
    const natural = this.#natural(this.held, end);
    const short = last && natural > height;
    if (short) this.#loose = this.count;
    const most = short ? height : highest * height;
    const top = this.count === 0 ? 0 : this.size + gap;
    this.heights.push(Math.round(Math.min(most, Math.max(lowest * height, natural))));
    this.tops.push(top);
    this.starts.push(end);
  }

  // Where each row of the photos from..count ends, in order.
  #partition(from: number, count: number): number[] {
    const size = count - from;
    const best = new Float64Array(size + 1).fill(Infinity);
    const before = new Int32Array(size + 1);
    best[0] = 0;
    const { width, gap, height } = this.frame;
    for (let end = 1; end <= size; end += 1) {
      let sum = 0;
      for (let start = end - 1; start >= 0 && end - start <= mostInRow; start -= 1) {
        this.weighed += 1;
        sum += this.#ratio(from + start);
        const natural = (width - gap * (end - start - 1)) / sum;
        const cost = (best[start] ?? 0) + this.#cost(natural / height, end === size);
        if (cost < (best[end] ?? 0)) {
          best[end] = cost;
          before[end] = start;
        }
        if (natural < lowest * height) break; // with more photos it is lower still
      }
    }
    const ends: number[] = [];
    for (let end = size; end > 0; end = before[end] ?? 0) ends.push(from + end);
    return ends.reverse();
  }

  // `share`: of the height that is wanted. The last row may be short of photos.
  #cost(share: number, last: boolean): number {
    if (last && share >= 1) return 0;
    return (share - 1) ** 2 + (share > highest || share < lowest ? bad : 0);
  }
}
