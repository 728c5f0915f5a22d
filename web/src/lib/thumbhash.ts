// The blurred placeholder of a photo, from the few bytes that come with it.
import { thumbHashToDataURL } from "thumbhash";

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

function decode(hash: string): string {
  try {
    const bytes = Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0));
    return bytes.length < 5 ? "none" : `url("${thumbHashToDataURL(bytes)}")`;
  } catch {
    return "none";
  }
}
