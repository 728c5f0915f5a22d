// Patterns of addresses: "/photo/:id", "/@:handle/followers". A name takes everything up to the
// next slash.
export type Params = Readonly<Record<string, string>>;

export function match(pattern: string, path: string): Params | null {
  const wanted = pattern.split("/");
  const given = trimmed(path).split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const piece = given[index] ?? "";
    const colon = part.indexOf(":");
    if (colon < 0) {
      if (part !== piece) return null;
      continue;
    }
    const prefix = part.slice(0, colon);
    const value = decode(piece.slice(prefix.length));
    if (!piece.startsWith(prefix) || !value) return null;
    params[part.slice(colon + 1)] = value;
  }
  return params;
}

// The address of a pattern: what match() takes apart.
export function fill(pattern: string, params: Params): string {
  return pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function decode(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return "";
  }
}

// Where to go after signing in: a page of ours, or home. `next` comes from an address that anybody
// may have made. It is read as the browser reads it, which drops tabs and line ends, takes a
// backslash for a slash and walks dots, so that what is judged is where it would lead.
export function safeNext(
  next: string | null,
  origin: string,
  isPage: (path: string) => boolean,
): string {
  const url = next?.startsWith("/") ? parse(next, origin) : null;
  if (url?.origin !== origin || url.username || url.password || !isPage(url.pathname)) return "/";
  return url.pathname + url.search + url.hash;
}

function parse(address: string, base: string): URL | null {
  try {
    return new URL(address, base);
  } catch {
    return null;
  }
}

// The token of a one-time link, which stands in the fragment so that no server and no referrer
// sees it.
export function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? "";
}
