// The router: one location, changed by links, by go() and by the browser's Back and Forward.
//
// The page that is there stays until the next one is ready to be drawn. A page is drawn anew for
// each address. Where the reader was on it is kept by history entry, so that Back returns to the
// same place, and the focus to the link that was followed.
import { tick } from "svelte";
import { drawn, nextTask } from "./idle";
import { morph } from "./motion";

interface Entry {
  key: string;
  from?: string | null; // the entry that led here
}

interface Place {
  href: string; // path and query: what identifies a page
  path: string;
  query: URLSearchParams;
  key: string; // of the history entry
  from: string | null;
}

// Where the reader was when an entry was left. `anchor` is what the page itself knows of it.
interface Left {
  scroll: number;
  link: string | null;
  anchor: unknown;
}

// A page whose things are not all in the document says where the reader is, and goes there again.
export interface Keeper {
  leave: () => unknown;
  arrive: (anchor: unknown) => void;
}

// Fulfilled when the page of an address can be drawn; it does not throw: a page that cannot be
// loaded says so itself. True: what is drawn now stays, and something opens or closes over it.
export type Prepare = (url: URL) => Promise<boolean>;

const left = new Map<string, Left>();
const keptEntries = 100;
const moving = ["wheel", "touchmove", "keydown", "pointerdown"];
const patience = 150; // ms before it is said that something loads
const waitForPage = 3000; // ms in which a page may grow until it reaches where it was left
let keeper: Keeper | null = null;
let prepare: Prepare = async () => false;
let late: Left | null = null; // where to go as soon as the page has what keeps its place
let turn = 0; // of the newest change of place; an older one that is still loading gives up

let unmarked: string | null = null; // the key of this entry, which the browser does not keep yet

function entryKey(): string {
  const state = history.state as Partial<Entry> | null;
  if (typeof state?.key === "string") {
    unmarked = null;
    return state.key;
  }
  unmarked = newKey();
  void drawn.then(nextTask).then(mark); // it takes a while, and the first draw does without
  return unmarked;
}

function mark(): void {
  if (unmarked !== null) history.replaceState({ key: unmarked } satisfies Entry, "");
  unmarked = null;
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
    from: (history.state as Partial<Entry> | null)?.from ?? null,
  };
}

let place = $state.raw<Place>({
  href: "/",
  path: "/",
  query: new URLSearchParams(),
  key: "",
  from: null,
});
let going = $state(false);
let loading = $state(false);

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
  // The key of the entry that led here; null where somebody came from elsewhere.
  get from() {
    return place.from;
  },
  // Whether somebody has gone on from the page that the document came with.
  get moved() {
    return turn > 0;
  },
  // Whether another page is wanted than the one that is drawn.
  get going() {
    return going;
  },
  // Whether that one lets wait for itself.
  get loading() {
    return loading;
  },
};

interface How {
  replace?: boolean;
  link?: HTMLAnchorElement; // that was followed
}

export async function go(href: string, how: How = {}): Promise<void> {
  const url = new URL(href, location.href);
  if (url.origin !== location.origin) return; // never leave by way of a parameter
  const stays = await ready(url);
  if (stays === null) return;
  leave(how.link);
  await morph(how.link?.querySelector<HTMLElement>("[data-photo]") ?? null, async () => {
    mark();
    // What takes the place of an entry was led to by what led there.
    const state: Entry = { key: newKey(), from: how.replace ? place.from : place.key };
    if (how.replace) history.replaceState(state, "", url.href); // whole: a path may begin with //
    else history.pushState(state, "", url.href);
    arrive();
    await tick();
    if (showNamed(url.hash) || stays) return;
    window.scrollTo(0, 0);
    focusOn(null);
  });
}

// Goes to the part of the page that an address names, where that is there already.
function showNamed(hash: string): boolean {
  const named = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (!named) return false;
  arriveAt(named);
  return true;
}

function arriveAt(named: HTMLElement): void {
  named.scrollIntoView();
  named.focus({ preventScroll: true });
}

// For a part that comes later than its page; to attach to it.
export function whenNamed(part: HTMLElement): void {
  if (location.hash === `#${part.id}`) arriveAt(part);
}

