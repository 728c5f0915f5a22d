import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { ApiError } from "../../api/client";
import type { Memory, Watch } from "../../api/tus";
import type { EditPhoto, PhotoPage } from "../../api/types";
import { canPublish, glanceAt, hasFailed, stateOf, type Entry } from "./entry";
import { UploadQueue, type Ports } from "./queue";
import type { Store } from "./store";

// What a queue is given: everything waits until a test lets it go on.
class World {
  now = 1_000_000;
  disk = new Map<string, Entry>();
  files = new Map<string, File>();
  storeRoom = Infinity;
  reasons: string[] = [];
  sends: Send[] = [];
  gaveUp: string[] = [];
  published: { photo: string; body: EditPhoto; done: (page: PhotoPage) => void;
    fail: (error: unknown) => void }[] = [];
  follows = new Map<string, { changed: (page: PhotoPage) => void; end: () => void }>();
  pauses: (() => void)[] = [];
  keys = 0;

  store: Store = {
    entries: async () => [...this.disk.values()],
    put: async (entry) => void this.disk.set(entry.id, structuredClone(entry)),
    keepFile: async (id, file) => (this.files.set(id, file), true),
    file: async (id) => this.files.get(id) ?? null,
    forgetFile: async (id) => void this.files.delete(id),
    remove: async (id) => void (this.disk.delete(id), this.files.delete(id)),
    clear: async () => (this.disk.clear(), this.files.clear()),
  };

  ports: Ports = {
    store: this.store,
    storeRoom: async () => this.storeRoom,
    judge: async (files) => files.map((_file, at) => this.reasons[at] ?? ""),
    send: (file, memory, watch) =>
      new Promise((done, fail) => {
        const send = { file, memory, watch, done, fail };
        this.sends.push(send);
        watch.signal.addEventListener("abort", () =>
          fail(new DOMException("stopped", "AbortError")));
      }),
    giveUp: async (place) => void this.gaveUp.push(place),
    follow: (photo, changed, signal) =>
      new Promise((end) => {
        this.follows.set(photo, { changed, end });
        signal.addEventListener("abort", () => end());
      }),
    publish: (photo, body) =>
      new Promise((done, fail) => this.published.push({ photo, body, done, fail })),
    pause: () => new Promise((resolve) => this.pauses.push(resolve)),
    newKey: () => `key-${(this.keys += 1)}`,
    now: () => this.now,
  };

  queue(account = "mei"): UploadQueue {
    return new UploadQueue(account, this.ports, () => {});
  }

  async arrive(at: number, photo: string): Promise<void> {
    this.sends[at]?.done(photo);
    await rest();
  }

  async become(photo: string, state: string): Promise<void> {
    this.follows.get(photo)?.changed(page(photo, state));
    if (!["received", "decoding"].includes(state)) this.follows.get(photo)?.end();
    await rest();
  }
}

interface Send {
  file: File;
  memory: Memory;
  watch: Watch;
  done: (photo: string) => void;
  fail: (error: unknown) => void;
}

const rest = () => new Promise((resolve) => setImmediate(resolve));
const page = (id: string, state: string, visibility = "private") =>
  ({ id, state, visibility, reason: null }) as unknown as PhotoPage;
const file = (name: string, size = 10) =>
  new File([new Uint8Array(size)], name, { type: "image/jpeg", lastModified: 7 });
const files = (count: number) => Array.from({ length: count }, (_, at) => file(`${at}.jpg`));

