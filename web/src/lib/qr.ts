// A QR code (ISO/IEC 18004) of a text: bytes, error correction M, versions 1 to 20. What an
// authenticator is shown; a library would be ten times as long for what is not needed here.

const versions = 20;
// Of each version at level M: correction bytes in a block, and how many blocks there are.
const correction = [
  10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
];
const blockCounts = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];

const of = (table: readonly number[], version: number): number => table[version - 1] ?? 0;

// Bytes that a version has room for, data and correction together.
function capacity(version: number): number {
  let bits = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const patterns = Math.floor(version / 7) + 2;
    bits -= (25 * patterns - 10) * patterns - 55;
    if (version >= 7) bits -= 36;
  }
  return bits >> 3;
}

const dataCapacity = (version: number): number =>
  capacity(version) - of(correction, version) * of(blockCounts, version);

function multiply(x: number, y: number): number {
  let product = 0;
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((y >>> i) & 1) * x;
  }
  return product;
}

function divisor(degree: number): number[] {
  const result = new Array<number>(degree).fill(0);
  result[degree - 1] = 1;
  let root = 1;
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) {
      result[j] = multiply(result[j] ?? 0, root) ^ (result[j + 1] ?? 0);
    }
    root = multiply(root, 2);
  }
  return result;
}

function remainder(data: readonly number[], by: readonly number[]): number[] {
  const result = by.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ (result.shift() ?? 0);
    result.push(0);
    by.forEach((each, i) => (result[i] = (result[i] ?? 0) ^ multiply(each, factor)));
  }
  return result;
}

// Header, text and padding.
function dataBytes(text: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >>> i) & 1);
  };
  put(4, 4); // bytes
  put(text.length, version < 10 ? 8 : 16);
  for (const byte of text) put(byte, 8);
  put(0, Math.min(4, dataCapacity(version) * 8 - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  const bytes: number[] = [];
  for (let i = 0; i < bits.length; i += 8) {
    bytes.push(bits.slice(i, i + 8).reduce((byte, bit) => (byte << 1) | bit, 0));
  }
  for (let pad = 0xec; bytes.length < dataCapacity(version); pad ^= 0xec ^ 0x11) bytes.push(pad);
  return bytes;
}

// Cut into blocks, each with its correction, and their bytes in turn.
function interleaved(data: readonly number[], version: number): number[] {
  const count = of(blockCounts, version);
  const length = of(correction, version);
  const short = Math.floor(capacity(version) / count) - length;
  const shortBlocks = count - (capacity(version) % count);
  const by = divisor(length);
  const blocks: number[][] = [];
  for (let i = 0, at = 0; i < count; i++) {
    const size = short + (i < shortBlocks ? 0 : 1);
    blocks.push(data.slice(at, at + size));
    at += size;
  }
  const sums = blocks.map((block) => remainder(block, by));
  const result: number[] = [];
  for (let i = 0; i <= short; i++) {
    for (const block of blocks) if (i < block.length) result.push(block[i] ?? 0);
  }
  for (let i = 0; i < length; i++) for (const sum of sums) result.push(sum[i] ?? 0);
  return result;
}

class Grid {
  readonly dark: boolean[][];
  readonly fixed: boolean[][]; // part of a pattern, not of the data

  constructor(readonly size: number) {
    this.dark = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
    this.fixed = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  }

  at(x: number, y: number): boolean {
    return this.dark[y]?.[x] ?? false;
  }

  set(x: number, y: number, dark: boolean): void {
    const row = this.dark[y];
    if (row && x >= 0 && x < this.size) row[x] = dark;
  }

  fix(x: number, y: number, dark: boolean): void {
    this.set(x, y, dark);
    const row = this.fixed[y];
    if (row && x >= 0 && x < this.size) row[x] = true;
  }

  free(x: number, y: number): boolean {
    return !(this.fixed[y]?.[x] ?? true);
  }
}

function finder(grid: Grid, x: number, y: number): void {
  for (let dy = -4; dy <= 4; dy++) {
    for (let dx = -4; dx <= 4; dx++) {
      const distance = Math.max(Math.abs(dx), Math.abs(dy));
      if (x + dx >= 0 && x + dx < grid.size && y + dy >= 0 && y + dy < grid.size) {
        grid.fix(x + dx, y + dy, distance !== 2 && distance !== 4);
      }
    }
  }
}

function alignmentCentres(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const size = version * 4 + 17;
  const step = Math.ceil((size - 13) / (count * 2 - 2)) * 2;
  const centres = Array.from({ length: count - 1 }, (_, i) => size - 7 - i * step);
  return [6, ...centres.reverse()];
}

function patterns(grid: Grid, version: number): void {
  for (let i = 0; i < grid.size; i++) {
    grid.fix(6, i, i % 2 === 0);
    grid.fix(i, 6, i % 2 === 0);
  }
  finder(grid, 3, 3);
  finder(grid, grid.size - 4, 3);
  finder(grid, 3, grid.size - 4);
  const centres = alignmentCentres(version);
  const last = centres.length - 1;
  centres.forEach((x, i) =>
    centres.forEach((y, j) => {
      if ((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)) return;
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) {
          grid.fix(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
        }
      }
    }),
  );
  if (version >= 7) versionBits(grid, version);
}

