// One file on its way in, and what was said about it: what is kept over a reload, and what its row
// shows. How it goes from one phase to the next is the queue's (queue.ts).
import type { EditPhoto, PhotoPage, Visibility } from "../../api/types";
import { developing } from "../../lib/states";

export interface Said {
  title: string;
  description: string;
  alt: string;
  tags: readonly string[];
  visibility: Visibility;
}

// waiting: for its turn. arrived: the server has all of it, as a photo that only its owner sees.
// lost: it was not all sent when the page ended, and its bytes were not kept; or they cannot be
// read.
export type Phase = "waiting" | "sending" | "arrived" | "refused" | "stopped" | "lost";

export interface Trouble {
  text: string; // what happened, and what to do
  again: boolean; // whether the same once more may help
  fields: Readonly<Record<string, string>>; // by the names of the contract
}

export interface Entry {
  id: string;
  account: string;
  name: string;
  size: number;
  type: string;
  modified: number;
  said: Said;
  touched: readonly (keyof Said)[]; // by a person: what "for all of them" copies
  wanted: boolean; // to be published as soon as it may be
  out: boolean; // it was: what was said of it, and for whom it is, are the server's now
  key: string; // Idempotency-Key of the upload
  place: string | null; // of the upload, as the server named it
  phase: Phase;
  trouble: Trouble | null;
  photo: string | null; // id
  created: number;
}

export interface Row extends Entry {
  sent: number; // bytes
  speed: number; // bytes a second, 0 where there is nothing to tell yet
  cut: boolean; // the server cannot be reached just now
  kept: boolean; // its bytes outlive the page
  page: PhotoPage | null; // the photo as it was when it was asked for last
}

export const nothingSaid: Said = {
  title: "",
  description: "",
  alt: "",
  tags: [],
  visibility: "public",
};

export function entryOf(row: Row): Entry {
  const { sent: _sent, speed: _speed, cut: _cut, kept: _kept, page: _page, ...entry } = row;
  return entry;
}

export function rowOf(entry: Entry): Row {
  return { ...entry, sent: 0, speed: 0, cut: false, kept: false, page: null };
}

// Of what the file is, as far as it can be told from outside.
export function isSameFile(row: Entry, file: Pick<File, "name" | "size" | "lastModified">) {
  return row.name === file.name && row.size === file.size && row.modified === file.lastModified;
}

// What the row says of it.
export type State =
  | Exclude<Phase, "arrived">
  | "paused"
  | "developing"
  | "draft"
  | "publishing"
  | "published"
  | "held"
  | "removed"
  | "rejected";

export function stateOf(row: Row): State {
  if (row.phase === "sending") return row.cut ? "paused" : "sending";
  if (row.phase !== "arrived") return row.phase;
  const { page } = row;
  if (page && (page.state === "rejected" || page.state === "removed")) return page.state;
  if (!page || developing(page)) return "developing";
  if (row.wanted && !row.out) return "publishing";
  if (!row.out) return "draft";
  return page.state === "held" ? "held" : "published";
}

const failures: readonly State[] = ["refused", "lost", "rejected", "removed"];

export const hasFailed = (row: Row): boolean => failures.includes(stateOf(row));

// Whether there is something to be published, now or as soon as it has arrived.
export const canPublish = (row: Row): boolean => !row.wanted && !row.out && !hasFailed(row);

// It came from elsewhere, and nobody has said that it is to be sent.
export const isUnsent = (row: Row): boolean => row.phase === "stopped" && row.place === null;

export const isUnderWay = (row: Row): boolean =>
  row.phase === "waiting" || row.phase === "sending";

// What a person still has to do with, or wait for.
export const isOpen = (row: Row): boolean => !row.out && !hasFailed(row);

export function bodyOf(said: Said): EditPhoto {
  return {
    title: said.title.trim(),
    description: said.description.trim(),
    alt: said.alt.trim(),
    tags: [...said.tags],
    visibility: said.visibility,
  };
}

// What the shell tells of all of them.
export interface Glance {
  under_way: number;
  of: number; // those and the ones that have arrived since the queue was last at rest
  cut: boolean;
  failed: number;
  drafts: number;
}

export const nothing: Glance = { under_way: 0, of: 0, cut: false, failed: 0, drafts: 0 };

export function glanceAt(rows: readonly Row[]): Glance {
  const moving = rows.filter(isUnderWay);
  return {
    under_way: moving.length,
    of: rows.filter((row) => !hasFailed(row) && row.phase !== "stopped").length,
    cut: moving.some((row) => row.cut),
    failed: rows.filter(hasFailed).length,
    drafts: rows.filter((row) => row.phase === "arrived" && canPublish(row)).length,
  };
}
