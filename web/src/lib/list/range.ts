// Which blocks of a long list are drawn.
import type { Blocks } from "./blocks";

// Those from `from` up to `to`.
export interface Range {
  from: number;
  to: number;
}

export function between(blocks: Blocks, top: number, bottom: number): Range {
  if (blocks.count === 0) return { from: 0, to: 0 };
  return { from: blocks.blockAt(top), to: blocks.blockAt(bottom) + 1 };
}

const clamped = (low: number, value: number, high: number) => Math.min(high, Math.max(low, value));

// What is `seen`, and of what was drawn before what hangs together with it and belongs to `goal`.
export function joined(before: Range, seen: Range, goal: Range): Range {
  if (before.to < seen.from || before.from > seen.to) return seen;
  return {
    from: clamped(goal.from, before.from, seen.from),
    to: clamped(seen.to, before.to, goal.to),
  };
}

// Larger by so many px on each side, one block at the least; 0: as it is.
export function grown(blocks: Blocks, { from, to }: Range, goal: Range, by: number): Range {
  if (by === 0) return { from, to };
  const above = Math.min(from - 1, blocks.blockAt(blocks.top(from) - by));
  const below = Math.max(to, blocks.blockAt(blocks.bottom(to - 1) + by));
  return { from: Math.max(goal.from, above), to: Math.min(goal.to, below + 1) };
}
