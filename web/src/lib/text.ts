// Words and numbers for people.
const kilo = 1000;

export function bytes(count: number): string {
  if (count < kilo) return `${count} bytes`;
  if (count < kilo * kilo) return `${Math.round(count / kilo)} kB`;
  const large = count >= kilo * kilo * kilo;
  const value = count / kilo / kilo / (large ? kilo : 1);
  return `${value.toFixed(1).replace(/\.0$/, "")} ${large ? "GB" : "MB"}`;
}

export function number(count: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(count);
}

export function counted(count: number, one: string, many: string): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

// "a", "a or b", "a, b or c"
export function either(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
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
