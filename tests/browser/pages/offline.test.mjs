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

  it("says anew from when they are as time passes", async () => {
    const one = await settled();
    const { page } = one;
    await open(bench.server, one, { path: "/recent" });
    await kept(page, "answers", "/v1/feed/recent");
    bench.server.fake.offline = true;
    await one.context.clock.install();
    await page.goto("/recent");
    const when = page.getByText("No connection.").getByRole("time");
    await when.waitFor();
    await one.context.clock.fastForward(3 * 3_600_000);
    await until(async () => (await when.innerText()) === "3 hours ago");
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

  it("forgets it, too, where the page was loaded past the worker", async () => {
    const one = await settled();
    const { page } = one;
    const devtools = await one.context.newCDPSession(page);
    const loaded = page.waitForEvent("load");
    await devtools.send("Page.reload", { ignoreCache: true });
    await loaded;
    await page.getByRole("link", { name: "Settings" }).click();
    const out = page.getByRole("button", { name: "Log out" }).first();
    await out.waitFor();
    const theirs = ["answers /v1/feed/home", "pictures /media/1/640", "shared /shared/1-1"];
    await page.evaluate(async (list) => {
      for (const [name, path] of list.map((each) => each.split(" "))) {
        await (await caches.open(name)).put(path, new Response("theirs"));
      }
    }, theirs);
    assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null);
    await out.click();
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

  // As another app hands them over.
  async function share(page, names) {
    await page.evaluate(() => {
      const form = document.createElement("form");
      Object.assign(form, { method: "POST", action: "/share", enctype: "multipart/form-data" });
      const input = document.createElement("input");
      Object.assign(input, { type: "file", name: "photos", multiple: true, id: "shared" });
      form.append(input);
      document.body.append(form);
    });
    await page.locator("#shared").setInputFiles(names.map((name) => join(photos, name)));
    await page.evaluate(() => document.querySelector("form:has(#shared)").submit());
  }

  it("takes photos that other apps share, and sends none of them by itself", async () => {
    const one = await settled();
    const { page } = one;
    const sent = [];
    page.on("request", (request) => {
      if (request.method() !== "GET" && !request.url().endsWith("/share")) sent.push(request.url());
    });
    await share(page, ["train.jpg", "aarhus.jpg"]);
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

  it("has them wait for whoever has to log in first", async () => {
    const one = await settled({ member: false });
    const { page } = one;
    await share(page, ["train.jpg", "aarhus.jpg"]);
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await page.getByLabel("Handle or e-mail").fill("mei");
    await page.getByLabel("Password").fill("seven slow ferries");
    await main(page).getByRole("button", { name: "Log in" }).click();
    await page.waitForURL("**/upload?shared");
    await page.locator("li.upload[data-phase=stopped]").nth(1).waitFor();
    assert.deepEqual(await page.locator("li.upload .name").allInnerTexts(), [
      "train.jpg", "aarhus.jpg",
    ]);
    await until(async () => !(await keys(page)).some((key) => key.startsWith("shared ")));
    await one.context.close();
  });

  // The session is over, and nobody knew: the photos are what finds it out.
  it("has them wait for whoever logs in again, and nothing older", async () => {
    const one = await settled();
    const { page } = one;
    await page.evaluate(async () => {
      const old = `/shared/${Date.now() - 11 * 60_000}-1`;
      await (await caches.open("shared")).put(old, new Response("somebody's"));
    });
    bench.server.fake.signedIn = false;
    await share(page, ["train.jpg"]);
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await until(async () =>
      (await keys(page)).filter((key) => key.startsWith("shared ")).length === 1);
    await page.getByLabel("Handle or e-mail").fill("mei");
    await page.getByLabel("Password").fill("seven slow ferries");
    await main(page).getByRole("button", { name: "Log in" }).click();
    await page.locator("li.upload[data-phase=stopped]").waitFor();
    assert.equal(await page.locator("li.upload .name").innerText(), "train.jpg");
    await one.context.close();
  });
});
