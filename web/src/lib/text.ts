// Words and numbers for people.
import { locale } from "../i18n";
import { bytesIn } from "../i18n/figures";

export function bytes(count: number): string {
  return bytesIn(locale(), count);
}

export function number(count: number): string {
  return new Intl.NumberFormat(locale()).format(count);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: "percent" }).format(share);
}

// "a", "a or b", "a, b or c"
export function either(words: readonly string[]): string {
  return new Intl.ListFormat(locale(), { type: "disjunction" }).format(words);
}

// Tags as people type them: separated by commas, with or without #, each once.
export function tagsOf(typed: string): string[] {
  const tags = typed.split(",").map((tag) => tag.trim().replace(/^#+/, "").trim());
  return [...new Set(tags.filter((tag) => tag !== ""))];
}

// What stands in a round avatar without a picture.
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const picked = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return picked.map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}

export function tagLink(tag: string): string {
  return `/tags/${encodeURIComponent(tag)}`;
}

export function searchLink(word: string): string {
  return `/search?${new URLSearchParams({ q: word })}`;
}
