// Finds what a page says by itself instead of from a catalogue: words between tags, in the
// attributes that are read or spoken, in expressions that end in one of both, and what looks like a
// sentence or a label in its script.
import { fileURLToPath } from "node:url";
import { parse } from "svelte/compiler";
import { report, sources } from "./sources.mjs";

const spoken = new Set(["alt", "aria-description", "aria-label", "aria-roledescription", "empty",
  "error", "heading", "hint", "label", "message", "placeholder", "text", "title"]);
const names = /Picsharz|JPEG|CSV|JSON|Parquet/g; // said so in every language
const says = (text) => /\p{L}{2}/u.test(text.replace(names, ""));

// The texts that an expression may give. What it compares or passes on is none.
function* literals(node) {
  if (!node || typeof node !== "object") return;
  if (node.type === "Literal" && typeof node.value === "string") yield node.value;
  if (node.type === "TemplateLiteral") {
    for (const { value } of node.quasis) yield value.cooked ?? "";
    for (const inner of node.expressions) yield* literals(inner);
  }
  if (node.type === "ConditionalExpression") {
    yield* literals(node.consequent);
    yield* literals(node.alternate);
  }
  if (node.type === "LogicalExpression") {
    yield* literals(node.left);
    yield* literals(node.right);
  }
  if (node.type === "BinaryExpression" && node.operator === "+") {
    yield* literals(node.left);
    yield* literals(node.right);
  }
}

function* valueOf(value) {
  if (value === true) return;
  for (const part of Array.isArray(value) ? value : [value]) {
    if (part.type === "Text") yield part.data;
    else yield* literals(part.expression);
  }
}

function* textsOf(node) {
  if (Array.isArray(node)) {
    for (const one of node) yield* textsOf(one);
    return;
  }
  if (!node || typeof node !== "object") return;
  if (node.type === "Text") yield node.data;
  else if (node.type === "ExpressionTag") yield* literals(node.expression);
  else if (node.type === "Attribute") {
    if (spoken.has(node.name)) yield* valueOf(node.value);
  } else if (!/Script|Style|Comment/.test(node.type ?? "")) {
    for (const [name, inner] of Object.entries(node)) {
      if (!/^(expression|css|instance|module|options|metadata)$/.test(name)) yield* textsOf(inner);
    }
  }
}

// In a script: what begins like a label, or has several words.
function* scripted(node) {
  if (Array.isArray(node)) {
    for (const one of node) yield* scripted(one);
    return;
  }
  if (!node || typeof node !== "object" || /^(Import|TS)/.test(node.type ?? "")) return;
  if (node.type === "BinaryExpression" && /^[!=]==$/.test(node.operator)) return;
  if (node.type === "Literal" || node.type === "TemplateElement") {
    const text = String(node.value?.cooked ?? node.value ?? "");
    if (/^\p{Lu}\p{Ll}|\p{L} \p{L}/u.test(text)) yield text;
  } else if (node.type !== "NewExpression" || !/Error$/.test(node.callee.name)) {
    for (const [name, inner] of Object.entries(node)) {
      if (name !== "metadata" && typeof inner === "object") yield* scripted(inner);
    }
  }
}

// What a component says by itself.
export function own(text) {
  const { fragment, instance, module } = parse(text, { modern: true });
  const texts = [...textsOf(fragment), ...scripted([instance?.content, module?.content, fragment])];
  return [...new Set(texts)].filter(says).map((one) => one.trim().replace(/\s+/g, " "));
}

export function problems(files) {
  return files.flatMap(({ path, text }) =>
    own(text).map((one) => `${path}: "${one}" is in no catalogue`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  report("Strings", problems(sources(".svelte")));
}
