// What Lighthouse says of five pages on a phone, as far as it does not depend on speed: nothing of
// a category fails, but for what known.mjs still lists, and nothing moves. Speed is in make bench.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { assertKnown } from "../browser/support/known.mjs";
import { missing, photos } from "../browser/support/paths.mjs";
import { noModels, noServer } from "../browser/support/server.mjs";
import { categories, known, layoutShift, openCategories } from "./known.mjs";
import { failed, laboratory, pages, report } from "./lighthouse.mjs";

const skip = noServer() || noModels() || missing(photos, "photos");
const photographs = 12;
const shift = "cumulative-layout-shift";
// As fast as it goes: no figure of speed is asked for.
const settings = {
  onlyCategories: openCategories,
  onlyAudits: [shift],
  throttlingMethod: "provided",
  disableFullPageScreenshot: true,
};

const say = (lhr, ids) =>
  ids.map((id) => `${id}: ${lhr.audits[id].title}\n${JSON.stringify(lhr.audits[id].details)}`);

// What Lighthouse could not find out says nothing of the page: on a busy machine a trace may lack
// its beginning. It is asked again, and a third time.
async function complete(lab, name) {
  for (let tries = 1; ; tries += 1) {
    const lhr = await report(lab, name, settings);
    const broken = Object.values(lhr.audits).filter((audit) => audit.scoreDisplayMode === "error");
    if (broken.length === 0) return lhr;
    const why = broken.map(({ id, errorMessage }) => `${id}: ${errorMessage}`).join("\n");
    assert.ok(tries < 3, `${name} cannot be looked at\n${why}`);
  }
}

describe("Lighthouse", { skip }, () => {
  let lab;

  before(async () => {
    lab = await laboratory(photographs);
    assert.ok(lab.seeded.photos > photographs / 2, "most photographs are published");
  });

  after(() => lab?.stop());

  for (const [name, page] of Object.entries(pages)) {
    it(`finds nothing wrong with ${name}`, async () => {
      const lhr = await complete(lab, name);
      for (const category of page.open ? openCategories : categories) {
        const found = failed(lhr, category);
        const listed = known[name]?.[category] ?? [];
        const why = say(lhr, found.filter((id) => !listed.includes(id)));
        assertKnown(found, listed, [`${name}, ${category}`, ...why].join("\n"));
      }
      const moved = lhr.audits[shift].numericValue;
      assert.ok(moved <= layoutShift, `${name}: layout shift ${moved}`);
    });
  }

  it("would find a page that is wrong", async () => {
    const wrong = createServer((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/html" });
      const body = "<p>a</p><button></button><script>throw 1</script>";
      response.end(`<!doctype html><title></title>${body}`);
    });
    await new Promise((resolve) => wrong.listen(0, "127.0.0.1", resolve));
    try {
      const server = { address: `http://127.0.0.1:${wrong.address().port}` };
      const lhr = await report({ ...lab, server }, "explore", settings);
      const found = openCategories.flatMap((category) => failed(lhr, category));
      for (const id of ["button-name", "html-has-lang", "document-title", "errors-in-console",
        "meta-description"]) {
        assert.ok(found.includes(id), `${id} is not among ${found}`);
      }
    } finally {
      wrong.closeAllConnections();
      await new Promise((resolve) => wrong.close(resolve));
    }
  });
});
