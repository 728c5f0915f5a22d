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
  const index = list?.indexOf(id) ?? -1;
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

// Of what has all of its things in a row.
export interface Items {
  readonly items: readonly { id: string }[];
  readonly done: boolean;
  more: () => Promise<unknown>;
}

// Where these are no photos, nobody asks for them: no photo has their ids.
export function listOf(all: Items): PhotoList {
  return {
    get count() {
      return all.items.length;
    },
    get done() {
      return all.done;
    },
    indexOf: (id) => all.items.findIndex((item) => item.id === id),
    idAt: (index) => all.items[index]?.id,
    cardAt: (index) => all.items[index] as Photo | undefined,
    more: () => all.more(),
  };
}
