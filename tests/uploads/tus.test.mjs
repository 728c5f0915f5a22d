// tus-js-client against the real server, through a line that breaks (R18, W10).
//
// PICSHARZ_CUTS: how many cuts (60; a thousand in make check-long). PICSHARZ_SEED runs one again.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import * as tus from "tus-js-client";
import { noServer, startServer } from "../browser/support/server.mjs";
import { FaultProxy, ways, writtenTo } from "./fault_proxy.mjs";

const cuts = Number(process.env.PICSHARZ_CUTS ?? 60);
const seed = Number(process.env.PICSHARZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const kib = 1024;
// So often, 5 ms apart: a server that hears of a cut waits for its disk before it lets go of the
// upload, and a disk has others to wait for.
const tries = 2000;

// mulberry32
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (bound) => Math.floor(random() * bound);

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(typeof crc32 === "function" ? crc32(body) : slowCrc(body));
  return Buffer.concat([length, body, sum]);
}

function slowCrc(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

// A small picture that is about `size` bytes long: an ancillary chunk holds noise.
function picture(size) {
  const header = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0]);
  const pixels = deflateSync(Buffer.alloc(8 * 25, below(256)));
  const noise = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) noise.writeUInt32LE(below(2 ** 32), at);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", pixels),
    chunk("teSt", noise),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

