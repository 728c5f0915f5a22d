// The pages, which are loaded with what they say when they are asked for. Each is asked for once.
import { say } from "../i18n/say";
import { insistently, isThere } from "../lib/part";
import type { Found, Page } from "../routes/route";
import { find } from "./routes";

type Load = () => Promise<{ default: Page }>;

const loaded = new Map<Load | Page, Page>();
const reloadedFor = "picsharz-reloaded-for";

// Whether it has a page at all: one below which another stays drawn may leave it to that one.
export function isDrawn(found: Found | null): found is Found {
  return found !== null && (found.page !== undefined || found.load !== undefined);
}

// The page, if it can be drawn at once.
export function drawable(found: Found): Page | undefined {
  if (found.page && found.say.length === 0) return found.page;
  const wanted = found.page ?? found.load;
  return wanted && loaded.get(wanted);
}

export async function loadPage({ load, page, say: areas }: Found): Promise<{ default: Page }> {
  const [made] = await Promise.all([page ? { default: page } : load?.(), say(areas)]);
  const wanted = page ?? load;
  if (!made || !wanted) throw new TypeError("a page without a way to load it");
  loaded.set(wanted, made.default);
  return made;
}

// Loads what an address needs. What cannot be loaded is asked for again where it is to be drawn,
// which says so; but after a new version was installed, its parts of the old one are gone, and only
// the whole page anew helps.
export async function prepare(url: URL): Promise<void> {
  const found = find(url.pathname);
  const wanted = [found, found?.below ?? null].filter(isDrawn);
  try {
    await Promise.all(wanted.filter((one) => !drawable(one)).map(loadPage));
  } catch {
    if (!(await isThere()) || !firstReload(url.href)) return;
    location.assign(url.href);
    await new Promise<never>(() => {}); // nothing is drawn any more
  }
}

// For the place of a page that could not be loaded.
export function loader(found: Found): () => Promise<{ default: Page }> {
  return insistently(() => loadPage(found));
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
