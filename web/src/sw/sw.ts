// The service worker: what is there when the network is not, and photos that other apps share.
//
// Kept:     the shell (a page without anybody's data) and the program's files; the newest answers
//           to what pages show, and their small pictures. Never a document that holds data, nothing
//           that was sent, nothing of settings, mails or administration.
// Whose:    whoever is signed in; all of it is forgotten when that changes (`forget`, and the page
//           itself: lib/installed.ts, which knows how long shared photos wait for somebody).
// Always:   the network first, but for files that never change. What is shown without it says from
//           when it is, in a header that the application reads.
//
// Facts about the interfaces: the Service Workers and Cache specifications of the W3C.

// Filled in by scripts/sw.mjs.
declare const VERSION: string; // of the program's first files
declare const FILES: string[];

const worker = self as unknown as ServiceWorkerGlobalScope;

const shellPage = "/shell";
const shell = `shell-${VERSION}`;
const files = "files";
const answers = "answers";
const pictures = "pictures";
const shared = "shared";
const own = [shell, files, answers, pictures, shared];
const most = { [files]: 300, [answers]: 60, [pictures]: 200 };
const sharedMost = 50;

// What pages show; a list's first pages are among the newest answers.
const shown = new RegExp(
  "^/v1/(me|instance|popular|feed/(home|recent)|photos/\\d+|tags/[^/]+" +
    "|accounts/[^/]+(/photos)?)$",
);
const picture = /^(\/media\/.*\/)(\d+)(\.\w+)?$/;
const small = ["640", "320"];

const keptAt = "Picsharz-Kept"; // when it was kept, in a kept answer
const offline = "Picsharz-Offline"; // the same, in what is shown without the network

worker.addEventListener("install", (event) => {
  event.waitUntil(install());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

worker.addEventListener("message", (event) => {
  const said = event.data as { type?: string; path?: string; body?: string };
  if (said.type === "forget") event.waitUntil(forget());
  if (said.type !== "keep" || !said.path || !said.body) return;
  event.waitUntil(keepText(said.path, said.body));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (request.method === "POST" && url.pathname === "/share") event.respondWith(share(request));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(navigate(event));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(file(request));
  else if (shown.test(url.pathname)) event.respondWith(newest(event, answers, request.url));
  else if (picture.test(url.pathname)) event.respondWith(media(event, url.pathname));
});

async function install(): Promise<void> {
  const cache = await caches.open(shell);
  await cache.addAll([shellPage, ...FILES]);
  // Its files have names of their own: a page of the version before goes on with those it has.
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (!own.includes(name)) await caches.delete(name);
  }
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

async function forget(): Promise<void> {
  await Promise.all([answers, pictures].map((name) => caches.delete(name)));
}

async function navigate(event: FetchEvent): Promise<Response> {
  try {
    const ahead = (await event.preloadResponse) as Response | undefined;
    return ahead ?? (await fetch(event.request));
  } catch (error) {
    const page = await caches.match(shellPage, { ignoreVary: true });
    if (page) return page;
    throw error;
  }
}

async function file(request: Request): Promise<Response> {
  const known = await caches.match(request, { ignoreVary: true });
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) await keep(files, request.url, response.clone());
  return response;
}

async function newest(event: FetchEvent, name: Limited, key: string): Promise<Response> {
  try {
    const response = await fetch(event.request);
    if (response.status === 200) event.waitUntil(keep(name, key, response.clone()));
    // What is gone, or may not be seen any more, is not shown without a network either.
    if ([401, 403, 404, 410].includes(response.status)) event.waitUntil(drop(name, key));
    return response;
  } catch (error) {
    const known = await (await caches.open(name)).match(key, { ignoreVary: true });
    if (!known) throw error;
    return withHeader(known, offline, known.headers.get(keptAt) ?? "");
  }
}

// The small ones are kept; without a network they stand for the large ones.
async function media(event: FetchEvent, path: string): Promise<Response> {
  const [, photo = "", size = ""] = picture.exec(path) ?? [];
  if (small.includes(size)) return newest(event, pictures, path);
  try {
    return await fetch(event.request);
  } catch (error) {
    const cache = await caches.open(pictures);
    for (const other of small) {
      const known = await cache.match(photo + other);
      if (known) return known;
    }
    throw error;
  }
}

type Limited = keyof typeof most;

// The newest of a cache are its last; beyond so many the oldest go.
async function keep(name: Limited, key: string, response: Response): Promise<void> {
  try {
    const cache = await caches.open(name);
    await cache.delete(key, { ignoreVary: true });
    await cache.put(key, withHeader(response, keptAt, new Date().toISOString()));
    const keys = await cache.keys();
    for (const old of keys.slice(0, Math.max(0, keys.length - (most[name] ?? 0)))) {
      await cache.delete(old, { ignoreVary: true });
    }
  } catch {
    // No space, or a browser that keeps nothing: the page has its answer.
  }
}

async function drop(name: Limited, key: string): Promise<void> {
  await (await caches.open(name)).delete(key, { ignoreVary: true });
}

// What came inside the document.
function keepText(path: string, body: string): Promise<void> {
  const url = new URL(path, worker.location.origin);
  if (!shown.test(url.pathname)) return Promise.resolve();
  const headers = { "Content-Type": "application/json" };
  return keep(answers, url.href, new Response(body, { headers }));
}

function withHeader(response: Response, name: string, value: string): Response {
  const headers = new Headers(response.headers);
  headers.set(name, value);
  headers.delete("Vary"); // that of cookies, which no cache of a worker can tell apart
  return new Response(response.body, { status: response.status, headers });
}

// Other apps hand photos over as a form. They wait for somebody's click on the upload page.
async function share(request: Request): Promise<Response> {
  const form = await request.formData();
  const cache = await caches.open(shared);
  let count = (await cache.keys()).length;
  for (const photo of form.getAll("photos")) {
    if (!(photo instanceof File) || count >= sharedMost) continue;
    count += 1;
    const headers = {
      "Content-Type": photo.type || "application/octet-stream",
      "Picsharz-Name": encodeURIComponent(photo.name),
      "Picsharz-Modified": String(photo.lastModified),
    };
    await cache.put(`/shared/${Date.now()}-${count}`, new Response(photo, { headers }));
  }
  return Response.redirect("/upload?shared", 303);
}
