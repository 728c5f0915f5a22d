// The router: one location, changed by links, by go() and by the browser's Back and Forward.
//
// A page is drawn anew for each address. Where the reader was on it is kept by history entry, so
// that Back returns to the same place.
import { tick } from "svelte";

interface Entry {
  key: string;
}

interface Place {
  href: string; // path and query: what identifies a page
  path: string;
  query: URLSearchParams;
  key: string; // of the history entry
}

const scrolls = new Map<string, number>();

function entryKey(): string {
  const state = history.state as Partial<Entry> | null;
  if (typeof state?.key === "string") return state.key;
  const key = newKey();
  history.replaceState({ key } satisfies Entry, "");
  return key;
}

let count = 0;
function newKey(): string {
  count += 1;
  return `${Date.now().toString(36)}-${count}`;
}

function read(): Place {
  const { pathname, search } = location;
  return {
    href: pathname + search,
    path: pathname,
    query: new URLSearchParams(search),
    key: entryKey(),
  };
}

let place = $state.raw<Place>({ href: "/", path: "/", query: new URLSearchParams(), key: "" });

export const router = {
  get href() {
    return place.href;
  },
  get path() {
    return place.path;
  },
  get query() {
    return place.query;
  },
  get key() {
    return place.key;
  },
};

export async function go(href: string, how: { replace?: boolean } = {}): Promise<void> {
  const url = new URL(href, location.href);
  if (url.origin !== location.origin) return; // never leave by way of a parameter
  const state: Entry = { key: newKey() };
  if (how.replace) history.replaceState(state, "", url.href); // whole: a path may begin with //
  else history.pushState(state, "", url.href);
  place = read();
  await tick();
  window.scrollTo(0, 0);
  document.querySelector("main")?.focus({ preventScroll: true });
}

async function back(): Promise<void> {
  place = read();
  await tick();
  window.scrollTo(0, scrolls.get(place.key) ?? 0);
}

function remember(): void {
  scrolls.set(place.key, window.scrollY);
  if (scrolls.size > 100) {
    const oldest = scrolls.keys().next().value;
    if (oldest !== undefined) scrolls.delete(oldest);
  }
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.hasAttribute("download")) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname.startsWith("/v1/")) return;
  if (url.hash && url.pathname + url.search === place.href) return; // a jump within the page
  event.preventDefault();
  void go(link.href);
}

// Starts listening; gives the function that ends it.
export function startRouter(): () => void {
  history.scrollRestoration = "manual";
  place = read();
  const onPop = () => void back();
  document.addEventListener("click", onClick);
  window.addEventListener("popstate", onPop);
  window.addEventListener("scroll", remember, { passive: true });
  return () => {
    document.removeEventListener("click", onClick);
    window.removeEventListener("popstate", onPop);
    window.removeEventListener("scroll", remember);
  };
}
