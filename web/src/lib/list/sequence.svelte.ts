// A list of photos of the API that may be very long. Of every photo that was ever loaded it knows
// the id and the shape, so that a place in the list can be computed; the cards themselves are kept
// for the newest pages only, and asked for again where somebody looks at them.
//
// Whatever needs a card reads card() for what is here, and calls need() for what it is going to
// draw.
import { ApiError } from "../../api/client";
import type { List, Photo } from "../../api/types";
import { kept } from "../pager.svelte";
import { router } from "../router.svelte";
import { registerList } from "./around";
import { lastUpTo } from "./blocks";

// `limit`: how many at most; without one the server decides, as it did in the document.
export type LoadPhotos = (cursor: string | null, limit?: number) => Promise<List<Photo>>;

interface Page {
  cursor: string | null; // it was loaded with
  count: number;
  pinned: boolean; // never forgotten: asked for again, it would hold other photos
  cards: (Photo | null)[] | null; // null: a photo that is gone; or the whole page is forgotten
  used: number;
}

// `next`: where these do not reach down to what is in the list, the cursor of what is in between.
interface Fresh {
  photos: Photo[];
  next: string | null;
}

const pageSize = 60;
// Photos may have been published between those of a page since: it is asked for with room for them.
const pageAgain = 100;
const keptPages = 40;

export class Sequence {
  count = $state(0);
  loading = $state(false);
  done = $state(false);
  error = $state.raw<ApiError | null>(null);
  // Changes where what was known of the order does not hold any more.
  epoch = $state(0);
  // New ones that are not in the list yet.
  fresh = $state.raw<Fresh | null>(null);
  ratios = new Float32Array(64); // width by height, of each

  #version = $state(0); // of the cards that are here
  #ids: string[] = [];
  #index = new Map<string, number>();
  #pages: Page[] = [];
  #starts: number[] = []; // the index of the first photo of each page
  #cursor: string | null = null;
  #load: LoadPhotos;
  #clock = 0;

  constructor(load: LoadPhotos) {
    this.#load = load;
  }

  get empty(): boolean {
    return this.done && this.count === 0;
  }

  // Nothing of it is worth keeping.
  get broken(): boolean {
    return this.error !== null && this.count === 0;
  }

  indexOf(id: string): number {
    return this.#index.get(id) ?? -1;
  }

  idAt(index: number): string | undefined {
    return this.#ids[index];
  }

  // undefined: it is not here now; null: the photo is gone.
  card(index: number): Photo | null | undefined {
    void this.#version;
    const at = this.#pageOf(index);
    return this.#pages[at]?.cards?.[index - (this.#starts[at] ?? 0)];
  }

  cardAt(index: number): Photo | undefined {
    return this.card(index) ?? undefined;
  }

  // Those that are here.
  get cards(): Photo[] {
    void this.#version;
    return this.#pages.flatMap(({ cards }) => cards?.filter((card) => card !== null) ?? []);
  }