describe("the upload queue", () => {
  let world: World;
  let queue: UploadQueue;
  const states = () => queue.rows.map(stateOf);
  const id = (at = 0) => queue.rows[at]?.id ?? "";

  beforeEach(() => {
    world = new World();
    queue = world.queue();
  });

  it("sends three at a time, in the order they were chosen", async () => {
    await queue.add(files(5));
    assert.deepEqual(states(), ["sending", "sending", "sending", "waiting", "waiting"]);
    await world.arrive(1, "p1");
    assert.deepEqual(world.sends.map((send) => send.file.name), [
      "0.jpg", "1.jpg", "2.jpg", "3.jpg",
    ]);
    assert.deepEqual(states(), ["sending", "developing", "sending", "sending", "waiting"]);
  });

  it("takes fifty, and says how many were left out", async () => {
    await queue.add(files(52));
    assert.deepEqual([queue.rows.length, queue.leftOut], [50, 2]);
    await queue.add([file("one more.jpg")]);
    assert.deepEqual([queue.rows.length, queue.leftOut], [50, 1]);
  });

  it("refuses by itself what cannot succeed, and sends the others", async () => {
    world.reasons = ["", "fake.mov is a film."];
    await queue.add([file("a.jpg"), file("fake.mov"), file("b.jpg")]);
    assert.deepEqual(states(), ["sending", "refused", "sending"]);
    const trouble = { text: "fake.mov is a film.", again: false, fields: {} };
    assert.deepEqual(queue.rows[1]?.trouble, trouble);
    assert.equal(world.disk.size, 2, "what is refused is not kept");
    world.reasons = [];
    await queue.add([file("fake.mov")]);
    assert.deepEqual(states(), ["sending", "sending", "sending"], "it is judged anew");
  });

  it("tells how much has left, how fast, and that the line is cut", async () => {
    await queue.add([file("a.jpg", 1000)]);
    const { progress } = world.sends[0]!.watch;
    progress(0, false);
    world.now += 1000;
    progress(0.5, false);
    assert.deepEqual([queue.rows[0]?.sent, queue.rows[0]?.speed], [500, 500]);
    world.now += 10;
    progress(0.6, false);
    assert.equal(queue.rows[0]?.sent, 500, "not ten times a second");
    progress(0.6, true);
    assert.deepEqual([states(), queue.rows[0]?.speed], [["paused"], 0]);
    progress(0.6, false);
    assert.deepEqual(states(), ["sending"]);
  });

  it("publishes nothing by itself", async () => {
    await queue.add([file("a.jpg")]);
    await world.arrive(0, "p");
    await world.become("p", "published");
    assert.deepEqual([states(), world.published.length], [["draft"], 0]);
    assert.ok(canPublish(queue.rows[0]!));
  });

  it("publishes what is wanted as soon as there is a photo, while it develops", async () => {
    await queue.add([file("a.jpg")]);
    queue.say(id(), { title: " Dawn ", tags: ["harbour"], visibility: "followers" });
    queue.publish([id()]);
    assert.equal(world.published.length, 0);
    await world.arrive(0, "p");
    assert.deepEqual(world.published.map(({ photo, body }) => [photo, body]), [
      ["p", { title: "Dawn", description: "", alt: "", tags: ["harbour"],
        visibility: "followers" }],
    ]);
    world.published[0]!.done(page("p", "received", "followers"));
    await rest();
    assert.deepEqual([states(), queue.rows[0]?.out], [["developing"], true]);
    await world.become("p", "published");
    assert.deepEqual(states(), ["published"]);
    assert.equal(queue.rows[0]?.page?.visibility, "followers", "an old answer does not undo it");
    assert.equal(world.disk.size, 0, "nothing more is to be done");
  });

  it("says what was written while it was publishing", async () => {
    await queue.add([file("a.jpg")]);
    await world.arrive(0, "p");
    queue.publish([id()]);
    queue.say(id(), { alt: "A boat." });
    world.published[0]!.done(page("p", "received"));
    await rest();
    assert.deepEqual([world.published.length, world.published[1]?.body.alt], [2, "A boat."]);
    world.published[1]!.done(page("p", "received"));
    await rest();
    assert.equal(queue.rows[0]?.out, true);
  });

  it("goes on publishing after the line was cut, and not after a refusal", async () => {
    await queue.add([file("a.jpg")]);
    await world.arrive(0, "p");
    queue.publish([id()]);
    world.published[0]!.fail(new ApiError(0, "offline", "Nobody is there."));
    await rest();
    assert.equal(queue.rows[0]?.wanted, true);
    world.pauses.splice(0).forEach((go) => go());
    await rest();
    assert.equal(world.published.length, 2);
    const fields = new Map([["title", "Too long."]]);
    world.published[1]!.fail(new ApiError(400, "invalid_request", "Not right.", fields));
    await rest();
    assert.deepEqual([queue.rows[0]?.wanted, queue.rows[0]?.trouble?.fields], [
      false, { title: "Too long." },
    ]);
    queue.publish([id()]);
    assert.equal(world.published.length, 3);
  });

  it("offers another try only where it may help", async () => {
    await queue.add(files(2));
    world.sends[0]!.fail(new ApiError(422, "image_corrupt", "It is damaged."));
    world.sends[1]!.fail(new ApiError(413, "quota_exceeded", "There is no room."));
    await rest();
    assert.deepEqual(queue.rows.map((row) => row.trouble?.again), [false, true]);
    assert.ok(queue.rows.every(hasFailed));
    queue.retry(id(1));
    await rest();
    assert.deepEqual(states(), ["refused", "sending"]);
    assert.equal(world.sends.length, 3);
  });

  it("stops, goes on, and is taken off the list with what the server had of it", async () => {
    await queue.add([file("a.jpg")]);
    world.sends[0]!.memory.keep("/v1/uploads/1");
    queue.stop(id());
    await rest();
    assert.deepEqual(states(), ["stopped"]);
    queue.retry(id());
    await rest();
    assert.equal(world.sends[1]?.memory.begun.place, "/v1/uploads/1");
    await queue.remove(id());
    assert.deepEqual([queue.rows, world.gaveUp], [[], ["/v1/uploads/1"]]);
    assert.deepEqual([world.disk.size, world.files.size], [0, 0]);
  });

  it("sends nothing that waits for a click, however often it comes", async () => {
    await queue.add([file("a.jpg")], false);
    await queue.add([file("a.jpg")], false);
    assert.deepEqual([queue.rows.length, world.sends.length], [1, 0]);
    await queue.add([file("a.jpg")]);
    assert.equal(world.sends.length, 1, "chosen by somebody it is sent");
  });

  it("does not rest while files are looked at, and says where it has ended meanwhile", async () => {
    const adding = queue.do({ do: "add", files: [file("a.jpg")], start: false });
    assert.equal(queue.atRest, false);
    queue.end();
    assert.equal(await adding, false);
    assert.ok(queue.atRest);
  });

  it("leaves a photo alone that is taken off the list", async () => {
    await queue.add([file("a.jpg")]);
    world.sends[0]!.memory.keep("/v1/uploads/1");
    await world.arrive(0, "p");
    await queue.remove(id());
    assert.deepEqual(world.gaveUp, []);
  });

  it("says of all what was said of one, and only that", async () => {
    await queue.add(files(3));
    queue.say(id(1), { title: "Mine" });
    queue.say(id(0), { tags: ["harbour"], visibility: "followers" });
    queue.sayToAll(id(0));
    const said = queue.rows.map((row) => row.said);
    assert.deepEqual(said.map(({ title }) => title), ["", "Mine", ""]);
    assert.deepEqual(said.map(({ visibility }) => visibility), Array(3).fill("followers"));
    queue.say(id(2), { visibility: "private" });
    assert.deepEqual(queue.rows.map((row) => row.said.visibility), [
      "followers", "followers", "private",
    ]);
  });

  it("goes on after a reload where it was, with the files that were kept", async () => {
    world.storeRoom = 15; // for the first of the two
    await queue.add([file("a.jpg"), file("b.jpg")]);
    assert.deepEqual(queue.rows.map((row) => row.kept), [true, false]);
    assert.ok(queue.atRisk);
    queue.say(id(0), { title: "Dawn" });
    queue.publish([id(0)]);
    world.sends[0]!.memory.keep("/v1/uploads/1");
    const { key } = world.sends[0]!.memory.begun;
    queue.end();
    await rest();
    queue = world.queue();
    await queue.load();
    assert.deepEqual(states(), ["sending", "lost"]);
    const [row] = queue.rows;
    assert.deepEqual([row?.said.title, row?.wanted, row?.key, row?.place], [
      "Dawn", true, key, "/v1/uploads/1",
    ]);
    await queue.add([file("b.jpg")]);
    assert.deepEqual([states(), queue.rows.length], [["sending", "sending"], 2]);
  });

  it("asks for a file again that cannot be read any more, and goes on where it was", async () => {
    world.storeRoom = 0;
    await queue.add(files(4));
    world.sends[0]!.memory.keep("/v1/uploads/1");
    world.sends[0]!.fail(new ApiError(0, "unreadable", "It cannot be read."));
    await rest();
    assert.deepEqual(states(), ["lost", "sending", "sending", "sending"], "the others go on");
    await queue.add([file("0.jpg")]);
    await world.arrive(1, "p1");
    assert.deepEqual(states(), ["sending", "developing", "sending", "sending"]);
    assert.equal(world.sends[4]?.memory.begun.place, "/v1/uploads/1");
  });

  it("goes on with what it kept of a file that cannot be read any more", async () => {
    await queue.add([file("a.jpg")]);
    const copy = file("a.jpg");
    world.files.set(id(), copy);
    world.sends[0]!.fail(new ApiError(0, "unreadable", "It cannot be read."));
    await rest();
    assert.deepEqual([states(), world.sends[1]?.file === copy], [["sending"], true]);
    world.sends[1]!.fail(new ApiError(0, "unreadable", "Nor can this."));
    await rest();
    assert.deepEqual([states(), world.sends.length], [["lost"], 2]);
  });

  it("follows what had arrived, and forgets what was deleted elsewhere", async () => {
    await queue.add(files(2));
    await world.arrive(0, "p0");
    await world.arrive(1, "p1");
    queue.end();
    await rest();
    queue = world.queue();
    await queue.load();
    await world.become("p0", "held");
    assert.deepEqual(states(), ["draft", "developing"]);
    world.follows.get("p1")?.end();
    await rest();
    assert.deepEqual([queue.rows.length, world.disk.size], [1, 1]);
  });

  it("sends a file once that is chosen twice", async () => {
    await queue.add([file("a.jpg")]);
    await queue.add([file("a.jpg"), file("b.jpg")]);
    await world.arrive(0, "p");
    await queue.add([file("a.jpg")]);
    assert.deepEqual([queue.rows.length, world.sends.length], [2, 2]);
  });

  it("waits for a click where it was told to", async () => {
    await queue.add([file("a.jpg")], false);
    assert.deepEqual([states(), world.sends.length], [["stopped"], 0]);
    queue.retry(id());
    assert.equal(world.sends.length, 1);
    await queue.add([file("b.jpg")], false);
    queue.publish([id(1)]);
    assert.equal(world.sends.length, 2, "to publish it is to send it");
  });

  it("stops and forgets everything when somebody logs out", async () => {
    let go = (_bytes: number): void => {};
    world.ports.storeRoom = () => new Promise((resolve) => (go = resolve));
    const added = queue.add(files(2));
    await rest();
    await queue.forget();
    go(Infinity);
    await added;
    assert.ok(world.sends.every((send) => send.watch.signal.aborted));
    assert.deepEqual([queue.rows, world.disk.size, world.files.size], [[], 0, 0]);
  });

  it("keeps its files when the session ran out, and only for the same account", async () => {
    let go = (_bytes: number): void => {};
    world.ports.storeRoom = () => new Promise((resolve) => (go = resolve));
    const added = queue.add([file("a.jpg")]);
    await rest();
    world.sends[0]!.fail(new ApiError(401, "unauthenticated", "Log in."));
    queue.end(); // before its file is kept
    assert.equal(world.files.size, 0);
    go(Infinity);
    await added;
    const other = world.queue("jonas");
    world.disk.set("old", { ...[...world.disk.values()][0]!, id: "old", account: "jonas",
      created: world.now - 8 * 24 * 3600 * 1000 });
    queue = world.queue();
    await queue.load();
    assert.deepEqual(states(), ["sending"]);
    queue.end();
    await rest();
    await other.load();
    assert.deepEqual([other.rows, world.disk.size, world.files.size], [[], 0, 0]);
  });

  it("takes off the list what is published and developed, and nothing else", async () => {
    await queue.add(files(3));
    await world.arrive(0, "p0");
    await world.arrive(1, "p1");
    await world.become("p0", "published");
    queue.publish([id(0)]);
    world.published[0]!.done(page("p0", "published"));
    await rest();
    queue.clear();
    assert.deepEqual(states(), ["developing", "sending"]);
  });

  it("says to the shell how many are on their way, failed, or wait to be published", async () => {
    await queue.add(files(4));
    await world.arrive(0, "p0");
    world.sends[1]!.fail(new ApiError(422, "image_corrupt", "It is damaged."));
    await rest();
    world.sends[2]!.watch.progress(0, true);
    assert.deepEqual(glanceAt(queue.rows), {
      under_way: 2, of: 3, cut: true, failed: 1, drafts: 1,
    });
  });
});
