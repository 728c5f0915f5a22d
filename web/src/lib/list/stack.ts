// Blocks whose height is known only when they are drawn; until then it is estimated.
import { lastUpTo, type Blocks } from "./blocks";

export class Stack implements Blocks {
  count = 0;
  #heights = new Float64Array(64);
  #tops = new Float64Array(64);
  #gap: number;

  constructor(gap: number) {
    this.#gap = gap;
  }

  get size(): number {
    return this.count > 0 ? this.bottom(this.count - 1) : 0;
  }

  top(block: number): number {
    return this.#tops[block] ?? 0;
  }

  bottom(block: number): number {
    return this.top(block) + (this.#heights[block] ?? 0);
  }

  first(block: number): number {
    return block;
  }

  blockOf(item: number): number {
    return Math.max(0, Math.min(item, this.count - 1));
  }

  blockAt(y: number): number {
    return Math.max(0, lastUpTo(this.#tops, y, this.count));
  }

  // There are `count` blocks by now; the new ones are as high as `estimate` says.
  extend(count: number, estimate: (block: number) => number): void {
    if (count > this.#heights.length) {
      const room = Math.max(count, 2 * this.#heights.length);
      this.#heights = grown(this.#heights, room);
      this.#tops = grown(this.#tops, room);
    }
    const before = this.count;
    for (let block = before; block < count; block += 1) this.#heights[block] = estimate(block);
    this.count = count;
    this.#place(before);
  }

  // A block is so high. Whether that was not known.
  measure(block: number, height: number): boolean {
    if (block >= this.count || Math.abs((this.#heights[block] ?? 0) - height) < 0.01) return false;
    this.#heights[block] = height;
    this.#place(block + 1);
    return true;
  }

  #place(from: number): void {
    for (let block = from; block < this.count; block += 1) {
      this.#tops[block] = block === 0 ? 0 : this.bottom(block - 1) + this.#gap;
    }
  }
}

function grown(numbers: Float64Array, room: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(room);
  larger.set(numbers);
  return larger;
}
