// Every address in both pseudo-languages: whatever we say comes from the catalogues, and a page
// that runs from right to left is the other one in a mirror, with what people wrote as they did.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { given, literals } from "../support/literals.mjs";
import { speak } from "../support/matrix.mjs";
import { places } from "../support/places.mjs";
import { noPages, open, pagesBench, phone, somebody, tooWide } from "../support/visit.mjs";

const wide = { width: 1440, height: 900 };

// In the page: what people wrote that is drawn in the direction of the page around it. `people`
// are names, and handles begin with an @.
function astray(people) {
  const found = new Set();
  const users = "textarea, input:is([type=text], [type=search], [type=email], :not([type]))";
  for (const field of document.querySelectorAll(users)) {
    if (field.dir !== "auto") found.add(`field ${field.id}`);
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent.closest("script, style, noscript, option, pre")) continue;
    if (!people.some((one) => node.data.includes(one)) && !/(^|\s)@\w/.test(node.data)) continue;
    // Filled into what we say: i18n/compile.ts keeps that apart.
    const before = [...parent.childNodes].slice(0, [...parent.childNodes].indexOf(node) + 1);
    const said = before.map(({ nodeType, data }) => (nodeType === 3 ? data : "")).join("");
    // A message may hold others.
    if (said.split("⟦").length > said.split("⟧").length || /⟦/.test(node.data)) continue;
    if (!parent.closest("body :is(bdi, [dir=auto], [dir=ltr])")) found.add(node.data.trim());
  }
  return [...found];
}

describe("a page in another language", { skip: noPages }, () => {
  const bench = pagesBench();
  const people = () => bench.server.fake.accounts.map(({ name }) => name);

  async function visitor(language, member, options) {
    const one = await somebody(bench.browser, bench.server, "direction", {
      member,
      reducedMotion: "reduce",
      ...options,
    });
    await speak(one, bench.server, language);
    return one;
  }

  for (const member of [false, true]) {
    const here = places.filter((place) => place.member === member);
    describe(member ? "to a member" : "to a visitor", () => {
      let one, texts;
      before(async () => {
        one = await visitor("en-XA", member, phone);
        texts = given(one.page);
      });
      after(() => one?.context.close());

      for (const place of here) {
        it(`${place.name} says nothing that is in no catalogue, and can be turned`, async () => {
          const { page } = one;
          await page.setViewportSize(phone.viewport);
          await open(bench.server, one, place);
          const { pathname, searchParams } = new URL(place.path, bench.server.address);
          const address = [...decodeURI(pathname).split(/[/@]/), ...searchParams.values()];
          assert.deepEqual(await literals(page, [...(await texts()), ...address]), []);
          assert.deepEqual(await page.evaluate(astray, people()), []);
          assert.equal(await tooWide(page), 0, "longer words make it no wider");
          await page.evaluate(() => (document.documentElement.dir = "rtl"));
          assert.equal(await tooWide(page), 0, "from right to left, at 390 px");
          await page.setViewportSize(wide);
          assert.equal(await tooWide(page), 0, "from right to left, at 1440 px");
        });
      }
    });
  }

  it("would be found wanting", async () => {
    const one = await bench.visit("/recent", phone);
    const plain = await literals(one.page, await given(one.page)());
    assert.ok(plain.some((text) => /Newest photos/.test(text)), String(plain));
    await one.page.evaluate(() => {
      const box = document.createElement("p");
      box.append("Mei Tan and 3 others, @mei", document.createElement("textarea"));
      document.querySelector("main").append(box);
    });
    assert.deepEqual(
      (await one.page.evaluate(astray, people())).sort(),
      ["Mei Tan and 3 others, @mei", "field "],
    );
    await one.context.close();
  });

  // Distances from the start of the line, of whichever side that is.
  const fromStart = (page, selector) =>
    page.locator(selector).filter({ visible: true }).first().evaluate((node) => {
      const { left, right } = node.getBoundingClientRect();
      const whole = document.documentElement.clientWidth;
      return Math.round(document.documentElement.dir === "rtl" ? whole - right : left);
    });

  for (const [path, selectors] of [
    ["/recent", ["[href='/']", "main h1", "main [href^='/photo/']"]],
    ["/photo/7000", ["main h1", "main article img, main img"]],
    ["/activity", ["main h1", "main time", "main li img"]],
    ["/settings", ["main h1", "main label", "main input"]],
  ]) {
    it(`${path} has in a mirror what it has at the same place`, async () => {
      for (const viewport of [phone.viewport, wide]) {
        const places = [];
        for (const language of ["en", "ar-XB"]) {
          const one = await visitor(language, true, { viewport });
          await open(bench.server, one, { path });
          const found = [];
          for (const selector of selectors) found.push(await fromStart(one.page, selector));
          places.push(found);
          await one.context.close();
        }
        const [plain, mirror] = places;
        plain.forEach((at, index) =>
          assert.ok(Math.abs(at - mirror[index]) <= 2, `${selectors[index]}: ${places}`));
      }
    });
  }

  it("turns what points, and only that", async () => {
    const one = await visitor("ar-XB", true, { viewport: wide });
    await open(bench.server, one, { path: "/recent" });
    const first = one.page.locator("main [href^='/photo/']").first();
    const address = await first.getAttribute("href");
    await first.click();
    await one.page.waitForURL(`**${address}`);
    await one.page.locator(".turns").first().waitFor();
    const turned = await one.page.evaluate(() => [
      [...document.querySelectorAll("svg.turns")].map((node) => getComputedStyle(node).transform),
      [...document.querySelectorAll("svg:not(.turns)")].map(
        (node) => getComputedStyle(node).transform),
    ]);
    assert.deepEqual([...new Set(turned[0])], ["matrix(-1, 0, 0, 1, 0, 0)"]);
    assert.deepEqual(turned[1].filter((how) => how.startsWith("matrix(-1")), []);
    // The next one is where reading goes on: at the left, under the arrow to the left.
    await one.page.keyboard.press("ArrowLeft");
    await one.page.waitForURL((url) => url.pathname !== address);
    await one.page.keyboard.press("ArrowRight");
    await one.page.waitForURL(`**${address}`);
    await one.context.close();
  });
});
