// The service worker (src/sw): asked for once the page has drawn, told what it may keep, and told
// to forget when somebody else is here. Where there are none (plain http), nothing is kept.
import { afterFirst } from "./idle";
import { trusted } from "./trusted";

const script = "/sw.js";

export function install(): void {
  if (!("serviceWorker" in navigator)) return;
  const register = () => {
    // Without it everything works that works with a network.
    navigator.serviceWorker.register(trusted(script)).catch(() => {});
  };
  afterFirst(register);
}

function say(message: { type: string; path?: string; body?: string }): void {
  if ("serviceWorker" in navigator) navigator.serviceWorker.controller?.postMessage(message);
}

// An answer that came inside the document, which the worker does not see.
export function keepAnswer(path: string, answer: unknown): void {
  say({ type: "keep", path, body: JSON.stringify(answer) });
}

// Somebody signed in or out: what was kept is not theirs. Of the photos that other apps handed over
// those go that have waited so many minutes: who shares one may have to log in first.
export function forgetKept(minutes: number): void {
  say({ type: "forget" });
  // A page that was loaded past the worker has none to tell.
  if ("caches" in globalThis) forgetHere(minutes).catch(() => {}); // the browser keeps nothing
}

async function forgetHere(minutes: number): Promise<void> {
  for (const name of ["answers", "pictures"]) await caches.delete(name);
  const since = minutes > 0 ? Date.now() - minutes * 60_000 : Infinity;
  const shared = await caches.open("shared");
  for (const key of await shared.keys()) {
    const came = Number(/\/shared\/(\d+)-/.exec(key.url)?.[1]);
    if (!(came > since)) await shared.delete(key);
  }
}
