// Every address of the web in every form: it has a title and one heading, is not wider than its
// window, breaks no rule of axe and no line of the security policy; what is pressed is large enough
// and can be had at 400 %; text of twice its size fits. What is still wrong with one is listed in
// support/faults.mjs, which may only become shorter.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { violations } from "../support/axe.mjs";
import { faults, faultsOfLanguage } from "../support/faults.mjs";
import { assertKnown } from "../support/known.mjs";
import { clipped, covered, twice } from "../support/large.mjs";
import { eachForm, languages, speak, windows } from "../support/matrix.mjs";
import { places } from "../support/places.mjs";
import { routes, unvisited } from "../support/routes.mjs";
import { situations } from "../support/situations.mjs";
import { small } from "../support/targets.mjs";
import { noPages, open, pagesBench, somebody, tooWide } from "../support/visit.mjs";

// Adds what is wrong: name of the fault -> where.
async function look(page, language, found) {
  const head = await page.evaluate(() => ({
    headings: document.querySelectorAll("h1").length,
    title: document.title,
    language: document.documentElement.lang,
    direction: document.documentElement.dir || "ltr",
  }));
  if (head.headings !== 1) found.set("heading", `${head.headings} of the first level`);
  if (!/Picsharz/.test(head.title)) found.set("title", head.title);
  if (head.language !== language) found.set("language", head.language);
  const direction = language === "ar-XB" ? "rtl" : "ltr";
  if (head.direction !== direction) found.set("direction", head.direction);
  await eachForm(page, async ({ theme, width }) => {
    const wide = await tooWide(page);
    if (wide > 0) found.set("wide", `${wide} px at ${width}`);
    for (const { rule, where } of await violations(page)) {
      found.set(rule, `${theme}, ${width}: ${where.join("\n")}`);
    }
  });
}

const add = (found, fault, list) => list.length > 0 && found.set(fault, list.join("\n"));

async function lookAtTargets(page, found) {
  for (const viewport of windows) {
    await page.setViewportSize(viewport);
    add(found, "small", await small(page));
  }
}

// The last: what is as large stays so.
async function lookAtLarge(page, found) {
  await page.setViewportSize({ width: 320, height: 256 });
  await page.evaluate(drawn);
  await page.mouse.move(160, 100); // the viewer's controls leave where nobody stirs
  await page.mouse.move(160, 128);
  if (await tooWide(page) > 0) found.set("wide at 400 %", `${await tooWide(page)} px`);
  const { faults: lids, count } = await covered(page);
  add(found, "covered at 400 %", lids);
  if (count < 3) found.set("empty at 400 %", `${count} controls`);
  await page.setViewportSize({ width: 1280, height: 768 });
  await twice(page);
  if (await tooWide(page) > 0) found.set("wide with large text", `${await tooWide(page)} px`);
  add(found, "clipped", await clipped(page));
  await page.setViewportSize(windows[0]);
}

// A list is laid anew after its window has changed.
async function drawn() {
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
}

function judge(name, language, found) {
  const known = [...(faults[name] ?? []), ...(faultsOfLanguage[language] ?? [])];
  const fresh = [...found].filter(([fault]) => !known.includes(fault));
  const why = fresh.map(([fault, where]) => `${fault}: ${where}`);
  assertKnown([...found.keys()], known, [`${name}, ${language}`, ...why].join("\n"));
}

describe("places", { skip: noPages }, () => {
  const bench = pagesBench();

  it("are all that the web has routes for", () => {
    assert.ok(routes().length > 30);
    assert.deepEqual(unvisited(routes(), places), []);
  });

  it("would be found wanting where a route is new", () => {
    assert.deepEqual(unvisited(["/photo/:id", "/new/:what"], places), ["/new/:what"]);
  });

  it("are named once, and nothing is listed of one that is not there", () => {
    const names = [...places, ...situations].map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(Object.keys(faults).filter((name) => !names.includes(name)), []);
  });

  for (const language of languages) {
    for (const member of [false, true]) {
      describe(`${language}, ${member ? "member" : "visitor"}`, () => {
        let one;

        before(async () => {
          const options = { member, viewport: windows[0], reducedMotion: "reduce" };
          one = await somebody(bench.browser, bench.server, "places", options);
          await speak(one, bench.server, language);
        });

        after(() => one?.context.close());

        const here = (list) => list.filter((place) => place.member === member);
        for (const place of here(places)) {
          it(`${place.name}: ${place.path}`, async () => {
            one.complaints.length = 0;
            await open(bench.server, one, place);
            const found = new Map();
            await look(one.page, language, found);
            await lookAtTargets(one.page, found);
            await lookAtLarge(one.page, found);
            judge(place.name, language, found);
            one.assertNoComplaints([400, 404]);
          });
        }
        for (const { name, path, act } of here(situations)) {
          it(`${name}: ${path}`, async () => {
            await open(bench.server, one, { path, member });
            await act(one.page, bench.server.fake);
            const found = new Map();
            await look(one.page, language, found);
            judge(name, language, found);
          });
        }
      });
    }
  }

  it("would be found wanting in what is pressed, lies below a lid, or does not fit", async () => {
    const one = await bench.visit("/terms", { member: false, viewport: windows[0] });
    await one.page.evaluate(() => {
      const button = document.createElement("button");
      button.textContent = "x";
      button.style.cssText = "width: 20px; height: 20px";
      const lid = document.createElement("div");
      lid.style.cssText = "position: fixed; inset: 0; z-index: 99";
      const box = document.createElement("p");
      box.textContent = "words ".repeat(20);
      box.style.cssText = "width: 100px; height: 20px; overflow: hidden";
      document.querySelector("main").append(button, box);
      document.body.append(lid);
    });
    const found = new Map();
    await lookAtTargets(one.page, found);
    await lookAtLarge(one.page, found);
    assert.deepEqual([...found.keys()].sort(), ["clipped", "covered at 400 %", "small"]);
    await one.context.close();
  });

  it("would be found wrong by axe, by their width and by their headings", async () => {
    const one = await bench.visit("/recent", { viewport: windows[0] });
    await one.page.evaluate(() => {
      const main = document.querySelector("main");
      main.append(document.createElement("button"), document.createElement("h1"));
      const box = document.createElement("p");
      box.textContent = "wide and pale";
      box.style.width = "3000px"; // by script, which the policy allows
      box.style.color = "rgb(200 200 200)";
      main.append(box);
    });
    const found = new Map();
    await look(one.page, "en", found);
    for (const fault of ["button-name", "color-contrast", "wide", "heading"]) {
      assert.ok(found.has(fault), `${fault} is not among ${[...found.keys()]}`);
    }
    assert.throws(() => judge("recent", "en", found), /new faults/);
    assert.throws(() => assertKnown([], ["heading"], "one that is listed"), /mended/);
    await one.context.close();
  });
});
