// The language of the pages, against the fake server: English in disguise shows what comes from the
// catalogues, one of the areas among them, and that a page may run from right to left.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { speak } from "../support/matrix.mjs";
import { noPages, open, pagesBench, somebody } from "../support/visit.mjs";

describe("the language of the pages", { skip: noPages }, () => {
  const bench = pagesBench();

  async function visit(path, lang, options = {}) {
    const one = await somebody(bench.browser, bench.server, "language", {
      member: false,
      ...options,
    });
    if (lang) await speak(one, bench.server, lang);
    await open(bench.server, one, { path, member: false });
    return one;
  }

  const document = (page) =>
    page.evaluate(() => {
      const { lang, dir, scrollWidth, clientWidth } = window.document.documentElement;
      return { lang, dir, wide: scrollWidth - clientWidth };
    });

  it("is English where nothing else was chosen, and where what was chosen is unknown", async () => {
    for (const lang of [null, "xx", "../en"]) {
      const one = await visit("/login", lang);
      assert.deepEqual(await document(one.page), { lang: "en", dir: "ltr", wide: 0 });
      await one.page.getByRole("heading", { name: "Log in" }).waitFor();
      one.assertNoComplaints();
      await one.context.close();
    }
  });

  it("comes from the catalogues, the one of the page as well", async () => {
    const one = await visit("/login", "en-XA", { viewport: { width: 390, height: 844 } });
    assert.deepEqual(await document(one.page), { lang: "en-XA", dir: "ltr", wide: 0 });
    const texts = await one.page.evaluate(() =>
      [...window.document.querySelectorAll("a, button, label, h1, main p")].flatMap((node) =>
        [...node.childNodes].flatMap(({ nodeType, data }) =>
          nodeType === Node.TEXT_NODE && /\p{L}/u.test(data) ? [data.trim()] : [],
        ),
      ),
    );
    assert.ok(texts.length > 8, String(texts));
    const plain = texts.filter((text) => !/^⟦.*⟧$/u.test(text));
    assert.deepEqual([...new Set(plain)], ["Picsharz"]);
    one.assertNoComplaints();
    await one.context.close();
  });

  for (const width of [390, 1440]) {
    it(`runs from right to left at ${width} px`, async () => {
      const one = await visit("/recent", "ar-XB", { viewport: { width, height: 844 } });
      assert.deepEqual(await document(one.page), { lang: "ar-XB", dir: "rtl", wide: 0 });
      const mark = await one.page.getByRole("link", { name: "Picsharz" }).boundingBox();
      assert.ok(mark.x > width / 2, "the name of the program stands at the start of the line");
      one.assertNoComplaints();
      await one.context.close();
    });
  }
});
