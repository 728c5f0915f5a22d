// Which list a photo was opened from, and so what is before and after it there. Lists are known by
// the entry of the history that they are drawn in; a page that was opened from one passes it on.
import type { Photo } from "../../api/types";

// A list of photos in their order. What it says may grow; whoever draws it hears of that.
export interface PhotoList {
  readonly count: number; // of those that are known by now
  readonly done: boolean; // there are no more
  indexOf: (id: string) => number; // -1: it is not there
  idAt: (index: number) => string | undefined;
  cardAt: (index: number) => Photo | undefined; // a list may have forgotten it
  more: () => Promise<unknown>;
}

export interface Neighbour {
  id: string;
  card: Photo | undefined;
}

interface Known {
  entry: string;
  list: PhotoList;
}

const most = 24;
let known: readonly Known[] = []; // the newest first

export function registerList(entry: string, list: PhotoList): void {
  const others = known.filter((one) => one.entry !== entry || one.list !== list);
  known = [{ entry, list }, ...others].slice(0, most);
}

// The list of an entry that has this photo.
export function listAround(entry: string | null, id: string): PhotoList | null {
  const found = known.find((one) => one.entry === entry && one.list.indexOf(id) >= 0);
  return found?.list ?? null;
}

// Before another person signs in.
export function forgetLists(): void {
  known = [];
}

// What is so many steps from a photo. Where the list may go on beyond its end, it is asked to.
export function beside(list: PhotoList | null, id: string, steps: number): Neighbour | null {
  // Its count is what is heard of when it grows.
  const index = list && list.count > 0 ? list.indexOf(id) : -1;
  const found = list && index >= 0 ? list.idAt(index + steps) : undefined;
  return list && found !== undefined ? { id: found, card: list.cardAt(index + steps) } : null;
}

const ahead = 3;

// Has the list go on where a photo is near its end.
export function goOn(list: PhotoList | null, id: string): void {
  if (!list || list.done) return;
  const index = list.indexOf(id);
  if (index >= 0 && index + ahead >= list.count) void list.more();
}

// Of photos that are all there are.
export function listOf(photos: readonly Photo[]): PhotoList {
  return {
    count: photos.length,
    done: true,
    indexOf: (id) => photos.findIndex((photo) => photo.id === id),
    idAt: (index) => photos[index]?.id,
    cardAt: (index) => photos[index],
    more: async () => {},
  };
}
