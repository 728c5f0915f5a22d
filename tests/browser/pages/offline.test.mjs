// Installed, and without a network: the shell, the last pages with the time they are from, and
// photos that other apps hand over. Against the fake server, which can fall silent.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { PNG } from "pngjs";
import { keptOf } from "../support/files.mjs";
import { dist, photos } from "../support/paths.mjs";
import { main } from "../support/steps.mjs";
import { noPages, open, pagesBench, somebody, until } from "../support/visit.mjs";

describe("what is installed", { skip: noPages }, () => {
  it("has a name, icons of the sizes it tells, a place for shared photos, and ways in", () => {
    const manifest = JSON.parse(readFileSync(join(dist, "manifest.webmanifest"), "utf8"));
    assert.equal(manifest.name, "Picsharz");
    assert.equal(manifest.display, "standalone");
    assert.deepEqual(manifest.shortcuts.map(({ url }) => url), ["/upload", "/activity", "/search"]);
    assert.equal(manifest.share_target.action, "/share");
    for (const { src, sizes } of manifest.icons) {
      const { width, height } = PNG.sync.read(readFileSync(join(dist, src)));
      assert.equal(`${width}x${height}`, sizes, src);
    }
    assert.ok(manifest.icons.some(({ purpose }) => purpose === "maskable"));
    assert.ok(existsSync(join(dist, "sw.js")));
    const html = readFileSync(join(dist, "index.html"), "utf8");
    assert.match(html, /<link rel="manifest" href="\/manifest.webmanifest"/);
  });
});

