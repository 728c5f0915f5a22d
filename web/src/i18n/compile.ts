// Messages as the catalogues hold them, in a small part of ICU's grammar, the one of the mails:
//
//   {name}                                        a value; numbers as the language writes them
//   {n, plural, =0 {none} one {# day} other {# days}}     by the language's own categories
//   {who, select, you {You} other {{name}}}
//   <a>words</a>                                  what Rich.svelte draws as a link or the like
//
// A brace or an angle is never text.
import { numberIn } from "./figures";

export type Value = string | number;
export type Values = Readonly<Record<string, Value>>;

export type Piece =
  | string
  | { kind: "value"; name: string }
  | { kind: "count" } // the # of the plural around it
  | Choice
  | { kind: "tag"; name: string; children: Piece[] };

interface Choice {
  kind: "plural" | "select";
  name: string;
  cases: ReadonlyMap<string, Piece[]>;
}

export interface Part {
  text: string;
  tag: string | null;
}

class Reader {
  at = 0;
  constructor(readonly text: string) {}

  fail(what: string): never {
    throw new SyntaxError(`${what} at ${this.at} of "${this.text}"`);
  }

  take(pattern: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(pattern.source, "yu");
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    if (found) this.at = sticky.lastIndex;
    return found;
  }

  // Up to the end, or up to what closes the message around this one.
  nodes(counting: boolean): Piece[] {
    const found: Piece[] = [];
    for (;;) {
      const words = this.take(counting ? /[^{}<>#]+/ : /[^{}<>]+/);
      if (words) found.push(words[0]);
      else if (counting && this.take(/#/)) found.push({ kind: "count" });
      else if (this.take(/\{/)) found.push(this.argument(counting));
      else if (this.take(/<(?!\/)/)) found.push(this.tag(counting));
      else return found;
    }
  }

  argument(counting: boolean): Piece {
    const name = this.take(/\s*(\w+)\s*/)?.[1] ?? this.fail("a name is missing");
    if (this.take(/\}/)) return { kind: "value", name };
    const kind = this.take(/,\s*(plural|select)\s*,\s*/)?.[1] as "plural" | "select" | undefined;
    if (!kind) this.fail("neither plural nor select");
    const cases = new Map<string, Piece[]>();
    for (let one; (one = this.take(/(=\d+|\w+)\s*\{/)); ) {
      cases.set(one[1] ?? "", this.nodes(counting || kind === "plural"));
      if (!this.take(/\}\s*/)) this.fail("a case is not closed");
    }
    if (!cases.has("other")) this.fail("there is no other");
    if (!this.take(/\}/)) this.fail("what chooses is not closed");
    return { kind, name, cases };
  }

  tag(counting: boolean): Piece {
    const name = this.take(/(\w+)>/)?.[1] ?? this.fail("a tag has no name");
    const children = this.nodes(counting);
    if (this.take(/<\/(\w+)>/)?.[1] !== name) this.fail(`<${name}> is not closed`);
    return { kind: "tag", name, children };
  }
}

export function parse(message: string): Piece[] {
  const reader = new Reader(message);
  const nodes = reader.nodes(false);
  if (reader.at !== message.length) reader.fail("something is closed that was not opened");
  return nodes;
}

const rules = new Map<string, Intl.PluralRules>();

function rulesOf(locale: string): Intl.PluralRules {
  let one = rules.get(locale);
  if (!one) rules.set(locale, (one = new Intl.PluralRules(locale)));
  return one;
}

// Letters that run from right to left. All languages that we speak run the other way: a name in
// these stands by itself, so that the number after it is not taken along.
const against = /\p{Script=Arabic}|\p{Script=Hebrew}|\p{Script=Syriac}|\p{Script=Thaana}/u;

function written(value: Value | undefined, locale: string): string {
  if (typeof value === "string") return against.test(value) ? `\u2068${value}\u2069` : value;
  if (value === undefined) return "";
  return numberIn(locale, value);
}

function chosen({ kind, cases }: Choice, value: Value, locale: string): Piece[] {
  if (kind === "select") return cases.get(String(value)) ?? cases.get("other") ?? [];
  const category = rulesOf(locale).select(Number(value));
  return cases.get(`=${value}`) ?? cases.get(category) ?? cases.get("other") ?? [];
}

function* parts(nodes: Piece[], values: Values, locale: string, count?: Value): Generator<Part> {
  for (const node of nodes) {
    if (typeof node === "string") yield { text: node, tag: null };
    else if (node.kind === "value") yield { text: written(values[node.name], locale), tag: null };
    else if (node.kind === "count") yield { text: written(count, locale), tag: null };
    else if (node.kind === "tag") {
      yield { text: text(node.children, values, locale, count), tag: node.name };
    } else {
      const value = values[node.name] ?? "";
      const inner = chosen(node, value, locale);
      yield* parts(inner, values, locale, node.kind === "plural" ? value : count);
    }
  }
}

export function formatParts(nodes: Piece[], values: Values, locale: string): Part[] {
  return [...parts(nodes, values, locale)];
}

export function text(nodes: Piece[], values: Values, locale: string, count?: Value): string {
  let whole = "";
  for (const part of parts(nodes, values, locale, count)) whole += part.text;
  return whole;
}
