// Holds every style to the design: lengths on the 4 px grid, the radii, weights, text sizes and
// breakpoints there are, colours and layers by their tokens, and sides that turn with the direction
// of the text. Only styles/tokens.css may say what a token is.
import { fileURLToPath } from "node:url";
import { report, sources } from "./sources.mjs";

const radii = [2, 6, 8, 14, 999];
const hairlines = [0, 1, 2, 3];
const weights = ["400", "500", "650", "100 900", "inherit"];
const breakpoints = [480, 768, 1080, 1440];
const heights = [400, 560, 640]; // below which the shell takes less room

const physical = [
  /^(left|right)$/,
  /^(margin|padding|border)-(left|right)(-|$)/,
  /^border-(top|bottom)-(left|right)-radius$/,
];
const sided = /^(margin|padding|inset|border-(width|style|color))$/;

function* lengths(value) {
  for (const [, number, unit] of value.matchAll(/(?<![\w.#-])-?(\d*\.?\d+)(px|rem)\b/g)) {
    yield unit === "rem" ? Number(number) * 16 : Number(number);
  }
}

function lengthProblem(property, value) {
  for (const length of lengths(value)) {
    if (/radius$/.test(property)) {
      if (!radii.includes(length)) return `${length} px is no radius of the design`;
    } else if (property === "stroke-width" ? length !== 1.75 : length % 4 !== 0) {
      if (!hairlines.includes(length)) return `${length} px is off the 4 px grid`;
    }
  }
  return null;
}

// The parts of a value, where a function is one part.
function parts(value) {
  return value.match(/(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];
}

function textProblem(property, value) {
  const weight = property === "font-weight" ? value : property === "font" ? parts(value)[0] : null;
  if (weight !== null && !weights.includes(weight)) return `${weight} is no weight of the design`;
  if (property === "font-size" && !/^(calc\(var\(--|inherit)/.test(value)) {
    return "a size of its own";
  }
  if (property === "font" && !/^(\d+ var\(--\w+\) var\(--(family|mono)\)|inherit)$/.test(value)) {
    return "a font is weight, size token and family";
  }
  return null;
}

function sideProblem(property, value) {
  if (physical.some((names) => names.test(property))) return "left and right do not turn";
  if (/^(text-align|float|clear)$/.test(property) && /^(left|right)$/.test(value)) {
    return "start or end";
  }
  const four = parts(value);
  if (!sided.test(property) || four.length !== 4) return null;
  return four[1] === four[3] ? null : "four sides, of which left and right differ";
}

// What is wrong with one declaration, or null.
export function judge(property, value) {
  if (property.startsWith("--")) return lengthProblem(property, value);
  if (/#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|color)\(/i.test(value)) return "a colour that is no token";
  if (property === "z-index" && !value.startsWith("var(--z-")) return "a layer that is no token";
  return (
    lengthProblem(property, value) ?? textProblem(property, value) ?? sideProblem(property, value)
  );
}

export function judgeMedia(query) {
  for (const [, edge, side, text] of query.matchAll(/(min|max)-(width|height):\s*([\d.]+)px/g)) {
    const length = Number(text);
    const point = Math.round((edge === "max" ? length + 0.02 : length) * 100) / 100;
    const known = side === "width" ? breakpoints : heights;
    if (!known.includes(point)) return `${length} px is no breakpoint`;
  }
  return null;
}

function styleOf({ path, text }) {
  if (path.endsWith(".css")) return text;
  return [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, css]) => css).join("\n");
}

export function problems(files) {
  return files.flatMap((file) => {
    const css = styleOf(file).replace(/\/\*[\s\S]*?\*\//g, "");
    const found = [];
    for (const [, query] of css.matchAll(/@media([^{]*)/g)) {
      const wrong = judgeMedia(query);
      if (wrong) found.push(`${file.path}: @media${query}: ${wrong}`);
    }
    for (const [, property, value] of css.matchAll(/([\w-]+)\s*:\s*([^;{}]+)\s*;/g)) {
      const wrong = judge(property, value.trim().replace(/\s+/g, " "));
      if (wrong) found.push(`${file.path}: ${property}: ${value.trim()}: ${wrong}`);
    }
    return found;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const judged = sources(".css", ".svelte");
  report("Styles", problems(judged.filter(({ path }) => path !== "src/styles/tokens.css")));
}