  async more(): Promise<void> {
    if (this.loading || this.done) return;
    this.loading = true;
    this.error = null;
    const cursor = this.#cursor;
    const epoch = this.epoch;
    try {
      const page = await this.#load(cursor, cursor === null ? undefined : pageSize);
      if (epoch !== this.epoch && cursor !== this.#cursor) return; // it began anew meanwhile
      this.#append(cursor, page.items);
      this.#cursor = page.next;
      this.done = page.next === null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  // The cards from..to are going to be drawn.
  need(from: number, to: number): void {
    const last = this.#pageOf(Math.min(to, this.count) - 1);
    for (let at = Math.max(0, this.#pageOf(from)); at <= last; at += 1) {
      const page = this.#pages[at];
      if (!page) continue;
      page.used = this.#clock += 1;
      if (page.cards === null) void this.#again(page);
    }
    this.#forget();
  }

  patch(id: string, change: object): void {
    const index = this.indexOf(id);
    const page = this.#pages[this.#pageOf(index)];
    if (index < 0 || !page?.cards) return; // the server says it when the card is asked for again
    page.cards = page.cards.map((card) => (card?.id === id ? { ...card, ...change } : card));
    this.#version += 1;
  }

  remove(id: string): void {
    const index = this.indexOf(id);
    const at = this.#pageOf(index);
    const page = this.#pages[at];
    if (index < 0 || !page) return;
    page.cards?.splice(index - (this.#starts[at] ?? 0), 1);
    page.count -= 1;
    this.#ids.splice(index, 1);
    this.ratios.copyWithin(index, index + 1, this.count);
    this.#reorder();
  }

  // Asks whether there are newer ones; the list stays as it is until they are shown. In an empty
  // one nothing is moved by them: they are shown at once.
  async look(): Promise<void> {
    if (this.loading || (this.count === 0 && !this.done)) return;
    try {
      const { items, next } = await this.#load(null);
      if (this.count === 0) return this.#begin(items, next);
      const known = items.findIndex(({ id }) => this.#index.has(id));
      const photos = known < 0 ? items : items.slice(0, known);
      this.fresh = photos.length > 0 ? { photos, next: known < 0 ? next : null } : null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // there is a next time
    }
  }

  // Puts the newer ones before the others; where some are missing in between, the list begins anew.
  showFresh(): void {
    const fresh = this.fresh;
    if (!fresh) return;
    this.fresh = null;
    const photos = fresh.photos.filter(({ id }) => !this.#index.has(id));
    if (fresh.next !== null) return this.#restart(photos, fresh.next);
    this.#pages.unshift(this.#page(null, photos));
    this.#ids.unshift(...photos.map(({ id }) => id));
    this.#room(photos.length);
    this.ratios.copyWithin(photos.length, 0, this.count);
    photos.forEach(({ width, height }, index) => (this.ratios[index] = width / height));
    this.#reorder();
  }

  #begin(photos: Photo[], next: string | null): void {
    if (photos.length === 0) return;
    this.#append(null, photos);
    this.#cursor = next;
    this.done = next === null;
  }

  #restart(photos: Photo[], next: string): void {
    this.#pages = [];
    this.#ids = [];
    this.#cursor = next;
    this.done = false;
    this.#reorder();
    this.#append(null, photos);
  }

  #page(cursor: string | null, cards: Photo[]): Page {
    const pinned = cursor === null; // it begins where the list does, whatever is there
    return { cursor, count: cards.length, pinned, cards: [...cards], used: (this.#clock += 1) };
  }

  #append(cursor: string | null, items: Photo[]): void {
    // Nothing comes twice in a list that is read by cursors, but be sure.
    const fresh = items.filter(({ id }) => !this.#index.has(id));
    this.#room(fresh.length);
    this.#starts.push(this.count);
    this.#pages.push(this.#page(cursor, fresh));
    let index = this.count;
    for (const { id, width, height } of fresh) {
      this.#ids.push(id);
      this.#index.set(id, index);
      this.ratios[index] = width / height;
      index += 1;
    }
    this.count = index;
    this.#version += 1;
    this.#forget();
  }

  #room(more: number): void {
    const wanted = this.count + more;
    if (wanted <= this.ratios.length) return;
    const larger = new Float32Array(Math.max(wanted, 2 * this.ratios.length));
    larger.set(this.ratios);
    this.ratios = larger;
  }

  // After something was put in or taken out: where everything is by now.
  #reorder(): void {
    this.#index = new Map(this.#ids.map((id, index) => [id, index]));
    let start = 0;
    this.#starts = this.#pages.map(({ count }) => (start += count) - count);
    this.count = this.#ids.length;
    this.#version += 1;
    this.epoch += 1;
  }

  // Empty pages begin where the next one does: of those the last is meant.
  #pageOf(index: number): number {
    return lastUpTo(this.#starts, index, this.#starts.length);
  }

  async #again(page: Page): Promise<void> {
    page.cards = []; // nobody asks twice
    try {
      const { items } = await this.#load(page.cursor, pageAgain);
      const found = new Map(items.map((card) => [card.id, card]));
      const start = this.#starts[this.#pages.indexOf(page)];
      if (start === undefined) return; // the list began anew
      const ids = this.#ids.slice(start, start + page.count);
      page.cards = ids.map((id) => found.get(id) ?? null);
      this.#version += 1;
    } catch (error) {
      page.cards = null;
      if (!(error instanceof ApiError)) throw error; // who looks there again asks again
    }
  }

  #forget(): void {
    const here = this.#pages.filter(({ cards, pinned }) => cards !== null && !pinned);
    if (here.length <= keptPages) return;
    const oldest = here.sort((one, other) => one.used - other.used);
    for (const page of oldest.slice(0, here.length - keptPages)) page.cards = null;
  }
}

// The list of a history entry: made at the first visit, found again on Back.
export function keptSequence(key: string, load: LoadPhotos): Sequence {
  const list = kept(key, () => new Sequence(load));
  registerList(router.key, list); // for the pages of its photos
  return list;
}
