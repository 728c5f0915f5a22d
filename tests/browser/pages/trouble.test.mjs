// What the pages say when the server fails or asks to wait.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench } from "../support/visit.mjs";

describe("trouble", { skip: noPages }, () => {
  const bench = pagesBench();

  it("says what failed and tries again when asked", async () => {
    const one = await bench.visit("/recent");
    bench.server.fake.failing = true;
    await one.page.reload();
    await one.page.getByRole("alert").getByText("The server is busy").waitFor();
    bench.server.fake.failing = false;
    await one.page.getByRole("button", { name: "Try again" }).click();
    await main(one.page).locator("li > a").first().waitFor();
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  it("waits when it is asked to slow down, says so, and goes on by itself", async () => {
    const one = await bench.visit("/photo/7000");
    const next = one.page.getByRole("status").getByText("That is a lot at once.");
    bench.server.fake.refusing = 2;
    bench.server.fake.wait = 2;
    const like = main(one.page).getByRole("button", { name: "Like", exact: true });
    const before = await like.getAttribute("aria-pressed");
    await like.click();
    await next.waitFor();
    await one.shot("slowdown");
    await next.waitFor({ state: "detached" });
    assert.notEqual(await like.getAttribute("aria-pressed"), before);
    assert.equal(bench.server.fake.refusing, 0);
    one.assertNoComplaints([429]);
    await one.context.close();
  });

  it("says how long to wait where that is longer than a moment", async () => {
    const one = await bench.visit("/recent");
    bench.server.fake.refusing = 1000;
    bench.server.fake.wait = 300;
    await one.page.reload();
    await one.page.getByRole("alert").getByText("Wait 300 seconds and try again.").waitFor();
    bench.server.fake.refusing = 0;
    await one.page.getByRole("button", { name: "Try again" }).click();
    await main(one.page).locator("li > a").first().waitFor();
    one.assertNoComplaints([429]);
    await one.context.close();
  });
});
