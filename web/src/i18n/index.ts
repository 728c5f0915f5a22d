// What the pages say, in the language of this document. The language is chosen before anything is
// drawn and stays: to change it, the document is loaded anew.
import type { Key } from "./areas";
import { formatParts, parse, text, type Piece, type Part, type Values } from "./compile";
import core from "./en/core.json";
import { bytesIn, durationIn } from "./figures";
import { countryNames } from "./formats";
import { disguise, isPseudo } from "./pseudo";

export type { Area, Key } from "./areas";

export type Catalogue = Readonly<Record<string, string>>;

let language = "en";
let region = "en"; // the language as it is written where the reader is: "en-SG"
const messages = new Map<string, string>(Object.entries(core));
const parsed = new Map<string, Piece[]>();

// Of numbers, dates and names. Disguised English is written as English is.
export function locale(): string {
  return region;
}

export function languageNow(): string {
  return language;
}

// `wanted`: those the browser asks for, the best first.
export function speak(chosen: string, wanted: readonly string[] = []): void {
  language = chosen;
  const base = isPseudo(chosen) ? "en" : chosen;
  region = wanted.find((one) => one === base || one.startsWith(`${base}-`)) ?? base;
  parsed.clear();
}

// What later catalogues say wins: the English one first, then that of the language.
export function learn(catalogue: Catalogue): void {
  for (const [key, message] of Object.entries(catalogue)) {
    messages.set(key, message);
    parsed.delete(key);
  }
}

// Whether a catalogue that is loaded has it: for names that the server gives.
export function says(key: string): key is Key {
  return messages.has(key);
}

function nodes(key: string): Piece[] {
  let found = parsed.get(key);
  if (!found) {
    const message = messages.get(key);
    if (message === undefined) console.error(`No catalogue that is loaded knows ${key}.`);
    found = parse(message ?? key);
    if (isPseudo(language)) found = disguise(found, language);
    parsed.set(key, found);
  }
  return found;
}

export function t(key: Key, values: Values = {}): string {
  return text(nodes(key), values, region);
}

// For Rich.svelte: the text in parts, some of them in tags.
export function tParts(key: Key, values: Values = {}): Part[] {
  return formatParts(nodes(key), values, region);
}

// By its two letters of ISO 3166-1, which stand for themselves where nobody knows them.
export function countryName(code: string): string {
  try {
    return countryNames(region).of(code) ?? code;
  } catch {
    return code;
  }
}

// What a refusal says besides: members of the contract's problem.
interface Figures {
  limit?: number | undefined;
  retry_after?: number | undefined; // seconds
}

// What the server says in English by a code, in the language of the page where that is known; with
// the figures of its sentence where it gives them.
export function problemText(code: string, english: string, figures: Figures = {}): string {
  if (language === "en") return english;
  const { limit, retry_after } = figures;
  const known = (member: string, figure?: number) =>
    figure !== undefined && messages.has(`error.${code}.${member}`) ? `.${member}` : "";
  const key = `error.${code}${known("limit", limit) || known("retry_after", retry_after)}`;
  if (!messages.has(key)) return english;
  const size = bytesIn(region, limit ?? 0);
  const wait = durationIn(region, retry_after ?? 0);
  return text(nodes(key), { limit: limit ?? 0, size, wait }, region);
}
