// English in disguise, to find what is not ready for other languages: en-XA is longer and accented,
// between brackets, so that a text that is plain is one that no catalogue knows; ar-XB runs from
// right to left.
import type { Piece } from "./compile";

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const accented = "àƀçđéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÀƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ";
const letters = new Map([...plain].map((letter, at) => [letter, [...accented][at] ?? letter]));

function longer(text: string): string {
  const dressed = [...text].map((letter) => letters.get(letter) ?? letter).join("");
  const words = text.match(/\p{L}+/gu)?.join("").length ?? 0;
  return dressed + "~".repeat(Math.round(words * 0.4));
}

function turned(text: string): string {
  return `\u202e${text}\u202c`;
}

// What is filled in runs as it does by itself.
const apart = (node: Piece): Piece[] => ["\u2068", node, "\u2069"];

type Dress = (text: string) => string;

// `value`: the same for what is filled in.
function dress(nodes: Piece[], words: Dress, value: (node: Piece) => Piece[]): Piece[] {
  return nodes.flatMap((node): Piece[] => {
    if (typeof node === "string") return [words(node)];
    if (node.kind === "value" || node.kind === "count") return value(node);
    if (node.kind === "tag") return [{ ...node, children: dress(node.children, words, value) }];
    const cases = [...node.cases].map(
      ([name, inner]) => [name, dress(inner, words, value)] as const,
    );
    return [{ ...node, cases: new Map(cases) }];
  });
}

export type Pseudo = "en-XA" | "ar-XB";

export function isPseudo(language: string): language is Pseudo {
  return language === "en-XA" || language === "ar-XB";
}

export function disguise(nodes: Piece[], as: Pseudo): Piece[] {
  if (as === "ar-XB") return dress(nodes, turned, apart);
  return ["⟦", ...dress(nodes, longer, (node) => [node]), "⟧"];
}
