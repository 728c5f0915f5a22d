// The uploads of whoever is signed in, as every page and tab sees them.
//
// One tab holds the queue and sends; the others show what it tells, and pass on what is wanted of
// it. When it is closed, another one takes over from what is kept (turns.ts, store.ts).
import {
  ApiError,
  editPhoto,
  getMe,
  getPhoto,
  type Photo,
  type PhotoPage,
} from "../../api";
import { randomKey } from "../../api/client";
import { giveUpload, uploadPhoto } from "../../api/tus";
import { say } from "../../i18n/say";
import { watchPhoto } from "../photos/watch";
import { loadInstance } from "../sessions/session.svelte";
import { glanceAt, isUnderWay, nothing, type Row } from "./entry";
import { markUploads, tellGlance, whenEnded } from "./glance.svelte";
import { readExtent } from "./header";
import { reasonAgainst, roomOf, type Room } from "./limits";
import { UploadQueue, type Command, type Ports } from "./queue";
import { openStore, storeRoom, type Store } from "./store";
import { takeTurn, type Locks } from "./turns";

type Said =
  | { kind: "rows"; account: string; rows: readonly Row[]; leftOut: number }
  | { kind: "command"; account: string; command: Command }
  | { kind: "hello"; account: string }
  | { kind: "forget" };

const channelName = "picsharz-uploads";

// Each file against what is left when those before it have arrived.
async function judge(files: readonly File[], before: readonly Row[]): Promise<string[]> {
  const [instance, me] = await Promise.all([loadInstance(), getMe().catch(() => null)]);
  await say(["upload"]);
  let room = me && roomOf(me.quotas);
  for (const row of before) room = room && without(room, row);
  const reasons: string[] = [];
  for (const file of files) {
    const reason = reasonAgainst(file, await readExtent(file), instance, room);
    if (!reason && room) room = { ...room, bytes: room.bytes - file.size, photos: room.photos - 1 };
    reasons.push(reason);
  }
  return reasons;
}

// The bytes of what has begun are counted by the server already.
function without(room: Room, row: Row): Room {
  if (!isUnderWay(row)) return room;
  const bytes = row.place === null ? room.bytes - row.size : room.bytes;
  return { ...room, bytes, photos: room.photos - 1 };
}

async function follow(id: string, changed: (page: PhotoPage) => void, signal: AbortSignal) {
  try {
    const page = await getPhoto(id, signal);
    changed(page);
    await watchPhoto(page, changed, signal);
  } catch (error) {
    if (signal.aborted || (error instanceof ApiError && error.code === "not_found")) return;
    await watchPhoto({ id, state: "received" } as Photo, changed, signal);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const now = () => (clearTimeout(timer), resolve());
    addEventListener("online", now, { once: true });
    signal.addEventListener("abort", now, { once: true });
  });
}

const portsOf = (store: Store): Ports => ({
  store,
  storeRoom,
  judge,
  send: (file, memory, watch) => uploadPhoto(file, { visibility: "private" }, memory, watch),
  giveUp: giveUpload,
  follow,
  publish: (photo, body) => editPhoto(photo, body),
  pause,
  newKey: randomKey,
  now: () => Date.now(),
});

class Uploads {
  #rows = $state.raw<readonly Row[]>([]);
  #leftOut = $state(0);
  #ready = $state(false);
  #account = "";
  #queue: UploadQueue | null = null;
  #store: Promise<Store> | null = null;
  #channel: BroadcastChannel | null = null;
  #stop = new AbortController();
  #waiting: (() => Promise<void>)[] = []; // until it is known who sends
  #heard = false; // of the tab that does
  #telling: ReturnType<typeof setTimeout> | undefined;

  get rows() {
    return this.#rows;
  }

  get leftOut() {
    return this.#leftOut;
  }

  // Whether it is known what there is.
  get ready() {
    return this.#ready;
  }

