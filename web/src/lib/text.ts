// Words and numbers for people.
import { locale, t } from "../i18n";
import { bytesIn, numberIn } from "../i18n/figures";

export function bytes(count: number): string {
  return count < 1000 ? t("size.bytes", { n: count }) : bytesIn(locale(), count);
}

export function number(count: number): string {
  return numberIn(locale(), count);
}

// In whole ones.
export function percent(share: number): string {
  return t("percent", { n: Math.round(share * 100) });
}

// "a", "a or b", "a, b or c"
export function either(words: readonly string[]): string {
  if (words.length < 2) return words.join();
  const before = words.slice(0, -1).reduce((list, word) => t("list.comma", { list, word }));
  return t("list.or", { list: before, word: words.at(-1) ?? "" });
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
