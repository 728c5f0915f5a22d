// A stand-in for the server while pages are drawn: serves web/dist under the real security policy
// and answers the API from memory (fake/, a file an area). For looking at pages (screens.mjs,
// signoff.mjs) and for the suite pages/; what the real server does is tested against the real one.
//
//   node fake_server.mjs [visitor]      serves until Ctrl-C
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, sep } from "node:path";
import { Fake, fits } from "./fake/fake.mjs";
import { rendition } from "./fake/renditions.mjs";
import { dist } from "./support/paths.mjs";

export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "font-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types svelte-trusted-html picsharz-scripts picsharz-starter",
].join("; ");

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};

const assets = join(dist, "assets") + sep;
const pixel = Buffer.from("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");

function sendFile(response, path, status = 200) {
  const type = types[extname(path)] ?? "image/jpeg";
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    ...(path.startsWith(assets) && { "Cache-Control": "public, max-age=31536000, immutable" }),
  });
  response.end(readFileSync(path));
}

async function handle(fake, request, response) {
  const url = new URL(request.url, "http://127.0.0.1");
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  if (fits(fake.offline, url.pathname)) return request.socket.destroy();
  if (url.pathname.startsWith("/v1/")) {
    const body = Buffer.concat(pieces).toString("latin1");
    const { method, headers } = request;
    const answer = await fake.api(method, url.pathname, url.searchParams, body, headers);
    response.writeHead(answer.status, {
      "Content-Type": `application/${answer.status < 400 ? "json" : "problem+json"}`,
      ...answer.headers,
    });
    if (answer.line) return fake.listen(response);
    const text = answer.body === undefined ? answer.text : JSON.stringify(answer.body);
    return response.end(text ?? "");
  }
  const media = /^\/media\/(\d+)\/(\d+)?/.exec(url.pathname);
  const photo = media && fake.file(media[1]);
  if (photo && fake.tiny) {
    return response.writeHead(200, { "Content-Type": "image/gif" }).end(pixel);
  }
  if (photo) return sendFile(response, media[2] ? await rendition(photo, media[2]) : photo);
  const asset = join(dist, url.pathname);
  const known = /^\/(assets\/)?[\w.-]+\.\w+$/.test(url.pathname) && existsSync(asset);
  return sendFile(response, known ? asset : join(dist, "index.html"));
}

// Gives {address, fake, stop}.
export async function startFake() {
  const fake = new Fake();
  const server = createServer((request, response) => {
    handle(fake, request, response).catch((error) => {
      console.error(error);
      response.destroy();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    fake,
    address: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      fake.release();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const { address, fake } = await startFake();
  fake.signedIn = process.argv[2] !== "visitor";
  console.log(address);
}
