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

// Where to go after signing in: a path of ours, or home.
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}

// The token of a one-time link, which stands in the fragment so that no server and no referrer
// sees it.
export function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? "";
}
