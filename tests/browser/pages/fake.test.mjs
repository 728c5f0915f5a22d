// The fake server's knobs do what they say: other tests believe them.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { Answers } from "../fake/answers.mjs";
import { startFake } from "../fake_server.mjs";
import { missing, photos } from "../support/paths.mjs";

describe("the fake server", { skip: missing(photos, "photos") }, () => {
  let server, fake;

  before(async () => {
    server = await startFake();
    fake = server.fake;
  });
  afterEach(() => fake.reset());
  after(() => server?.stop());

  const ask = (path) => fetch(server.address + path);
  const json = async (path) => (await ask(path)).json();

  it("lists 100,000 photos by pages, each with its own page and picture", async () => {
    fake.many = 100_000;
    const first = await json("/v1/feed/recent?limit=60");
    assert.equal(first.items.length, 60);
    const last = await json("/v1/feed/recent?limit=60&cursor=99980");
    assert.deepEqual([last.items.length, last.next], [20, null]);
    assert.equal(last.items.at(-1).title, "Photo 100000");
    const { id } = last.items.at(-1);
    assert.equal((await json(`/v1/photos/${id}`)).title, "Photo 100000");
    const picture = await ask(last.items.at(-1).urls[640]);
    assert.equal(picture.headers.get("content-type"), "image/jpeg");
    assert.equal((await ask("/v1/photos/1100000")).status, 404);
  });

  it("remembers what was done to one of many", async () => {
    fake.many = 1000;
    const { items } = await json("/v1/feed/recent");
    const { id, liked } = items[7];
    await fetch(`${server.address}/v1/photos/${id}/like`, { method: liked ? "DELETE" : "PUT" });
    assert.equal((await json("/v1/feed/recent")).items[7].liked, !liked);
  });

  it("holds calls until they are released, and only those", async () => {
    fake.hold(/^\/v1\/popular/);
    let answered = false;
    const held = ask("/v1/popular").then(() => (answered = true));
    assert.equal((await ask("/v1/feed/recent")).status, 200);
    assert.equal(answered, false);
    fake.release();
    await held;
    assert.equal(answered, true);
  });

  it("cuts every connection while it is offline", async () => {
    fake.offline = true;
    await assert.rejects(ask("/v1/instance"));
    await assert.rejects(ask("/"));
    fake.offline = false;
    assert.equal((await ask("/v1/instance")).status, 200);
  });

  it("has nothing in any list while it is empty", async () => {
    fake.empty = true;
    for (const path of ["/v1/feed/recent", "/v1/notifications", "/v1/accounts/mei/followers"]) {
      assert.deepEqual(await json(path), { items: [], next: null }, path);
    }
  });

  it("has the longest words where it is asked for them, within the limits", async () => {
    fake.long = true;
    const { items } = await json("/v1/feed/recent");
    const { limits } = await json("/v1/instance");
    assert.ok(items[0].title.length > limits.title * 0.9 && items[0].title.length <= limits.title);
    assert.ok(items[0].owner.name.length <= limits.name);
    assert.ok(items[0].tags[0].length > 40 && items[0].tags[0].length <= limits.tag);
    assert.equal(items[1].title, "", "what is empty stays empty");
  });

  it("is whose log-in it was, and changes nothing that is meant for another", async () => {
    const send = async (method, path, body, headers = {}) => {
      const answer = await fetch(server.address + path, { method, headers, body });
      return [answer.status, (await answer.json()).code];
    };
    const change = (id) =>
      send("PATCH", "/v1/me", '{"bio":"Trains."}', { "Picsharz-Account": id });
    const key = { "Idempotency-Key": "log-in" };
    await send("POST", "/v1/sessions", '{"login":"jonas","password":"x"}', key);
    const { id, handle } = await json("/v1/me");
    assert.equal(handle, "jonas");
    assert.deepEqual(await change("9000"), [403, "other_account"]);
    assert.equal((await json("/v1/me")).bio, "");
    assert.deepEqual(await change(id), [200, undefined]);
  });

  it("creates nothing without a key of its own", async () => {
    const create = async (path, key, body = "{}") => {
      const headers = { "Content-Type": "application/json" };
      if (key) headers["Idempotency-Key"] = key;
      const answer = await fetch(server.address + path, { method: "POST", headers, body });
      return [answer.status, (await answer.json().catch(() => null))?.code];
    };
    const path = "/v1/notifications/read";
    assert.deepEqual(await create(path), [400, "invalid_idempotency_key"]);
    assert.equal((await create(path, "one"))[0], 200);
    assert.equal((await create(path, "one"))[0], 200, "the same once more");
    assert.deepEqual(await create(path, "one", '{"a":1}'), [422, "idempotency_key_reused"]);
    assert.deepEqual(await create("/v1/accounts/verify/resend", "one"),
      [422, "idempotency_key_reused"]);
    assert.equal((await create(path, "two", '{"a":1}'))[0], 200);
  });

  it("takes a literal address before one with a parameter, and each address once", () => {
    const area = { "GET /a/:b": () => 1, "GET /a/c": () => 2, "GET /a/:b/d": () => 3 };
    const found = new Answers([area]).find("GET", "/a/c");
    assert.equal(found.answer(), 2);
    assert.deepEqual(new Answers([area]).find("GET", "/a/x%20y").params, { b: "x y" });
    assert.equal(new Answers([area]).find("PUT", "/a/c"), undefined);
    assert.equal(new Answers([area]).find("GET", "/a/"), undefined);
    assert.throws(() => new Answers([area, { "GET /a/c": () => 4 }]), /two areas/);
  });
});
