// What a page says that comes from no catalogue: with English in disguise (en-XA) whatever does is
// between brackets. What people wrote is as the server gave it, and dates, sizes and names of
// countries are the browser's.

// Every text that the server gives while `page` is open, as it comes.
export function given(page) {
  const texts = new Set();
  const take = (value) => {
    if (typeof value === "string") texts.add(value.trim().replace(/\s+/g, " "));
    else if (value && typeof value === "object") Object.values(value).forEach(take);
  };
  page.on("response", async (response) => {
    if (!response.url().includes("/v1/")) return;
    take(await response.json().catch(() => null));
  });
  return texts;
}

// In the page: the texts of it, each whole where words of it are in elements of their own.
function said() {
  const skipped = "script, style, noscript, time, code, kbd, pre, option, bdi.handle";
  const blocks = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest(skipped)) continue;
    let block = node.parentElement;
    while (/^(inline$|contents)/.test(getComputedStyle(block).display)) block = block.parentElement;
    blocks.set(block, `${blocks.get(block) ?? ""}${node.data}`);
  }
  const attributes = ["aria-label", "placeholder", "title", "alt"].flatMap((name) =>
    [...document.querySelectorAll(`[${name}]`)].map((one) => one.getAttribute(name)));
  return [...blocks.values(), ...attributes, document.title];
}

// Not words of a language: names of the program and of formats, keys, units, times.
const neutral = new RegExp(
  [
    "Picsharz", "JPEG|PNG|WebP|HEIC|AVIF|GIF|TIFF|ZIP|JSON|ISO", String.raw`\b[kMGT]?B\b`,
    String.raw`\b\d+(\.\d+)? ?(mm|s|MP|px)\b`, String.raw`\bf/\d`, String.raw`\b[AP]M\b|\b[ap]m\b`,
    String.raw`\b(\d+ )?(second|minute|hour|day)s? ago\b|\byesterday\b|\bnow\b`,
    String.raw`\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\b`,
    String.raw`\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b`,
  ].join("|"), "gu");

export async function literals(page, others) {
  const known = [...others].filter((text) => /\p{L}/u.test(text));
  known.sort((one, other) => other.length - one.length);
  const found = new Set();
  for (const text of await page.evaluate(said)) {
    let rest = text.replace(/\s+/g, " ");
    for (let before; before !== rest; ) {
      before = rest;
      rest = rest.replace(/⟦[^⟦⟧]*⟧/gu, " ");
    }
    for (const one of known) rest = rest.replaceAll(one, " ");
    rest = rest.replace(neutral, " ");
    if (/\p{L}/u.test(rest)) found.add(`${text.trim()} (${rest.trim()})`);
  }
  return [...found];
}
