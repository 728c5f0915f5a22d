// What a page says that comes from no catalogue: with English in disguise (en-XA) whatever does is
// between brackets. What people wrote is as the server gave it; dates, sizes and names of countries
// are the browser's.
const words = (text) => text.trim().replace(/\s+/g, " ");

// Whatever the server says while `page` is open. Gives what gives all of it so far: the page may
// have drawn an answer that is still being read here.
export function given(page) {
  const coming = [];
  const texts = new Set();
  const take = (value) => {
    if (typeof value === "string") for (const line of value.split("\n")) texts.add(words(line));
    if (value === null || typeof value !== "object") return;
    if (!Array.isArray(value)) for (const name of Object.keys(value)) texts.add(name);
    Object.values(value).forEach(take);
  };
  const read = async (request) => take(await (await request.response())?.json());
  page.on("requestfinished", (request) => {
    if (!request.url().includes("/v1/") || request.resourceType() === "eventsource") return;
    coming.push(read(request).catch(() => {}));
  });
  return async () => {
    await Promise.all(coming);
    return texts;
  };
}

// In the page: its texts, each whole where words of it are in elements of their own.
function said() {
  const skipped = "script, style, noscript, time, code, kbd, pre, option";
  const blocks = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest(skipped)) continue;
    let block = node.parentElement;
    while (/^(inline$|contents)/.test(getComputedStyle(block).display)) block = block.parentElement;
    blocks.set(block, `${blocks.get(block) ?? ""}${node.data}`);
  }
  const attributes = ["aria-label", "placeholder", "title", "alt"].flatMap((name) =>
    [...document.querySelectorAll(`[${name}]:not(time)`)].map((one) => one.getAttribute(name)));
  return [...blocks.values(), ...attributes, document.title];
}

const formats = "Picsharz|JPEG|PNG|WebP|HEIC|AVIF|GIF|TIFF|ZIP|CSV|JSON|Parquet|ISO|" +
  "Apache License|SELECT|SQL";
const units = String.raw`\b[kMGT]?B\b|\b\d+(\.\d+)? ?(mm|s|ms|sec|min|hr|MP|px)\b|\bf/\d`;
const times = String.raw`\w+day, \d+ \w+ \d{4} at \d+:\d\d [ap]m|\b[ap]m\b|` +
  String.raw`\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\b|` +
  String.raw`\b(Today|Yesterday)\b|\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b`;
const initials = String.raw`^\p{Lu}{1,2}$`;
const neutral = new RegExp([formats, units, times, initials].join("|"), "gu");
const countries = new Intl.DisplayNames(["en"], { type: "region" });

// Whole words of it only: "en" is given, too.
function without(text, one) {
  const escaped = one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(String.raw`(?<!\p{L})${escaped}(?!\p{L})`, "gu"), " ");
}

// `others`: what the server gave, and what stands in the address.
export async function literals(page, others) {
  const known = [...others].filter((text) => /\p{L}/u.test(text));
  for (const code of known.filter((text) => /^[A-Z]{2}$/.test(text))) {
    known.push(countries.of(code));
  }
  known.sort((one, other) => other.length - one.length);
  const found = new Set();
  for (const text of await page.evaluate(said)) {
    let rest = words(text);
    for (let before; before !== rest; ) {
      before = rest;
      rest = rest.replace(/⟦[^⟦⟧]*⟧/gu, " ");
    }
    for (const one of known) if (rest.includes(one)) rest = without(rest, one);
    if (/\p{L}/u.test(rest.trim().replace(neutral, " "))) found.add(words(text));
  }
  return [...found];
}
