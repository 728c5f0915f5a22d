// A list of the API, loaded page by page. Lists are kept by key for a while, so that Back shows
// what was there without asking again.
import { ApiError } from "../api/client";
import type { List } from "../api/types";
import { listOf, registerList, type PhotoList } from "./list/around";
import { router } from "./router.svelte";

export type Load<T> = (cursor: string | null) => Promise<List<T>>;

export class Pager<T extends { id: string }> {
  items = $state.raw<T[]>([]);
  loading = $state(false);
  done = $state(false);
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

interface Kept {
  pager: Pager<{ id: string }>;
  list: PhotoList; // the same, for the pages of its photos
}
const kept = new Map<string, Kept>();
const keptLists = 8;

// The list of a history entry: made at the first visit, found again on Back.
export function keptPager<T extends { id: string }>(key: string, load: Load<T>): Pager<T> {
  const found = kept.get(key);
  const old = found && !found.pager.error;
  const pager = old ? (found.pager as unknown as Pager<T>) : new Pager(load);
  const list = old ? found.list : listOf(pager);
  if (!old) kept.set(key, { pager: pager as unknown as Kept["pager"], list });
  registerList(router.key, list);
  const oldest = kept.keys().next().value;
  if (kept.size > keptLists && oldest !== undefined) kept.delete(oldest);
  return pager;
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
  for (const { pager } of kept.values()) pager.patch(id, change);
}

// After what changes which things are in lists: another person signs in, somebody is followed.
export function forgetPagers(): void {
  kept.clear();
}
