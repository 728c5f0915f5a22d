// The blurred placeholder of a photo, from the few bytes that come with it.
import { thumbHashToDataURL } from "thumbhash";
import { drawn, nextTask } from "./idle";

const made = new Map<string, string>();
const kept = 300;

// A CSS image, or "none" where there is no hash or it makes no sense.
export function placeholder(hash: string | null): string {
  if (!hash) return "none";
  let image = made.get(hash);
  if (image === undefined) {
    image = decode(hash);
    if (made.size >= kept) made.clear();
    made.set(hash, image);
  }
  return image;
}

// The same where it has been made before.
export function knownPlaceholder(hash: string | null): string {
  return (hash && made.get(hash)) || "none";
}

let last: Promise<unknown> = drawn;

// The same in its turn: each is made in a task of its own, once the first page has been drawn. All
// of a page at once would keep a finger waiting, and many a picture is there before its turn: null
// where it is not wanted any more by then.
export function placeholderSoon(
  hash: string | null,
  wanted: () => boolean,
): Promise<string | null> {
  if (!hash || made.has(hash)) return Promise.resolve(placeholder(hash));
  const mine = last.then(nextTask).then(() => (wanted() ? placeholder(hash) : null));
  last = mine;
  return mine;
}

function decode(hash: string): string {
  try {
    const bytes = Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0));
    return bytes.length < 5 ? "none" : `url("${thumbHashToDataURL(bytes)}")`;
  } catch {
    return "none";
  }
}
