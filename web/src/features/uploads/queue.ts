// The upload queue: what is sent when, and what becomes of it.
//
//   waiting -> sending -> arrived (developing, then published, held, removed or rejected)
//      |          \-> refused, by the server          a reload: sending -> waiting, or lost
//      \-> refused, by what can be told before        stop(): -> stopped; retry(): -> waiting
//
// A file is sent at once, as a photo that only its owner sees, so that it develops while somebody
// still writes about it. publish() is a wish: as soon as there is a photo, what was said of it and
// for whom it is are set, in one request. Three files are sent at a time.
//
// It knows neither the page nor the network nor the disk: those are its ports.
import { ApiError } from "../../api/client";
import type { Memory, Watch } from "../../api/tus";
import type { EditPhoto, PhotoPage } from "../../api/types";
import { developing } from "../../lib/states";
import {
  bodyOf,
  canPublish,
  entryOf,
  isOpen,
  isSameFile,
  isUnderWay,
  nothingSaid,
  rowOf,
  type Entry,
  type Row,
  type Said,
  type Trouble,
} from "./entry";
import { atOnce } from "./limits";
import { Speed } from "./speed";
import type { Store } from "./store";

export interface Ports {
  store: Store;
  storeRoom: () => Promise<number>; // bytes
  // Why each would be refused, "" where it would not; `before`: those that are in the queue.
  judge: (files: readonly File[], before: readonly Row[]) => Promise<string[]>;
  send: (file: File, memory: Memory, watch: Watch) => Promise<string>; // the photo
  giveUp: (place: string) => Promise<void>;
  follow: (
    photo: string,
    changed: (page: PhotoPage) => void,
    signal: AbortSignal,
  ) => Promise<void>; // until it is developed, or gone
  publish: (photo: string, body: EditPhoto, signal: AbortSignal) => Promise<PhotoPage>;
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  newKey: () => string;
  now: () => number;
}

export type Command =
  | { do: "add"; files: readonly File[]; start: boolean }
  | { do: "say"; id: string; change: Partial<Said> }
  | { do: "say_to_all"; id: string }
  | { do: "publish"; ids: readonly string[] }
  | { do: "retry"; id: string }
  | { do: "stop"; id: string }
  | { do: "remove"; id: string }
  | { do: "clear" };

const lanes = 3;
const lifetime = 7 * 24 * 3600 * 1000; // of an entry that nobody came back for
const toldEvery = 200; // ms between two tellings of progress
const waits = [1000, 2000, 4000, 8000, 15_000, 30_000];
// The file itself is what is wrong: the same again would be refused again.
const final = new Set(["unsupported_format", "image_corrupt", "image_too_large", "image_empty",
  "file_too_large"]);

const isPassing = (error: ApiError) =>
  error.status === 0 || error.status === 429 || error.status >= 500;

function troubleOf(error: ApiError): Trouble {
  return {
    text: error.detail,
    again: !final.has(error.code),
    fields: Object.fromEntries(error.fields),
  };
}

// It is refused whatever is done: only another file helps.
const isFinal = (row: Row) => row.phase === "refused" && row.trouble?.again === false;

export class UploadQueue {
  rows: readonly Row[] = [];
  leftOut = 0; // files of the last choice, beyond those that fit at once
  readonly #files = new Map<string, File>();
  readonly #sending = new Map<string, AbortController>();
  readonly #speeds = new Map<string, Speed>();
  readonly #publishing = new Set<string>();
  readonly #over = new AbortController();
  #forgotten = false;
  #keptBytes = 0;
  #order = 0;
  #adding = 0; // files are being looked at

  constructor(
    readonly account: string,
    readonly ports: Ports,
    readonly changed: () => void,
  ) {}

