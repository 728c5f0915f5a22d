// What stands round every page.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noPages, pagesBench, phone } from "../support/visit.mjs";

describe("the shell", { skip: noPages }, () => {
  const bench = pagesBench();

  for (const [what, options] of [["a phone", phone], ["a screen", {}]]) {
    it(`has one bell on ${what}`, async () => {
      const one = await bench.visit("/", options);
      const bells = one.page.getByRole("link", { name: /^Activity/ });
      assert.equal(await bells.count(), 1);
      await one.context.close();
    });
  }
});
