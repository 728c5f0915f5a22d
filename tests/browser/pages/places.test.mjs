// Every address of the web in every form: it has a title and one heading, is not wider than its
// window, breaks no rule of axe and no line of the security policy. What is still wrong with one is
// listed in support/faults.mjs, which may only become shorter.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { violations } from "../support/axe.mjs";
import { faults, faultsOfLanguage } from "../support/faults.mjs";
import { assertKnown } from "../support/known.mjs";
import { eachForm, languages, speak, windows } from "../support/matrix.mjs";
import { places } from "../support/places.mjs";
import { routes, unvisited } from "../support/routes.mjs";
import { situations } from "../support/situations.mjs";
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
