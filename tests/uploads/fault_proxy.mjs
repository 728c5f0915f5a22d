// A TCP proxy that breaks connections where it is told to, and counts what is sent twice.
//
// It understands just enough of HTTP/1.1 (heads, Content-Length) to know which byte of which upload
// it hands on. A byte counts as sent when it was written to the server's socket; what a PATCH sends
// below the highest byte that was sent before is sent again.
import { statSync } from "node:fs";
import { connect, createServer } from "node:net";
import { basename, join } from "node:path";

export const ways = ["reset", "fin", "half"];

// For FaultProxy.settled: the server whose data folder this is has written so much of the upload.
export function writtenTo(data) {
  return (path, at) => {
    const kept = join(data, "spool/kept", basename(path));
    return (statSync(kept, { throwIfNoEntry: false })?.size ?? 0) >= at;
  };
}

export class FaultProxy {
  constructor(target) {
    this.target = target; // {host, port}; may be changed while it runs
    this.cuts = 0;
    this.lastCut = null; // {path, at}: which upload the last one broke, and the byte it came to
    this.resent = []; // bytes, one entry for each resumption
    this.sent = new Map(); // path of an upload -> highest byte sent
    this.plan = null; // {after: bytes of bodies, how}
    this.begun = []; // {path, at} of each PATCH
    this.settled = () => true;
    this.afterCut = () => {}; // gets the two sockets of the line that is cut
    this.answerOnce = null; // a whole response instead of the next PATCH's
    this.server = createServer((client) => this.accept(client));
    this.open = new Set();
  }

  async start() {
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  async stop() {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  // Breaks the connection that carries the byte of a body after `after` more.
  cutAfter(after, how) {
    this.plan = { after, how };
  }

  // Ends every line at once, but for these sockets.
  hangUp(but = []) {
    for (const socket of this.open) if (!but.includes(socket)) socket.destroy();
  }

  // Where a cut takes place is only certain once the server has read what was handed on: a reset
  // throws away what is in the kernels. `settled(path, at)` tells; an answer ends the wait, too.
  async arrived(upstream, path, at) {
    let answered = false;
    upstream.once("data", () => (answered = true));
    while (!answered && !upstream.destroyed && !this.settled(path, at)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  accept(client) {
    const upstream = connect(this.target);
    const stream = new Requests(this);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      this.open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.on("data", (bytes) => client.write(bytes));
    upstream.on("end", () => client.end());
    client.on("end", () => upstream.end());
    client.on("data", (bytes) => this.forward(client, upstream, stream, bytes));
  }

  forward(client, upstream, stream, bytes) {
    const { length, cut, refused } = stream.take(bytes);
    if (refused) {
      client.end(refused);
      upstream.destroy();
      return;
    }
    if (cut === null) {
      if (!upstream.write(bytes)) {
        client.pause();
        upstream.once("drain", () => client.resume());
      }
      return;
    }
    client.pause();
    this.cuts += 1;
    this.afterCut(client, upstream);
    const { path, at } = stream;
    this.lastCut = { path, at };
    upstream.write(bytes.subarray(0, length), async () => {
      await this.arrived(upstream, path, at);
      breakOff(client, upstream, cut);
    });
  }
}

function breakOff(client, upstream, how) {
  if (how === "half") {
    // The server sees the end of what it reads and may still answer; the client hears nothing.
    upstream.end();
    client.resetAndDestroy();
  } else if (how === "fin") {
    client.destroy();
    upstream.destroy();
  } else {
    client.resetAndDestroy();
    upstream.resetAndDestroy();
  }
}

// What one connection's client says, byte by byte where it matters.
class Requests {
  constructor(proxy) {
    this.proxy = proxy;
    this.head = "";
    this.left = 0; // of the body
    this.path = null; // of the upload that the body belongs to
    this.at = 0; // where in it
  }

  // How many of these bytes to hand on, and what to do then.
  take(bytes) {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.left === 0) {
        const taken = this.takeHead(bytes.subarray(offset));
        offset += taken.length;
        if (taken.refused) return { length: offset, cut: null, refused: taken.refused };
        continue;
      }
      const piece = Math.min(this.left, bytes.length - offset);
      const { plan } = this.proxy;
      const allowed = plan && this.path ? Math.min(piece, plan.after) : piece;
      this.count(allowed);
      offset += allowed;
      if (plan && this.path) plan.after -= allowed;
      if (plan && this.path && plan.after === 0) {
        this.proxy.plan = null;
        return { length: offset, cut: plan.how };
      }
    }
    return { length: offset, cut: null };
  }

  count(bytes) {
    this.left -= bytes;
    if (!this.path) return;
    this.at += bytes;
    this.proxy.sent.set(this.path, Math.max(this.proxy.sent.get(this.path) ?? 0, this.at));
  }

  takeHead(bytes) {
    const text = this.head + bytes.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      this.head = text;
      return { length: bytes.length };
    }
    const length = end + 4 - this.head.length;
    this.head = "";
    const head = text.slice(0, end);
    const [method, path] = head.split(" ", 2);
    const value = (name) => new RegExp(`^${name}: *(.*)$`, "im").exec(head)?.[1]?.trim();
    this.left = Number(value("content-length") ?? 0);
    const patches = method === "PATCH" || value("x-http-method-override") === "PATCH";
    this.path = patches ? path : null;
    if (!patches) return { length };
    this.at = Number(value("upload-offset"));
    this.proxy.begun.push({ path, at: this.at });
    const highest = this.proxy.sent.get(path) ?? 0;
    this.proxy.resent.push(Math.max(0, highest - this.at));
    const refused = this.proxy.answerOnce;
    this.proxy.answerOnce = null;
    return { length, refused };
  }
}
