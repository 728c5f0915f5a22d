// The pages that are loaded when they are asked for. Each is asked for once.
import type { Found, Page } from "../routes/route";
import { find } from "./routes";

type Load = () => Promise<{ default: Page }>;

const loaded = new Map<Load, Page>();
const reloadedFor = "picsharz-reloaded-for";

// The page, if it can be drawn at once.
export function drawable(found: Found): Page | undefined {
  return found.page ?? (found.load && loaded.get(found.load));
}

export async function loadPage({ load }: Found): Promise<{ default: Page }> {
  if (!load) throw new TypeError("a page without a way to load it");
  const made = await load();
  loaded.set(load, made.default);
  return made;
}

// Loads what an address needs. What cannot be loaded is asked for again where it is to be drawn,
// which says so; but after a new version was installed, its parts of the old one are gone, and only
// the whole page anew helps.
export async function prepare(url: URL): Promise<void> {
  const found = find(url.pathname);
  const wanted = [found, found?.below ?? null].filter((one) => one !== null);
  try {
    await Promise.all(wanted.filter((one) => !drawable(one)).map(loadPage));
  } catch {
    if (!(await isThere()) || !firstReload(url.href)) return;
    location.assign(url.href);
    await new Promise<never>(() => {}); // nothing is drawn any more
  }
}

async function isThere(): Promise<boolean> {
  try {
    return (await fetch("/", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

// Whether this address has not been loaded anew for that reason just now.
function firstReload(href: string): boolean {
  try {
    if (sessionStorage.getItem(reloadedFor) === href) return false;
    sessionStorage.setItem(reloadedFor, href);
    return true;
  } catch {
    return false; // without a memory it could go round for ever
  }
}
