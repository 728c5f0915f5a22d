// Every language of the web on the pages that everybody meets, a third of them each (all of them in
// make check-long), at the width of a phone: it says so, nothing of it is too wide, no key shows,
// and nothing is left in English. A new folder in web/src/i18n is looked at without being named.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { oneOf, speak } from "../support/matrix.mjs";
import { photos } from "../support/paths.mjs";
import { noPages, open, pagesBench, phone, somebody, tooWide } from "../support/visit.mjs";

const folder = new URL("../../../web/src/i18n/", import.meta.url);
const languages = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "en")
  .map((entry) => entry.name);
// Those whose labels fit into one line of a button on a phone; none is cut in any of them.
const oneLine = ["de", "es", "fr"];

const shown = [
  { name: "home", path: "/" },
  { name: "explore", path: "/explore" },
  { name: "photo", path: "/photo/7000" },
  { name: "upload", path: "/upload", files: ["train.jpg", "aarhus.jpg"] },
  { name: "profile", path: "/@jonas" },
  { name: "settings", path: "/settings" },
  { name: "activity", path: "/activity" },
  { name: "search", path: "/search?q=harbour" },
  { name: "administration", path: "/admin" },
  { name: "numbers", path: "/admin/people?from=2026-10-01&to=2026-10-31&compare=true" },
  { name: "log-in", path: "/login", member: false },
  { name: "sign-up", path: "/signup", member: false },
];

// What is the same in every language: names, and what people of the fake server wrote or what it
// says itself, as an English server does.
const same = new Set([
  "Picsharz", "Mei", "English", "harbour", "Harbour", "Save photos, like photos, be kind.",
]);

function catalogue(language) {
  const files = readdirSync(new URL(`${language}/`, folder));
  return new Map(files.flatMap((name) => {
    const json = readFileSync(new URL(`${language}/${name}`, folder), "utf8");
    return Object.entries(JSON.parse(json));
  }));
}

// How an English message looks on a page, in the pieces that its tags make: null where too little
// of it is words to tell it from what people write.
function* looks(message) {
  if (/, (plural|select),/.test(message)) return;
  for (const piece of message.split(/<[^>]+>/)) {
    const words = piece.split(/\{\w+\}/).map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    if (/\p{L}{3}/u.test(words.join(""))) yield new RegExp(`^${words.join(".+").trim()}$`, "u");
  }
}

function english(language) {
  const own = new Map(catalogue(language));
  const different = [...catalogue("en")].filter(([key, message]) => own.get(key) !== message);
  const spoken = new Set([...own.values()]); // what this language says somewhere is its own
  return different
    .filter(([, message]) => !spoken.has(message))
    .flatMap(([, message]) => [...looks(message)]);
}

// What can be read or is spoken.
const texts = (page) =>
  page.evaluate(() => {
    const found = [document.title];
    const attributes = ["aria-label", "placeholder", "title", "alt"];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ALL);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) {
        if (!node.parentElement.closest("script, style, noscript")) found.push(node.data);
      } else if (node.nodeType === Node.ELEMENT_NODE) {
        found.push(...attributes.map((name) => node.getAttribute(name) ?? ""));
      }
    }
    return [...new Set(found.map((text) => text.replace(/\s+/g, " ").trim()))].filter(Boolean);
  });

// Labels of buttons, and of what looks like one, that are broken or cut.
const misfits = (page) =>
  page.evaluate(() => {
    const lines = (node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      const tops = [...range.getClientRects()].map(({ bottom }) => Math.round(bottom));
      return new Set(tops).size;
    };
    const words = (element) => [...element.childNodes].filter((node) =>
      node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
    const found = [];
    for (const button of document.querySelectorAll("button, .button, [role=tab], nav a")) {
      if (!button.checkVisibility() || button.closest(".visually-hidden")) continue;
      const label = button.textContent.replace(/\s+/g, " ").trim();
      const inline = getComputedStyle(button).display === "inline"; // has no width of its own
      if (!inline && button.scrollWidth > button.clientWidth) found.push(`cut: ${label}`);
      for (const part of [button, ...button.querySelectorAll("*")]) {
        if (getComputedStyle(part).clipPath !== "none") continue; // it is only spoken
        if (words(part).some((node) => lines(node) > 1)) found.push(`broken: ${label}`);
      }
    }
    return found;
  });

async function faults(page, language, keys, foreign) {
  const found = [];
  const { lang, dir } = await page.evaluate(() => {
    const { lang, dir } = document.documentElement;
    return { lang, dir };
  });
  if (lang !== language || dir !== "ltr") found.push(`is in ${lang}, ${dir}`);
  const wide = await tooWide(page);
  if (wide > 0) found.push(`${wide} px too wide`);
  for (const text of await texts(page)) {
    if (keys.has(text)) found.push(`shows the key ${text}`);
    else if (!same.has(text) && foreign.some((look) => look.test(text))) found.push(text);
  }
  const whole = oneLine.includes(language);
  found.push(...(await misfits(page)).filter((what) => whole || what.startsWith("cut")));
  return found;
}

async function choose(page, names) {
  await page.locator("#files").setInputFiles(names.map((name) => join(photos, name)));
  await page.locator("main progress, main details, main li button").nth(1).waitFor();
}

describe("the languages of the web", { skip: noPages }, () => {
  const bench = pagesBench();

  for (const [turn, language] of languages.entries()) {
    it(`${language} is all that the pages say, and fits a phone`, async () => {
      const foreign = english(language);
      const keys = new Set(catalogue("en").keys());
      const wrong = [];
      for (const member of [true, false]) {
        const one = await somebody(bench.browser, bench.server, "languages", { ...phone, member });
        await speak(one, bench.server, language);
        const here = oneOf(3, shown, turn);
        for (const place of here.filter((each) => (each.member ?? true) === member)) {
          await open(bench.server, one, place);
          if (place.files) await choose(one.page, place.files);
          const found = await faults(one.page, language, keys, foreign);
          wrong.push(...found.map((what) => `${place.name}: ${what}`));
        }
        one.assertNoComplaints();
        await one.context.close();
      }
      assert.deepEqual(wrong, []);
    });
  }

  it("is there before the first draw", async () => {
    const one = await somebody(bench.browser, bench.server, "languages", { ...phone });
    await speak(one, bench.server, "de");
    await one.context.addInitScript(() => {
      window.said = new Set();
      const look = () => (document.body?.innerText ?? "").split("\n").forEach((line) =>
        window.said.add(line.trim()));
      new MutationObserver(look).observe(document, { childList: true, subtree: true });
    });
    await open(bench.server, one, { path: "/settings" });
    const said = await one.page.evaluate(() => [...window.said]);
    assert.ok(said.includes("Entdecken") && said.includes("Einstellungen"), String(said));
    assert.deepEqual(said.filter((line) => ["Explore", "Settings", "Profile"].includes(line)), []);
    await one.context.close();
  });

  // The texts of refusals are no part of the first draw: a refusal waits for them.
  it("has the first refusal, too", async () => {
    const one = await somebody(bench.browser, bench.server, "languages", { ...phone });
    await speak(one, bench.server, "de");
    await open(bench.server, one, { path: "/photo/1" });
    const said = await one.page.getByRole("alert").innerText();
    assert.match(said, /Hier ist nichts\. Prüfe die Adresse/);
    await one.context.close();
  });

  it("would tell what is left in English", () => {
    const left = (text) => english(languages[0]).some((look) => look.test(text));
    assert.ok(left("Try again") && left("Photo by Mei") && left("Nothing is here"));
    assert.ok(!left("Mei at the lake"));
  });
});
