// Photos that other apps shared with this one: the service worker (src/sw) has put them aside. They
// are taken once, and go when whoever takes them has them. Any site may have posted them: whoever
// asks for them sends none by itself.
const aside = "shared"; // the name of the worker's cache

type Kept = Pick<Cache, "keys" | "match" | "delete">;
type All = Pick<CacheStorage, "has"> & { open: (name: string) => Promise<Kept> };

async function fileOf(kept: Response): Promise<File> {
  const name = decodeURIComponent(kept.headers.get("Picsharz-Name") ?? "");
  const lastModified = Number(kept.headers.get("Picsharz-Modified"));
  return new File([await kept.blob()], name, {
    type: kept.headers.get("Content-Type") ?? "",
    lastModified,
  });
}

let last: Promise<void> = Promise.resolve();

// In the order in which they came; what cannot be read stays, and so does what `take` did not take.
// One after the other: what is being taken is not there for the next. Plain http has no caches, and
// so no worker.
export function takeShared(
  all: All | undefined,
  take: (files: File[]) => Promise<boolean>,
): Promise<void> {
  const mine = last.then(() => takeAll(all, take));
  last = mine.catch(() => {});
  return mine;
}

async function takeAll(
  all: All | undefined,
  take: (files: File[]) => Promise<boolean>,
): Promise<void> {
  if (!all || !(await all.has(aside))) return;
  const cache = await all.open(aside);
  const found = new Map<Request, File>();
  for (const key of await cache.keys()) {
    const file = await cache.match(key).then((kept) => kept && fileOf(kept)).catch(() => null);
    if (file) found.set(key, file);
  }
  if (found.size === 0 || !(await take([...found.values()]))) return;
  for (const key of found.keys()) await cache.delete(key);
}
