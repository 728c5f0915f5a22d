// What the pages say when the server fails or asks to wait.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, settled, until } from "../support/visit.mjs";

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

  const failed = (one) =>
    one.page.getByRole("alert").filter({ hasText: "This could not be shown. Try again." });

  it("says that a page threw, with a code, and draws it anew when asked", async () => {
    const one = await bench.visit("/about");
    await one.page.route("**/v1/instance/terms", (route) =>
      route.fulfill({ contentType: "application/json", body: '{"text": 1, "rules": []}' }));
    await one.page.goto("/terms");
    await failed(one).getByText("page_failed").waitFor();
    await one.page.evaluate(() => (window.same = true));
    assert.equal(await one.page.getByRole("heading", { level: 1 }).count(), 1);
    await one.page.getByRole("link", { name: "Settings" }).waitFor(); // the bars are there
    await one.page.unroute("**/v1/instance/terms");
    await one.page.getByRole("button", { name: "Try again" }).click();
    await main(one.page).getByText("Your photos stay yours.").waitFor();
    assert.equal(await failed(one).count(), 0);
    assert.ok(await one.page.evaluate(() => window.same));
    await one.context.close();
  });

  it("says so of a page that throws at once, too, and leads on to the others", async () => {
    const one = await bench.visit("/recent");
    await one.page.evaluate(() => {
      const get = URLSearchParams.prototype.get;
      URLSearchParams.prototype.get = function (name) {
        if (name === "state") throw new Error("thrown by the test");
        return get.call(this, name);
      };
      const link = document.createElement("a");
      link.href = "/admin/jobs";
      document.querySelector("main").append(link);
      link.click();
    });
    await failed(one).getByText("page_failed").waitFor();
    await one.page.getByRole("link", { name: "Settings" }).click();
    await main(one.page).getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    assert.equal(await failed(one).count(), 0);
    await one.context.close();
  });

  it("says that a page did not arrive, with a code, and loads it when asked", async () => {
    const one = await bench.visit("/recent");
    const part = /\/assets\/HelpPage-[^/]*\.js$/;
    const loads = [];
    one.page.on("domcontentloaded", () => loads.push(new URL(one.page.url()).pathname));
    await one.page.route(part, (route) => route.fulfill({ status: 404, body: "" }));
    await one.page.goto("/help");
    await failed(one).getByText("page_failed").waitFor();
    await settled(one.page);
    assert.deepEqual(loads, ["/help", "/help"]); // anew, once, by itself
    await one.page.getByRole("button", { name: "Try again" }).click();
    await until(() => loads.length === 3);
    await failed(one).waitFor();
    await one.page.unroute(part);
    await one.page.getByRole("button", { name: "Try again" }).click();
    await main(one.page).getByRole("heading", { level: 1, name: "Help" }).waitFor();
    await one.context.close();
  });

  it("says that a part of a page did not arrive, and loads it when asked", async () => {
    const one = await bench.visit("/recent");
    const part = /\/assets\/Comments-[^/]*\.js$/;
    await one.page.route(part, (route) => route.fulfill({ status: 404, body: "" }));
    await one.page.goto("/photo/7000");
    await main(one.page).getByRole("heading", { level: 1 }).waitFor();
    const said = one.page.getByRole("alert")
      .filter({ hasText: "This could not be shown. Try again." });
    await said.waitFor();
    await one.page.unroute(part);
    await said.getByRole("button", { name: "Try again" }).click();
    await main(one.page).getByLabel("Add a comment").waitFor();
    assert.equal(await said.count(), 0);
    await one.context.close();
  });

  it("draws the picture that did not come when the network is there again", async () => {
    const one = await bench.visit("/about");
    await one.page.route("**/media/**", (route) => route.abort());
    await one.page.goto("/photo/7000");
    const stage = main(one.page).locator(".stage [data-photo]");
    await stage.locator(".meta").waitFor(); // its words
    await settled(one.page);
    await one.page.unroute("**/media/**");
    await one.context.setOffline(true);
    await one.page.getByText("No connection.").waitFor();
    await one.context.setOffline(false);
    await stage.locator("img").waitFor();
    const width = await stage.locator("img").evaluate(async (image) => {
      await image.decode();
      return image.naturalWidth;
    });
    assert.ok(width > 0);
    await one.context.close();
  });

  it("asks again by itself for a picture that was lost on a good line", async () => {
    const one = await bench.visit("/about");
    await one.page.route("**/media/**", (route) => route.abort());
    await one.page.goto("/photo/7000");
    const stage = main(one.page).locator(".stage [data-photo]");
    await stage.locator(".meta").waitFor();
    await one.page.unroute("**/media/**");
    await stage.locator("img.shown").waitFor();
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
