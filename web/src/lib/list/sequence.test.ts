import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { ApiError } from "../../api/client";
import type { List, Photo } from "../../api/types";
import { Sequence } from "./sequence.svelte";

// A server whose lists are read by the id of the last photo that one has, as the real one's are.
class Server {
  photos: Photo[] = [];
  asked: string[] = [];
  failing = false;

  constructor(count: number) {
    this.photos = Array.from({ length: count }, (_, index) => this.photo(count - index));
  }

  photo(id: number): Photo {
    const shape = { width: 100 + (id % 7), height: 100 };
    return { id: String(id).padStart(6, "0"), likes: 0, ...shape } as unknown as Photo;
  }

  publish(count: number): void {
    const newest = Number(this.photos[0]?.id ?? 0);
    for (let step = 1; step <= count; step += 1) this.photos.unshift(this.photo(newest + step));
  }

  load = async (cursor: string | null, limit = 20): Promise<List<Photo>> => {
    this.asked.push(`${cursor} ${limit}`);
    await Promise.resolve();
    if (this.failing) throw new ApiError(503, "unavailable", "Busy.");
    const rest = cursor === null ? this.photos : this.photos.filter(({ id }) => id < cursor);
    const items = rest.slice(0, limit);
    return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("a sequence", () => {
  let server: Server;
  let list: Sequence;
  beforeEach(() => {
    server = new Server(1000);
    list = new Sequence(server.load);
  });

  async function all() {
    while (!list.done) await list.more();
  }
  const ids = () => Array.from({ length: list.count }, (_, index) => list.idAt(index));
  const expected = () => server.photos.map(({ id }) => id);

  it("loads page by page, and knows every photo's place and shape", async () => {
    await list.more();
    assert.equal(list.count, 20);
    await all();
    assert.deepEqual(ids(), expected());
    assert.deepEqual(server.asked.slice(0, 3), ["null 20", "000981 60", "000921 60"]);
    assert.equal(list.indexOf("000001"), 999);
    assert.equal(list.indexOf("nobody"), -1);
    assert.ok(Math.abs((list.ratios[3] ?? 0) - (server.photos[3]?.width ?? 0) / 100) < 1e-6);
    assert.equal(list.card(999)?.id, "000001");
    assert.equal(list.card(1000), undefined);
    assert.equal(list.empty, false);
  });

  it("asks once at a time, and goes on after a failure", async () => {
    await Promise.all([list.more(), list.more()]);
    assert.equal(server.asked.length, 1);
    server.failing = true;
    await list.more();
    assert.equal(list.error?.code, "unavailable");
    assert.equal(list.broken, false);
    server.failing = false;
    await list.more();
    assert.equal(list.error, null);
    assert.equal(list.count, 80);
    const nothing = new Sequence(async () => ({ items: [], next: null }));
    await nothing.more();
    assert.equal(nothing.empty, true);
  });

  it("forgets the cards of old pages, and asks for them again where they are drawn", async () => {
    server = new Server(5000);
    list = new Sequence(server.load);
    while (!list.done) {
      await list.more();
      list.need(list.count - 10, list.count); // somebody scrolls down
    }
    assert.ok(list.cards.length <= 20 + 40 * 60, String(list.cards.length));
    assert.equal(list.card(0)?.id, "005000", "the first page stays");
    assert.equal(list.card(100), undefined);
    const before = server.asked.length;
    list.need(95, 105);
    list.need(95, 105);
    await settle();
    assert.equal(list.card(100)?.id, expected()[100]);
    assert.equal(server.asked.length, before + 1);
    assert.ok(list.cards.length <= 20 + 40 * 60);
  });

  async function forgotten(): Promise<void> {
    server = new Server(5000);
    list = new Sequence(server.load);
    await all();
    assert.equal(list.card(100), undefined);
  }

  it("leaves the place of a photo that is gone, and ignores what came between", async () => {
    await forgotten();
    const [gone, kept] = [list.idAt(100), list.idAt(139)];
    server.photos = server.photos.filter(({ id }) => id !== gone);
    const between = { ...server.photo(1), id: `${list.idAt(90)?.slice(0, 6)}-` };
    server.photos.splice(91, 0, between);
    list.need(100, 110);
    await settle();
    assert.equal(list.card(100), null);
    assert.equal(list.card(139)?.id, kept, "the last of its page, though another one came");
    assert.equal(list.count, 5000);
  });

  it("asks again where a page could not be had, when somebody looks there again", async () => {
    await forgotten();
    server.failing = true;
    list.need(100, 110);
    await settle();
    assert.equal(list.card(100), undefined);
    server.failing = false;
    list.need(100, 110);
    await settle();
    assert.equal(list.card(100)?.id, expected()[100]);
  });

  it("changes a photo, and takes one out", async () => {
    await all();
    list.patch("000950", { likes: 7 });
    assert.equal(list.card(50)?.likes, 7);
    list.patch("nobody", { likes: 7 });
    const epoch = list.epoch;
    list.remove("000950");
    server.photos = server.photos.filter(({ id }) => id !== "000950");
    assert.ok(list.epoch > epoch);
    assert.deepEqual(ids(), expected());
    assert.equal(list.card(50)?.id, "000949");
    assert.equal(list.card(998)?.id, "000001");
    assert.equal(list.indexOf("000001"), 998);
    assert.ok(Math.abs((list.ratios[998] ?? 0) - 1.01) < 1e-6);
  });

  it("tells of new photos, and puts them before the others when they are wanted", async () => {
    await all();
    await list.look();
    assert.equal(list.fresh, null);
    server.publish(3);
    await list.look();
    assert.equal(list.fresh?.photos.length, 3);
    assert.equal(list.count, 1000, "not by itself");
    list.showFresh();
    assert.equal(list.fresh, null);
    assert.deepEqual(ids(), expected());
    assert.equal(list.card(0)?.id, "001003");
    assert.equal(list.card(1002)?.id, "000001");
    assert.ok(Math.abs((list.ratios[1002] ?? 0) - 1.01) < 1e-6);
  });

  it("shows what is new at once where there was nothing", async () => {
    const { photos } = server;
    server.photos = [];
    await list.look(); // it has not been asked for yet: nothing is asked twice
    assert.deepEqual(server.asked, []);
    await list.more();
    await list.look();
    assert.ok(list.empty);
    server.photos = photos;
    await list.look();
    assert.equal(list.fresh, null);
    assert.equal(list.count, 20);
    await all();
    assert.deepEqual(ids(), expected());
  });

  it("begins anew where more are new than were asked for", async () => {
    await all();
    server.publish(30);
    await list.look();
    assert.equal(list.fresh?.next, "001011");
    list.showFresh();
    assert.equal(list.count, 20);
    await all();
    assert.deepEqual(ids(), expected());
  });

  it("drops a page of the old order that arrives late", async () => {
    await list.more();
    server.publish(30);
    await list.look();
    const late = list.more();
    list.showFresh();
    await late;
    assert.equal(list.count, 20);
    await all();
    assert.deepEqual(ids(), expected());
  });
});