async function back(): Promise<void> {
  if (location.pathname + location.search === place.href) return within();
  if ((await ready(new URL(location.href))) === null) return;
  leave();
  arrive();
  await tick();
  const known = left.get(place.key);
  if (known?.anchor === undefined) return goAsFarAs(known);
  if (keeper) keeper.arrive(known.anchor);
  focusOn(known.link);
  if (!keeper) late = known;
}

// To where a page was left that knows nothing of it itself: as soon as it reaches that far again
// and has the link that was followed, for what it shows may come after it. Not when the reader has
// moved meanwhile, and not long after.
function goAsFarAs(known: Left | undefined): void {
  window.scrollTo(0, 0);
  focusOn(null);
  if (reached(known)) return;
  late = known ?? null;
  const grown = new ResizeObserver(() => {
    if (late === known && !reached(known)) return;
    grown.disconnect();
    if (late === known) late = null;
  });
  grown.observe(document.body);
  setTimeout(() => {
    grown.disconnect();
    if (late === known) late = null;
  }, waitForPage);
}

function reached(known: Left | undefined): boolean {
  const scroll = known?.scroll ?? 0;
  const there = document.documentElement.scrollHeight - window.innerHeight >= scroll - 1;
  if (there) window.scrollTo(0, scroll);
  const link = known?.link ? linkTo(known.link) : null;
  link?.focus({ preventScroll: true });
  return there && (link !== null || !known?.link);
}

// From one place of a page to another: the browser has scrolled already, or we know better.
function within(): void {
  turn += 1;
  leave();
  arrive();
  const known = left.get(place.key);
  if (known) window.scrollTo(0, known.scroll);
}

// Waits until the page of an address can be drawn. Null: somewhere else is wanted by now.
async function ready(url: URL): Promise<boolean | null> {
  const mine = (turn += 1);
  late = null;
  going = true;
  const slow = setTimeout(() => (loading = mine === turn), patience);
  const stays = await prepare(url);
  clearTimeout(slow);
  return mine === turn ? stays : null;
}

function arrive(): void {
  place = read();
  going = loading = false;
}

// Keeps more of what is known about where the reader is on the page that is drawn.
function keep(more: Partial<Left>): void {
  const known = left.get(place.key) ?? { scroll: 0, link: null, anchor: undefined };
  left.set(place.key, { ...known, ...more });
  const oldest = left.keys().next().value;
  if (left.size > keptEntries && oldest !== undefined) left.delete(oldest);
}

function leave(link?: HTMLAnchorElement): void {
  const followed = link?.getAttribute("href");
  keep({ anchor: keeper?.leave(), ...(followed ? { link: followed } : {}) });
}

// The reader does not wait for the page to go where it was left.
function stay(): void {
  late = null;
}

function remember(): void {
  if (!late) keep({ scroll: window.scrollY });
}

const linkTo = (href: string) =>
  document.querySelector<HTMLElement>(`main a[href="${CSS.escape(href)}"]`);

function focusOn(link: string | null): void {
  ((link && linkTo(link)) || document.querySelector("main"))?.focus({ preventScroll: true });
}

// For as long as a page is drawn that keeps its own place; gives the function that ends it.
export function keepPlace(own: Keeper): () => void {
  keeper = own;
  const known = late?.anchor === undefined ? null : late;
  if (known) late = null;
  // What it keeps is drawn by then.
  if (known) {
    void tick().then(() => {
      if (keeper !== own) return;
      own.arrive(known.anchor);
      focusOn(known.link);
    });
  }
  return () => {
    if (keeper === own) keeper = null;
  };
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
  void go(link.href, { link });
}

// Starts listening; gives the function that ends it.
export function startRouter(before: Prepare): () => void {
  history.scrollRestoration = "manual";
  prepare = before;
  place = read();
  const onPop = () => {
    unmarked = null; // that was another entry
    void back();
  };
  document.addEventListener("click", onClick);
  window.addEventListener("popstate", onPop);
  window.addEventListener("scroll", remember, { passive: true });
  for (const name of moving) window.addEventListener(name, stay, { passive: true });
  return () => {
    document.removeEventListener("click", onClick);
    window.removeEventListener("popstate", onPop);
    window.removeEventListener("scroll", remember);
    for (const name of moving) window.removeEventListener(name, stay);
  };
}
