// A comment's text, cut into what is plain and what is a link to somebody.
export interface Segment {
  text: string;
  handle: string | null; // of the account; null: plain
}

interface Mention {
  written: string;
  handle: string;
}

// What the server takes for a mention (comment_rules.h).
const pattern = /(?<![A-Za-z0-9_@/])@([A-Za-z0-9_]{3,30})(?![A-Za-z0-9_])/g;

export function segmentsOf(text: string, mentions: readonly Mention[]): Segment[] {
  const handles = new Map(mentions.map(({ written, handle }) => [written, handle]));
  const segments: Segment[] = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    const handle = handles.get((found[1] ?? "").toLowerCase());
    if (!handle) continue;
    if (found.index > end) segments.push({ text: text.slice(end, found.index), handle: null });
    segments.push({ text: found[0], handle });
    end = found.index + found[0].length;
  }
  if (end < text.length) segments.push({ text: text.slice(end), handle: null });
  return segments;
}
