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

type Kept = Pager<{ id: string }>;
const kept = new Map<string, Kept>();
const keptLists = 8;

// The list of a history entry: made at the first visit, found again on Back.
export function keptPager<T extends { id: string }>(key: string, load: Load<T>): Pager<T> {
  const found = kept.get(key) as unknown as Pager<T> | undefined;
  if (found && !found.error) return found;
  const pager = new Pager(load);
  kept.set(key, pager as unknown as Kept);
  const oldest = kept.keys().next().value;
  if (kept.size > keptLists && oldest !== undefined) kept.delete(oldest);
  return pager;
}

// A thing has changed: every kept list that shows it shows it so.
export function patchKept(id: string, change: object): void {
  for (const pager of kept.values()) pager.patch(id, change);
}

// After what changes which things are in lists: another person signs in, somebody is followed.
// `of`: how the keys of those begin that have changed; else all have.
export function forgetPagers(of = ""): void {
  for (const key of [...kept.keys()]) if (key.startsWith(of)) kept.delete(key);
}
