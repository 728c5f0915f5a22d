// What a long list consists of: blocks below each other, each of one item or of several.
export interface Blocks {
  readonly count: number;
  readonly size: number; // of the whole list, downwards
  top: (block: number) => number;
  bottom: (block: number) => number;
  first: (block: number) => number; // its first item
  blockOf: (item: number) => number;
  blockAt: (y: number) => number; // the last one that begins above; the first where none does
}

// The index of the last of the first `count` numbers that is not above `limit`, or -1.
export function lastUpTo(numbers: ArrayLike<number>, limit: number, count: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