describe("without a network", { skip: noPages }, () => {
  const bench = pagesBench();

  // Somebody whose pages the worker has in its hands.
  async function settled(options = {}) {
    const one = await somebody(bench.browser, bench.server, "offline", {
      serviceWorkers: "allow",
      ...options,
    });
    await open(bench.server, one, { path: "/recent", ...options });
    await one.page.evaluate(() => navigator.serviceWorker.ready);
    await one.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    return one;
  }
  // Until the worker has kept what fits.
  const kept = (page, cache, part) =>
    page.waitForFunction(
      async ([name, piece]) =>
        (await (await caches.open(name)).keys()).some(({ url }) => url.includes(piece)),
      [cache, part],
    );
  const keys = (page) =>
    page.evaluate(async () => {
      const all = [];
      for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) all.push(`${name} ${url}`);
      }
      return all;
    });

  it("is set in Inter on a phone when the worker has it, on larger screens at once", async () => {
    const isInter = ({ page }) => page.evaluate(() =>
      [getComputedStyle(document.body).fontFamily.includes("Inter"),
        performance.getEntriesByType("resource").some(({ name }) => name.endsWith(".woff2"))]);
    const phone = await settled({ viewport: { width: 390, height: 800 } });
    assert.deepEqual(await isInter(phone), [false, false], "the first visit has it in its way");
    assert.ok((await keys(phone.page)).some((key) => key.endsWith(".woff2")), "the worker has it");
    await open(bench.server, phone, { path: "/recent" });
    assert.deepEqual(await isInter(phone), [true, true]);
    await phone.context.close();
    const wide = await somebody(bench.browser, bench.server, "font");
    await open(bench.server, wide, { path: "/recent", viewport: { width: 1440, height: 900 } });
    await wide.page.setViewportSize({ width: 1440, height: 900 });
    await wide.page.reload();
    assert.equal((await isInter(wide))[0], true);
    await wide.context.close();
  });

  it("shows the last pages, and from when they are", async () => {
    const one = await settled();
    const { page } = one;
    await open(bench.server, one, { path: "/recent" });
    await open(bench.server, one, { path: "/photo/7000" });
    await kept(page, "answers", "/v1/feed/recent");
    await kept(page, "answers", "/v1/photos/7000");
    await kept(page, "pictures", "/media/7000/");
    bench.server.fake.offline = true;
    await page.goto("/recent");
    await main(page).getByRole("link").first().waitFor();
    const said = page.getByText("No connection.");
    await said.waitFor();
    assert.ok(await said.getByRole("time").getAttribute("datetime"));
    await page.goto("/photo/7000");
    await main(page).getByRole("heading", { level: 1 }).waitFor();
    const drawn = await main(page).locator("img").first().evaluate(async (image) => {
      await image.decode();
      return image.naturalWidth;
    });
    assert.ok(drawn > 0, "its picture is there");
    // Nobody was here: that is said, with a way on.
    await page.goto("/photo/7003");
    await main(page).getByRole("button", { name: "Try again" }).first().waitFor();
    bench.server.fake.offline = false;
    await main(page).getByRole("button", { name: "Try again" }).first().click();
    await main(page).getByRole("heading", { level: 1 }).waitFor();
    await said.waitFor({ state: "detached" });
    await one.context.close();
  });

  it("keeps nothing but what pages show, and forgets it when somebody logs out", async () => {
    const one = await settled();
    const { page } = one;
    await open(bench.server, one, { path: "/settings/security" });
    await open(bench.server, one, { path: "/admin/mailbox" });
    await open(bench.server, one, { path: "/recent" });
    await kept(page, "answers", "/v1/feed/recent");
    const all = (await keys(page)).filter((key) => !key.includes("/assets/"));
    const answers = all.filter((key) => key.startsWith("answers "));
    const shown = /\/v1\/(me|instance|feed\/recent)$/;
    assert.deepEqual(answers.filter((key) => !shown.test(key.split("?")[0])), []);
    assert.deepEqual(
      all.filter((key) => /\/(recent|settings|admin|upload)/.test(key) && !key.includes("/v1/")),
      [],
      "no document is kept",
    );
    // Of a member: what is shown after the log-out may be kept for the visitor.
    const theirs = ["answers /v1/feed/home", "pictures /media/1/640"];
    await page.evaluate(async (list) => {
      for (const [name, path] of list.map((each) => each.split(" "))) {
        await (await caches.open(name)).put(path, new Response("theirs"));
      }
    }, theirs);
    await page.goto("/settings");
    await page.getByRole("button", { name: "Log out" }).first().click();
    await page.waitForFunction(async (list) => {
      for (const [name, path] of list.map((each) => each.split(" "))) {
        if (await (await caches.open(name)).match(path)) return false;
      }
      return true;
    }, theirs);
    await one.context.close();
  });

  it("forgets what is not there any more", async () => {
    const one = await settled();
    const { page } = one;
    await open(bench.server, one, { path: "/photo/7000" });
    await kept(page, "answers", "/v1/photos/7000");
    const { photos: all } = bench.server.fake;
    bench.server.fake.photos = all.filter(({ card }) => card.id !== "7000");
    await page.reload();
    await page.waitForFunction(async () => {
      const keys = await (await caches.open("answers")).keys();
      return !keys.some(({ url }) => url.includes("/v1/photos/7000"));
    });
    bench.server.fake.photos = all;
    await one.context.close();
  });

  it("takes photos that other apps share, and sends none of them by itself", async () => {
    const one = await settled();
    const { page } = one;
    const sent = [];
    page.on("request", (request) => {
      if (request.method() !== "GET" && !request.url().endsWith("/share")) sent.push(request.url());
    });
    await page.evaluate(() => {
      const form = document.createElement("form");
      Object.assign(form, { method: "POST", action: "/share", enctype: "multipart/form-data" });
      const input = document.createElement("input");
      Object.assign(input, { type: "file", name: "photos", multiple: true, id: "shared" });
      form.append(input);
      document.body.append(form);
    });
    await page.locator("#shared").setInputFiles(
      ["train.jpg", "aarhus.jpg"].map((name) => join(photos, name)),
    );
    await page.evaluate(() => document.querySelector("form:has(#shared)").submit());
    await page.waitForURL("**/upload?shared");
    const waiting = page.locator("li.upload[data-phase=stopped]");
    await waiting.nth(1).waitFor();
    assert.deepEqual(await page.locator("li.upload .name").allInnerTexts(), [
      "train.jpg", "aarhus.jpg",
    ]);
    assert.deepEqual(sent, []);
    await until(async () => (await keptOf(page)).files === 2); // a reload waits for no disk
    await page.reload(); // they are taken once, and stay until somebody decides
    await waiting.nth(1).waitFor();
    assert.equal(await waiting.count(), 2);
    assert.deepEqual(sent, []);
    await page.getByRole("button", { name: "Send all 2" }).click();
    await page.locator("li.upload[data-phase=draft]").nth(1).waitFor();
    assert.ok(sent.length > 0);
    await one.context.close();
  });
});