  // What was left by an earlier page. What belongs to somebody else, or is old, goes.
  async load(): Promise<void> {
    const { store, now } = this.ports;
    const all = await store.entries();
    const mine = (entry: Entry) =>
      entry.account === this.account && now() - entry.created < lifetime;
    await Promise.all(all.filter((entry) => !mine(entry)).map(({ id }) => store.remove(id)));
    const rows = await Promise.all(all.filter(mine).map((entry) => this.#restored(entry)));
    if (this.#over.signal.aborted) return;
    this.rows = [...rows, ...this.rows];
    for (const row of rows) if (row.phase === "arrived") this.#arrived(row.id);
    this.#tell();
    this.#fill();
  }

  // Nothing is sent any more; what is kept stays, for this account's next page.
  end(): void {
    this.#over.abort();
    for (const stop of this.#sending.values()) stop.abort();
    this.rows = [];
    this.#files.clear();
  }

  // The same, and nothing stays.
  async forget(): Promise<void> {
    this.#forgotten = true;
    this.end();
    await this.ports.store.clear();
  }

  file(id: string): File | null {
    return this.#files.get(id) ?? null;
  }

  // Whether nothing more is to be done or waited for.
  get atRest(): boolean {
    if (this.#adding > 0) return false;
    return this.rows.every((row) => row.out && row.page && !developing(row.page));
  }

  // Whether files are on their way that will be missing when the page ends.
  get atRisk(): boolean {
    return this.rows.some((row) => isUnderWay(row) && !row.kept);
  }

  // False: it could not be done, the queue has ended meanwhile.
  async do(command: Command): Promise<boolean> {
    return (await this.#act(command)) !== false;
  }

  async #act(command: Command): Promise<boolean | void> {
    switch (command.do) {
      case "add":
        return this.add(command.files, command.start);
      case "say":
        return this.say(command.id, command.change);
      case "say_to_all":
        return this.sayToAll(command.id);
      case "publish":
        return this.publish(command.ids);
      case "retry":
        return this.retry(command.id);
      case "stop":
        return this.stop(command.id);
      case "remove":
        return this.remove(command.id);
      case "clear":
        return this.clear();
    }
  }

  // Files that are here already go on where they were; `start`: the others are sent at once. What
  // is done with makes room for them.
  async add(given: readonly File[], start = true): Promise<boolean> {
    this.#adding += 1;
    try {
      return await this.#add(given, start);
    } finally {
      this.#adding -= 1;
    }
  }

  async #add(given: readonly File[], start: boolean): Promise<boolean> {
    this.clear();
    const fresh = given.filter((file) => !this.#goesOn(file, start));
    const room = Math.max(0, atOnce - this.rows.filter(isOpen).length);
    const taken = fresh.slice(0, room);
    this.leftOut = fresh.length - taken.length;
    const reasons = await this.ports.judge(taken, this.rows);
    if (this.#over.signal.aborted) return false;
    const rows = taken.map((file, index) => this.#made(file, reasons[index] ?? "", start));
    const anew = (row: Row) => isFinal(row) && taken.some((file) => isSameFile(row, file));
    this.rows = [...this.rows.filter((row) => !anew(row)), ...rows];
    for (const [index, row] of rows.entries()) {
      const file = taken[index];
      if (file && row.phase !== "refused") this.#files.set(row.id, file);
    }
    this.#tell();
    const going = rows.filter((row) => row.phase !== "refused");
    for (const row of going) void this.ports.store.put(entryOf(row));
    this.#fill();
    await this.#keep(going.map(({ id }) => id));
    return true;
  }

  say(id: string, change: Partial<Said>): void {
    const row = this.#find(id);
    if (!row) return;
    const names = Object.keys(change) as (keyof Said)[];
    const touched = [...new Set([...row.touched, ...names])];
    this.#set(id, { said: { ...row.said, ...change }, touched });
  }

  // What somebody said of one is said of all that are not published yet.
  sayToAll(id: string): void {
    const from = this.#find(id);
    if (!from) return;
    const change = Object.fromEntries(from.touched.map((name) => [name, from.said[name]]));
    for (const row of this.rows) {
      if (row.id !== id && !row.out && !isFinal(row)) this.say(row.id, change);
    }
  }

  publish(ids: readonly string[]): void {
    for (const id of ids) {
      const row = this.#find(id);
      if (!row || !canPublish(row)) continue;
      this.#set(id, { wanted: true, trouble: row.phase === "arrived" ? null : row.trouble });
      if (row.phase === "stopped") this.retry(id); // what is to be published has to be sent
      void this.#publish(id);
    }
  }

  retry(id: string): void {
    const row = this.#find(id);
    if (!row || (row.phase !== "refused" && row.phase !== "stopped")) return;
    this.#set(id, { phase: "waiting", trouble: null });
    this.#fill();
  }

  stop(id: string): void {
    const row = this.#find(id);
    if (!row || !isUnderWay(row)) return;
    this.#set(id, { phase: "stopped", speed: 0, cut: false });
    this.#sending.get(id)?.abort();
  }

  // Of the list. What the server has of the file it gives up; a photo stays.
  async remove(id: string): Promise<void> {
    const row = this.#find(id);
    if (!row) return;
    this.rows = this.rows.filter((each) => each.id !== id);
    this.#sending.get(id)?.abort();
    this.#forgetFile(row);
    this.#tell();
    await this.ports.store.remove(id);
    if (row.photo === null && row.place !== null) await this.ports.giveUp(row.place);
  }

  // Those with which nothing is to be done any more.
  clear(): void {
    for (const row of this.rows) {
      if (row.phase === "arrived" && row.out && row.page && !developing(row.page)) {
        void this.remove(row.id);
      }
    }
  }

  #find(id: string): Row | undefined {
    return this.rows.find((row) => row.id === id);
  }

  #tell(): void {
    if (!this.#over.signal.aborted) this.changed();
  }

  #set(id: string, change: Partial<Row>): void {
    const before = this.#find(id);
    if (!before || this.#over.signal.aborted) return;
    const after = { ...before, ...change };
    this.rows = this.rows.map((row) => (row.id === id ? after : row));
    this.#tell();
    void this.ports.store.put(entryOf(after));
  }

  // What is told and not kept.
  #show(id: string, change: Partial<Row>): void {
    this.rows = this.rows.map((row) => (row.id === id ? { ...row, ...change } : row));
    this.#tell();
  }

  #made(file: File, reason: string, start: boolean): Row {
    this.#order += 1;
    const entry: Entry = {
      id: this.ports.newKey(),
      account: this.account,
      name: file.name,
      size: file.size,
      type: file.type,
      modified: file.lastModified,
      said: nothingSaid,
      touched: [],
      wanted: false,
      out: false,
      key: this.ports.newKey(),
      place: null,
      phase: reason ? "refused" : start ? "waiting" : "stopped",
      trouble: reason ? { text: reason, again: false, fields: {} } : null,
      photo: null,
      // In the order they were chosen, also after a reload.
      created: this.ports.now() + this.#order / 1000,
    };
    return rowOf(entry);
  }

  async #restored(entry: Entry): Promise<Row> {
    const row = rowOf(entry);
    if (row.phase === "arrived") return row;
    const file = await this.ports.store.file(entry.id);
    if (!file) return { ...row, phase: row.phase === "refused" ? "refused" : "lost" };
    this.#files.set(entry.id, file);
    this.#keptBytes += file.size;
    return { ...row, kept: true, phase: row.phase === "sending" ? "waiting" : row.phase };
  }

  // Chosen once more: what was lost or refused goes on, what is under way is not sent twice.
  // Without `start` what nobody has sent yet waits on.
  #goesOn(file: File, start: boolean): boolean {
    const stands = (each: Row) => !each.out && !isFinal(each) && isSameFile(each, file);
    const row = this.rows.find(stands);
    if (!row) return false;
    if (isUnderWay(row) || row.phase === "arrived") return true;
    this.#files.set(row.id, file);
    this.#set(row.id, { phase: start ? "waiting" : "stopped", trouble: null });
    this.#fill();
    void this.#keep([row.id]);
    return true;
  }

  // Goes on when the session has run out meanwhile: then it is what the next one needs.
  async #keep(ids: readonly string[]): Promise<void> {
    const { store, storeRoom } = this.ports;
    const files = ids.map((id) => [id, this.#files.get(id)] as const);
    const room = await storeRoom();
    for (const [id, file] of files) {
      if (this.#forgotten) return;
      const wanted = this.#over.signal.aborted || this.#find(id)?.photo === null;
      if (!file || !wanted || this.#keptBytes + file.size > room) continue;
      if (!(await store.keepFile(id, file))) continue;
      this.#keptBytes += file.size;
      if (this.#over.signal.aborted) continue;
      if (this.#find(id)?.photo === null) this.#show(id, { kept: true });
      else this.#dropFile(id, file.size); // it has arrived, or is off the list
    }
  }

  #dropFile(id: string, size: number): void {
    this.#keptBytes -= size;
    void this.ports.store.forgetFile(id);
  }

  #forgetFile(row: Row): void {
    this.#files.delete(row.id);
    this.#speeds.delete(row.id);
    if (row.kept) this.#dropFile(row.id, row.size);
  }

  #fill(): void {
    for (const row of this.rows) {
      if (this.#sending.size >= lanes || this.#over.signal.aborted) return;
      if (row.phase === "waiting" && !this.#sending.has(row.id)) void this.#send(row.id);
    }
  }

  async #send(id: string): Promise<void> {
    const stop = new AbortController();
    this.#sending.set(id, stop);
    this.#speeds.set(id, new Speed());
    this.#set(id, { phase: "sending", speed: 0 });
    try {
      const file = this.#files.get(id);
      if (!file) return this.#set(id, { phase: "lost" });
      const watch = { progress: this.#progress(id, file.size), signal: stop.signal };
      const photo = await this.ports.send(file, this.#memory(id), watch);
      this.#took(id, photo);
    } catch (error) {
      await this.#failed(id, error, stop.signal.aborted);
    } finally {
      this.#sending.delete(id);
      this.#fill();
    }
  }

  #took(id: string, photo: string): void {
    const row = this.#find(id);
    if (!row) return;
    this.#set(id, { phase: "arrived", photo, sent: row.size, speed: 0, cut: false, kept: false });
    this.#forgetFile(row);
    this.#arrived(id);
  }

  async #failed(id: string, error: unknown, stopped: boolean): Promise<void> {
    if (stopped) return;
    if (!(error instanceof ApiError)) throw error;
    // Whoever logs in again goes on.
    if (error.code === "unauthenticated") return this.#set(id, { phase: "waiting" });
    if (error.code === "unreadable") return this.#unread(id);
    this.#set(id, { phase: "refused", trouble: troubleOf(error), speed: 0, cut: false });
  }

  // The file is gone from where it was chosen, or has changed. What is kept of it goes on.
  async #unread(id: string): Promise<void> {
    const kept = this.#find(id)?.kept ? await this.ports.store.file(id) : null;
    if (this.#find(id)?.phase !== "sending") return; // stopped, or taken off the list meanwhile
    const other = kept && kept !== this.#files.get(id) ? kept : null;
    if (other) this.#files.set(id, other);
    this.#set(id, { phase: other ? "waiting" : "lost", speed: 0, cut: false });
  }

  #progress(id: string, size: number): Watch["progress"] {
    let told = -Infinity;
    return (share, cut) => {
      const row = this.#find(id);
      if (!row || row.phase !== "sending") return;
      const [now, sent] = [this.ports.now(), Math.round(share * size)];
      const speed = this.#speeds.get(id)?.at(now, sent) ?? 0;
      if (cut === row.cut && now - told < toldEvery) return;
      told = now;
      this.#show(id, { sent, cut, speed: cut ? 0 : speed });
    };
  }

  #memory(id: string): Memory {
    const find = () => this.#find(id);
    return {
      get begun() {
        const row = find();
        return { key: row?.key ?? "", place: row?.place ?? null };
      },
      keep: (place) => this.#set(id, { place }),
      forget: () => this.#set(id, { key: this.ports.newKey(), place: null }),
    };
  }

  #arrived(id: string): void {
    void this.#follow(id);
    void this.#publish(id);
  }

  async #follow(id: string): Promise<void> {
    const photo = this.#find(id)?.photo;
    if (!photo) return;
    const changed = (page: PhotoPage) => {
      const row = this.#find(id);
      // An answer from before the publishing may come after it.
      const { visibility } = row?.out ? row.said : page;
      this.#show(id, { page: { ...page, visibility } });
    };
    await this.ports.follow(photo, changed, this.#over.signal);
    const page = this.#find(id)?.page;
    if (this.#over.signal.aborted) return;
    if (page && !developing(page)) this.#settled(id);
    else await this.remove(id); // it was deleted elsewhere
  }

  // Nothing more becomes of it: the next page need not know of it.
  #settled(id: string): void {
    const row = this.#find(id);
    if (row?.out && row.page && !developing(row.page)) void this.ports.store.remove(id);
  }

  // As soon as there is a photo and somebody wants it. What is said meanwhile is said, too.
  async #publish(id: string): Promise<void> {
    if (this.#publishing.has(id)) return;
    this.#publishing.add(id);
    try {
      for (let tries = 0; ; tries += 1) {
        const row = this.#find(id);
        if (!row || row.photo === null || !row.wanted || row.out) return;
        if (await this.#publishOnce(row, row.photo)) continue;
        const wait = waits[Math.min(tries, waits.length - 1)] ?? 0;
        await this.ports.pause(wait, this.#over.signal);
        if (this.#over.signal.aborted) return;
      }
    } finally {
      this.#publishing.delete(id);
    }
  }

  // False: once more, later.
  async #publishOnce(row: Row, photo: string): Promise<boolean> {
    try {
      const page = await this.ports.publish(photo, bodyOf(row.said), this.#over.signal);
      const now = this.#find(row.id);
      if (now && now.said !== row.said) return true;
      this.#set(row.id, { out: true, page, trouble: null });
      this.#settled(row.id);
      return true;
    } catch (error) {
      if (this.#over.signal.aborted) return true;
      if (!(error instanceof ApiError)) throw error;
      if (isPassing(error) || error.code === "unauthenticated") return false;
      this.#set(row.id, { wanted: false, trouble: troubleOf(error) });
      return true;
    }
  }
}