describe("tus-js-client through a line that breaks", { skip: noServer() }, () => {
  let server;
  let proxy;
  let address;
  let headers;
  let data;

  before(async () => {
    console.log(`PICSHARZ_SEED=${seed}`);
    data = mkdtempSync(join(tmpdir(), "picsharz-uploads-"));
    server = await startServer({
      PICSHARZ_DATA__DIR: data,
      PICSHARZ_DATA__RESERVE: "1MiB",
      PICSHARZ_MODELS__DIR: "/nonexistent",
      PICSHARZ_UPLOADS__PER_DAY: "1000000",
      // A person's line does not break a hundred times in a second.
      PICSHARZ_RATES__READ: "0",
      PICSHARZ_RATES__WRITE: "0",
      PICSHARZ_RATES__UPLOAD: "0",
      PICSHARZ_LOG__REQUESTS: "false",
    });
    const { hostname, port } = new URL(server.address);
    proxy = new FaultProxy({ host: hostname, port: Number(port) });
    proxy.settled = writtenTo(data);
    address = await proxy.start();
    const setup = await fetch(`${server.address}/v1/setup`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        token: server.setupLink.split("token=")[1],
        handle: "ada",
        name: "Ada",
        email: "ada@example.org",
        password: "correct horse battery",
        country: "SG",
        use: "token",
      }),
    });
    headers = { Authorization: `Bearer ${(await setup.json()).token}` };
  });
  after(async () => {
    await proxy?.stop();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  // Runs to its end; gives the upload. `touch` sees the upload before it starts.
  function upload(bytes, options = {}, touch = () => {}) {
    return new Promise((resolve, reject) => {
      const one = new tus.Upload(bytes, {
        endpoint: `${address}/v1/uploads`,
        headers,
        retryDelays: Array(tries).fill(5),
        onSuccess: () => resolve(one),
        onError: reject,
        ...options,
      });
      touch(one);
      one.start();
    });
  }

  function assertStored(bytes) {
    const digest = createHash("sha256").update(bytes).digest("hex");
    const kept = readFileSync(join(data, "objects/originals", digest.slice(0, 2), digest));
    assert.ok(kept.equals(bytes), "the stored bytes are others");
  }

  async function head(url) {
    return fetch(url, { method: "HEAD", headers: { ...headers, "Tus-Resumable": "1.0.0" } });
  }

  it(`sends little again: ${cuts} cuts by reset, FIN and half-close`, async () => {
    let most = 0;
    let total = 0;
    while (proxy.cuts < cuts) {
      const bytes = picture(200 * kib + below(800 * kib));
      const bound = Math.max(64 * kib, Math.floor(bytes.length * 0.03));
      const before = proxy.resent.length;
      const plan = () => {
        if (proxy.cuts < cuts) proxy.cutAfter(1 + below(bytes.length), ways[below(ways.length)]);
      };
      plan();
      const chunkSize = random() < 0.5 ? Infinity : 64 * kib + below(400 * kib);
      await upload(bytes, { chunkSize, onShouldRetry: () => (proxy.plan ?? plan(), true) });
      proxy.plan = null;
      assertStored(bytes);
      for (const again of proxy.resent.slice(before)) {
        assert.ok(again <= bound, `${again} of ${bytes.length} bytes were sent again`);
        most = Math.max(most, again);
        total += again;
      }
    }
    console.log(`${proxy.cuts} cuts: at most ${most} bytes sent again, ${total} altogether`);
    assert.ok(proxy.cuts >= cuts);
  });

  it("resumes from a stored address, and begins anew where that is gone", async () => {
    const bytes = picture(500 * kib);
    const urlStorage = new tus.FileUrlStorage(join(data, "urls.json"));
    const options = {
      urlStorage,
      fingerprint: async () => "one file",
      chunkSize: 100 * kib,
    };
    const first = await new Promise((resolve, reject) => {
      const one = new tus.Upload(bytes, {
        endpoint: `${address}/v1/uploads`,
        headers,
        ...options,
        onError: reject,
        onChunkComplete: (_, accepted) => {
          if (accepted >= 200 * kib) one.abort().then(() => resolve(one), reject);
        },
      });
      one.start();
    });
    const stored = await urlStorage.findUploadsByFingerprint("one file");
    assert.equal(stored.length, 1);
    let begunAt = -1;
    const resumed = await upload(bytes, {
      ...options,
      onProgress: (sent) => (begunAt = begunAt < 0 ? sent : begunAt),
    }, (one) => one.resumeFromPreviousUpload(stored[0]));
    assert.equal(resumed.url, first.url);
    assert.ok(begunAt >= 200 * kib, `began at ${begunAt}`);
    assertStored(bytes);
    assert.ok((await head(resumed.url)).headers.get("Picsharz-Photo"));

    await tus.Upload.terminate(resumed.url, { headers, retryDelays: [0] });
    assert.equal((await head(resumed.url)).status, 404);
    const anew = await upload(bytes, options, (one) => one.resumeFromPreviousUpload(stored[0]));
    assert.notEqual(anew.url, resumed.url);
    assert.ok((await head(anew.url)).headers.get("Picsharz-Photo"));
  });

  it("waits while another connection writes (423), and tries again after 503", async () => {
    const bytes = picture(300 * kib);
    const made = await fetch(`${server.address}/v1/uploads`, {
      method: "POST",
      headers: { ...headers, "Tus-Resumable": "1.0.0", "Upload-Length": String(bytes.length) },
    });
    const url = server.address + made.headers.get("location");
    const holder = request(url, {
      method: "PATCH",
      headers: {
        ...headers,
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": String(bytes.length),
      },
    });
    holder.on("error", () => {});
    holder.write(bytes.subarray(0, 250 * kib));
    while ((await head(url)).status !== 423) continue;
    const seen = [];
    const done = upload(bytes, {
      uploadUrl: url.replace(server.address, address),
      onAfterResponse: (_, response) => {
        seen.push(response.getStatus());
        if (response.getStatus() === 423) holder.destroy(); // the other client dies
      },
    });
    await done;
    assert.ok(seen.includes(423), String(seen));
    assertStored(bytes);

    proxy.answerOnce =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const other = picture(50 * kib);
    await upload(other);
    assert.equal(proxy.answerOnce, null);
    assertStored(other);
  });

  it("terminates, overrides the method, and declares the length late", async () => {
    const given = await new Promise((resolve, reject) => {
      const one = new tus.Upload(picture(300 * kib), {
        endpoint: `${address}/v1/uploads`,
        headers,
        chunkSize: 50 * kib,
        retryDelays: [5, 5, 5, 5, 5],
        onError: reject,
        onChunkComplete: () => one.abort(true).then(() => resolve(one), reject),
      });
      one.start();
    });
    assert.equal((await head(given.url)).status, 404);

    const posted = picture(120 * kib);
    await upload(posted, { overridePatchMethod: true, chunkSize: 50 * kib });
    assertStored(posted);

    const streamed = picture(220 * kib);
    await upload(Readable.from([streamed.subarray(0, 1000), streamed.subarray(1000)], {
      objectMode: false,
    }), { uploadLengthDeferred: true, chunkSize: 64 * kib });
    assertStored(streamed);

    const atOnce = picture(90 * kib);
    await upload(atOnce, { uploadDataDuringCreation: true });
    assertStored(atOnce);
  });
});
