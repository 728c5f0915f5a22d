// A list of the API, loaded page by page. Lists are kept by key for a while, so that Back shows
// what was there without asking again.
import { ApiError } from "../api/client";
import type { List } from "../api/types";

export type Load<T> = (cursor: string | null) => Promise<List<T>>;

export class Pager<T extends { id: string }> {
  items = $state.raw<T[]>([]);
  loading = $state(false);
  done = $state(false);
  rounds = $state(0); // pages that came, the empty ones among them
  error = $state.raw<ApiError | null>(null);
  #cursor: string | null = null;
  #load: Load<T>;

  constructor(load: Load<T>) {
    this.#load = load;
  }

  get empty(): boolean {
    return this.done && this.items.length === 0;
  }

  get broken(): boolean {
    return this.error !== null;
  }

  async more(): Promise<void> {
    if (this.loading || this.done) return;
    this.loading = true;
    this.error = null;
    try {
      const page = await this.#load(this.#cursor);
      // Something new at the top moves nothing in a keyset list, but be sure: each id once.
      const known = new Set(this.items.map((item) => item.id));
      this.items = [...this.items, ...page.items.filter((item) => !known.has(item.id))];
      this.#cursor = page.next;
      this.done = page.next === null;
      this.rounds += 1;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  patch(id: string, change: object): void {
    if (!this.items.some((item) => item.id === id)) return;
    this.items = this.items.map((item) => (item.id === id ? { ...item, ...change } : item));
  }

  remove(id: string): void {
    this.items = this.items.filter((item) => item.id !== id);
  }
}

// What is kept by the entry of the history that shows it.
interface Kept {
  readonly broken: boolean; // nothing of it is worth keeping
  patch: (id: string, change: object) => void;
  remove: (id: string) => void;
}

const all = new Map<string, Kept>();
const mostKept = 16; // those that were shown last

// Made at the first visit of an entry, found again on Back. `key`: what it is, and the entry.
export function kept<T extends Kept>(key: string, make: () => T): T {
  const found = all.get(key) as T | undefined;
  const made = found && !found.broken ? found : make();
  all.delete(key); // the newest last
  all.set(key, made);
  const oldest = all.keys().next().value;
  if (all.size > mostKept && oldest !== undefined) all.delete(oldest);
  return made;
}

export function keptPager<T extends { id: string }>(key: string, load: Load<T>): Pager<T> {
  return kept(key, () => new Pager(load));
}

// What a page asks for once.
class Thing<T> {
  broken = false;
  readonly promise: Promise<T>;

  constructor(load: () => Promise<T>) {
    this.promise = load();
    this.promise.catch(() => (this.broken = true));
  }

  patch(): void {}
  remove(): void {}
}

export function keptThing<T>(key: string, load: () => Promise<T>): Promise<T> {
  return kept(key, () => new Thing(load)).promise;
}

type Told = (id: string, change: object) => void;
const told = new Set<Told>();

// Hears of what has changed, too; until the function that is returned is called.
export function onPatched(listener: Told): () => void {
  told.add(listener);
  return () => told.delete(listener);
}

// A thing has changed: every kept list that shows it shows it so.
export function patchKept(id: string, change: object): void {
  for (const listener of told) listener(id, change);
  for (const list of all.values()) list.patch(id, change);
}

// A thing is gone: no kept list shows it any more.
export function removeKept(id: string): void {
  for (const list of all.values()) list.remove(id);
}

// After what changes which things are in lists: another person signs in, somebody is followed.
// `of`: how the keys of those begin that have changed; else all have.
export function forgetPagers(of = ""): void {
  for (const key of [...all.keys()]) if (key.startsWith(of)) all.delete(key);
}