function versionBits(grid: Grid, version: number): void {
  let rest = version;
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let i = 0; i < 18; i++) {
    const dark = ((bits >>> i) & 1) === 1;
    const a = grid.size - 11 + (i % 3);
    const b = Math.floor(i / 3);
    grid.fix(a, b, dark);
    grid.fix(b, a, dark);
  }
}

// Level M is 0; what is left is the mask.
function formatBits(grid: Grid, mask: number): void {
  let rest = mask;
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = ((mask << 10) | rest) ^ 0x5412;
  const dark = (i: number) => ((bits >>> i) & 1) === 1;
  for (let i = 0; i <= 5; i++) grid.fix(8, i, dark(i));
  grid.fix(8, 7, dark(6));
  grid.fix(8, 8, dark(7));
  grid.fix(7, 8, dark(8));
  for (let i = 9; i < 15; i++) grid.fix(14 - i, 8, dark(i));
  for (let i = 0; i < 8; i++) grid.fix(grid.size - 1 - i, 8, dark(i));
  for (let i = 8; i < 15; i++) grid.fix(8, grid.size - 15 + i, dark(i));
  grid.fix(8, grid.size - 8, true);
}

// Two columns at a time, from the right, up and down in turn.
function fill(grid: Grid, bytes: readonly number[]): void {
  let bit = 0;
  for (let right = grid.size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < grid.size; step++) {
      for (const x of [right, right - 1]) {
        const upward = ((right + 1) & 2) === 0;
        const y = upward ? grid.size - 1 - step : step;
        if (!grid.free(x, y) || bit >= bytes.length * 8) continue;
        grid.set(x, y, (((bytes[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1) === 1);
        bit++;
      }
    }
  }
}

const masks: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

// Twice is as before.
function applyMask(grid: Grid, mask: number): void {
  for (let y = 0; y < grid.size; y++) {
    for (let x = 0; x < grid.size; x++) {
      if (grid.free(x, y) && masks[mask]?.(x, y)) grid.set(x, y, !grid.at(x, y));
    }
  }
}

// How much would confuse a reader: long runs, blocks, what looks like a finder, too much of one
// colour.
function penalty(grid: Grid): number {
  let sum = 0;
  let dark = 0;
  for (let i = 0; i < grid.size; i++) {
    const across = Array.from({ length: grid.size }, (_, j) => (grid.at(j, i) ? "1" : "0"));
    const down = Array.from({ length: grid.size }, (_, j) => (grid.at(i, j) ? "1" : "0"));
    dark += across.filter((each) => each === "1").length;
    for (const line of [across.join(""), down.join("")]) {
      for (const run of line.match(/0{5,}|1{5,}/g) ?? []) sum += run.length - 2;
      for (const looks of ["10111010000", "00001011101"]) {
        for (let at = line.indexOf(looks); at >= 0; at = line.indexOf(looks, at + 1)) sum += 40;
      }
    }
  }
  for (let y = 0; y + 1 < grid.size; y++) {
    for (let x = 0; x + 1 < grid.size; x++) {
      const one = grid.at(x, y);
      if (one === grid.at(x + 1, y) && one === grid.at(x, y + 1) && one === grid.at(x + 1, y + 1)) {
        sum += 3;
      }
    }
  }
  const share = (dark * 100) / (grid.size * grid.size);
  return sum + Math.floor(Math.abs(share - 50) / 5) * 10;
}

// Rows of modules, true where dark; the quiet zone of four modules is the caller's. Null where the
// text is too long.
export function qrCode(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text);
  let version = 1;
  while (dataCapacity(version) < bytes.length + (version < 10 ? 2 : 3)) {
    if (++version > versions) return null;
  }
  const grid = new Grid(version * 4 + 17);
  patterns(grid, version);
  formatBits(grid, 0); // keeps its place free of data
  fill(grid, interleaved(dataBytes(bytes, version), version));
  let best = 0;
  let least = Infinity;
  for (let mask = 0; mask < masks.length; mask++) {
    applyMask(grid, mask);
    formatBits(grid, mask);
    const found = penalty(grid);
    if (found < least) {
      least = found;
      best = mask;
    }
    applyMask(grid, mask);
  }
  applyMask(grid, best);
  formatBits(grid, best);
  return grid.dark;
}