  start(account: string): void {
    if (this.#account === account) return;
    if (this.#account) void this.end(false);
    this.#account = account;
    this.#stop = new AbortController();
    whenEnded((forget) => this.end(forget));
    if (typeof BroadcastChannel === "function") {
      this.#channel = new BroadcastChannel(channelName);
      this.#channel.onmessage = (event: MessageEvent<Said>) => void this.#hear(event.data);
      this.#post({ kind: "hello", account });
    }
    takeTurn(() => void this.#lead(account), this.#stop.signal, {
      locks: navigator.locks as Locks | undefined,
      storage: storageOrNull(),
      now: () => Date.now(),
      tab: randomKey(),
      every: (milliseconds, act, signal) => {
        const timer = setInterval(act, milliseconds);
        signal.addEventListener("abort", () => clearInterval(timer), { once: true });
      },
    });
    addEventListener("beforeunload", this.#warn, { signal: this.#stop.signal });
    addEventListener("pagehide", this.#leave, { signal: this.#stop.signal });
  }

  // `forget`: and nothing of it stays in this browser, in no tab. Others may send where this one
  // has never looked.
  async end(forget: boolean): Promise<void> {
    if (forget && typeof BroadcastChannel === "function") {
      const channel = this.#channel ?? new BroadcastChannel(channelName);
      channel.postMessage({ kind: "forget" } satisfies Said);
      channel.close();
    }
    await this.#end(forget);
  }

  async #end(forget: boolean): Promise<void> {
    const store = this.#store;
    this.#stop.abort();
    const forgotten = forget ? this.#queue?.forget() : this.#queue?.end();
    this.#channel?.close();
    clearTimeout(this.#telling);
    this.#telling = undefined;
    this.#queue = this.#channel = this.#store = null;
    this.#account = "";
    this.#waiting = [];
    this.#heard = this.#ready = false;
    this.#rows = [];
    this.#leftOut = 0;
    tellGlance(nothing);
    if (!forget) return;
    await forgotten;
    await (await (store ?? openStore())).clear();
    markUploads(false);
  }

  // Nobody looks at it. The turn of a tab keeps a page from the browser's memory for Back.
  rest(): void {
    if (this.#queue?.atRest && this.#ready) void this.#end(false);
  }

  // Until it is done, or passed on.
  // False: it was not done, and never will be.
  async do(command: Command): Promise<boolean> {
    if (this.#queue) return this.#queue.do(command);
    if (this.#heard) {
      this.#post({ kind: "command", account: this.#account, command });
      return true;
    }
    return new Promise((done) => {
      this.#waiting.push(async () => done(await this.do(command)));
    });
  }

  // What a row can show before the server has a picture of it.
  async file(id: string): Promise<File | null> {
    return this.#queue?.file(id) ?? (await (this.#store ??= openStore())).file(id);
  }

  async #lead(account: string): Promise<void> {
    const store = await (this.#store ??= openStore());
    await say(["upload"]).catch(() => {});
    if (this.#account !== account) return;
    this.#heard = false;
    this.#queue = new UploadQueue(account, portsOf(store), () => this.#changed());
    await this.#queue.load();
    this.#ready = true;
    for (const go of this.#waiting.splice(0)) await go();
  }

  #changed(): void {
    const queue = this.#queue;
    if (!queue) return;
    this.#rows = queue.rows;
    this.#leftOut = queue.leftOut;
    tellGlance(glanceAt(queue.rows));
    markUploads(queue.rows.some((row) => !row.out));
    this.#telling ??= setTimeout(() => this.#tell(), 250);
  }

  #tell(): void {
    this.#telling = undefined;
    const queue = this.#queue;
    if (!queue) return;
    const { account, rows, leftOut } = queue;
    this.#post({ kind: "rows", account, rows, leftOut });
  }

  #post(said: Said): void {
    this.#channel?.postMessage(said);
  }

  async #hear(said: Said): Promise<void> {
    if (said.kind === "forget") return this.#end(true);
    if (said.account !== this.#account) return;
    if (said.kind === "hello") return this.#tell();
    if (said.kind === "command") return void this.#queue?.do(said.command);
    if (this.#queue) return;
    this.#rows = said.rows;
    this.#leftOut = said.leftOut;
    this.#heard = this.#ready = true;
    tellGlance(glanceAt(said.rows));
    for (const go of this.#waiting.splice(0)) await go();
  }

  #warn = (event: BeforeUnloadEvent) => {
    if (this.#queue?.atRisk) event.preventDefault();
  };

  // A page that is left gives its turn away at once, also one that the browser keeps for Back.
  #leave = (event: PageTransitionEvent) => {
    if (!event.persisted) return this.#stop.abort();
    const account = this.#account;
    void this.#end(false);
    addEventListener("pageshow", () => this.start(account), { once: true });
  };
}

function storageOrNull() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

export const uploads = new Uploads();
