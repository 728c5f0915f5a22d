// Uploads outlive their page: on other pages, after a reload, in another tab, without a line.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { keptOf } from "../support/files.mjs";
import { photos } from "../support/paths.mjs";
import { main } from "../support/steps.mjs";
import { noPages, open, pagesBench, somebody, until } from "../support/visit.mjs";

const three = ["train.jpg", "aarhus.jpg", "wild-1.jpg"].map((name) => join(photos, name));

describe("uploads that go on by themselves", { skip: noPages }, () => {
  const bench = pagesBench();
  const uploads = /^\/v1\/uploads\//;
  const rows = (page, phase) => main(page).locator(`li.upload[data-phase=${phase}]`);
  // Of how many entries that this browser keeps it is known that they are to be published.
  const wished = (page) =>
    page.evaluate(() => new Promise((resolve, reject) => {
      const wish = indexedDB.open("picsharz-uploads");
      wish.onerror = () => reject(wish.error);
      wish.onsuccess = () => {
        const asked = wish.result.transaction("entries").objectStore("entries").getAll();
        asked.onsuccess = () => {
          wish.result.close();
          resolve(asked.result.filter(({ wanted }) => wanted).length);
        };
      };
    }));
  const sending = async () => {
    bench.server.fake.hold(uploads);
    const one = await bench.visit("/upload");
    await one.page.locator("#files").setInputFiles(three);
    await rows(one.page, "sending").nth(2).waitFor();
    await until(async () => (await keptOf(one.page)).files === 3);
    return one;
  };

  it("go on while somebody looks at other pages, which say so", async () => {
    const one = await sending();
    await one.page.getByRole("link", { name: "Explore" }).click();
    const pill = one.page.getByRole("link", { name: "Uploading 1 of 3" });
    await pill.waitFor();
    bench.server.fake.release();
    const left = one.page.getByRole("link", { name: "3 photos to publish" });
    await left.click();
    await rows(one.page, "draft").nth(2).waitFor();
    assert.equal(await left.count(), 0, "not on its own page");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("go on after a reload, without the files being chosen again", async () => {
    const one = await sending();
    await main(one.page).getByRole("button", { name: "Details train.jpg" }).click();
    await main(one.page).getByLabel("Title", { exact: true }).fill("The 7:42");
    await main(one.page).getByRole("button", { name: "Publish all 3" }).click();
    const before = bench.server.fake.uploads.size;
    await until(async () => (await wished(one.page)) === 3); // a page that goes waits for no disk
    await one.page.goto("/recent"); // not even the upload page is needed
    bench.server.fake.release();
    await one.page.getByRole("link", { name: /^Uploading/ }).waitFor({ state: "detached" });
    const all = () => [...bench.server.fake.uploads.values()].slice(-3);
    await until(() => all().every(({ photo }) => photo));
    assert.equal(bench.server.fake.uploads.size, before, "nothing was begun anew");
    await one.page.goto("/upload");
    await rows(one.page, "published").or(main(one.page).locator(".zone")).first().waitFor();
    // With its last byte it is a photo; it is published by another request.
    const titled = () => bench.server.fake.photos.filter(({ card }) => card.title === "The 7:42");
    await until(() => titled().some(({ card }) => card.visibility === "public"));
    one.assertNoComplaints();
    await one.context.close();
  });

  it("go on in a new tab when theirs was closed", async () => {
    const one = await sending();
    await one.page.close();
    const page = await one.context.newPage();
    await page.goto("/upload");
    await rows(page, "sending").nth(2).waitFor();
    bench.server.fake.release();
    await rows(page, "draft").nth(2).waitFor();
    await one.context.close();
  });

  it("are seen and steered in a second tab, which takes over", async () => {
    const one = await sending();
    const second = await one.context.newPage();
    await second.goto("/upload");
    await rows(second, "sending").nth(2).waitFor();
    const begun = bench.server.fake.uploads.size;
    await main(second).getByRole("button", { name: "Stop aarhus.jpg" }).click();
    await rows(one.page, "stopped").waitFor();
    await main(second).getByRole("button", { name: "Details train.jpg" }).click();
    await main(second).getByLabel("Title", { exact: true }).pressSequentially("From the second");
    await main(one.page).getByRole("button", { name: "Details train.jpg" }).click();
    const title = main(one.page).getByLabel("Title", { exact: true });
    await until(async () => (await title.inputValue()) === "From the second");
    await second.locator("#files").setInputFiles(join(photos, "wild-2.jpg"));
    await main(one.page).getByRole("button", { name: "Details wild-2.jpg" }).waitFor();
    // It is listed before it is begun, and before its file is kept.
    await until(() => bench.server.fake.uploads.size > begun);
    assert.equal(bench.server.fake.uploads.size, begun + 1, "one of them sends");
    await until(async () => (await keptOf(one.page)).files === 4);
    await one.page.close();
    bench.server.fake.release();
    // What was under way when the other tab closed is tried again after a while.
    await rows(second, "draft").nth(2).waitFor({ timeout: 60_000 });
    assert.equal(await rows(second, "stopped").count(), 1);
    await one.context.close();
  });

  it("take turns where there are no locks, as on plain http", async () => {
    bench.server.fake.hold(uploads);
    const one = await somebody(bench.browser, bench.server, "plain");
    await one.context.addInitScript(() => {
      Object.defineProperty(navigator, "locks", { value: undefined });
    });
    await open(bench.server, one, { path: "/upload" });
    await one.page.locator("#files").setInputFiles(three);
    await rows(one.page, "sending").nth(2).waitFor();
    const second = await one.context.newPage();
    await second.goto("/upload");
    await rows(second, "sending").nth(2).waitFor();
    await main(second).getByRole("button", { name: "Stop train.jpg" }).click();
    await rows(one.page, "stopped").waitFor();
    await until(async () => (await keptOf(one.page)).files === 3);
    await one.page.close();
    bench.server.fake.release();
    await rows(second, "draft").nth(1).waitFor();
    await one.context.close();
  });

  it("ask for the file again where the browser keeps none, and go on where they were", async () => {
    bench.server.fake.hold(uploads);
    const one = await somebody(bench.browser, bench.server, "keepless");
    await one.context.addInitScript(() => {
      indexedDB.open = () => {
        throw new DOMException("Not here.", "SecurityError");
      };
    });
    await open(bench.server, one, { path: "/upload" });
    const earlier = bench.server.fake.uploads.size;
    await one.page.locator("#files").setInputFiles(three[0]);
    await rows(one.page, "sending").waitFor();
    await main(one.page).getByLabel("Title", { exact: true }).fill("The 7:42");
    await until(() => bench.server.fake.uploads.size > earlier);
    const begun = bench.server.fake.uploads.size;
    one.page.on("dialog", (dialog) => dialog.accept()); // it would be lost: the browser asks
    await one.page.reload();
    await main(one.page).getByText("Choose or drop the file again").waitFor();
    bench.server.fake.release();
    await one.page.locator("#files").setInputFiles(three[0]);
    await rows(one.page, "draft").waitFor();
    assert.equal(bench.server.fake.uploads.size, begun, "nothing was begun anew");
    const title = main(one.page).getByLabel("Title", { exact: true });
    assert.equal(await title.inputValue(), "The 7:42");
    await one.context.close();
  });

  it("wait for a lost line, and say so", async () => {
    const one = await bench.visit("/upload");
    bench.server.fake.offline = true;
    await one.page.locator("#files").setInputFiles(three);
    await rows(one.page, "paused").nth(2).waitFor();
    await main(one.page).getByText("The connection is lost.").first().waitFor();
    bench.server.fake.offline = false;
    await one.page.evaluate(() => dispatchEvent(new Event("online")));
    await rows(one.page, "draft").nth(2).waitFor();
    await one.context.close();
  });

  it("wait for whoever has to log in again", async () => {
    const one = await bench.visit("/upload");
    const detail = "You are signed out. Log in again.";
    bench.server.fake.refused = { status: 401, code: "unauthenticated", detail };
    await one.page.locator("#files").setInputFiles(three[0]);
    await one.page.getByRole("heading", { name: "Log in" }).waitFor();
    await until(async () => (await keptOf(one.page)).files === 1);
    bench.server.fake.refused = null;
    await open(bench.server, one, { path: "/recent" });
    await one.page.getByRole("link", { name: "1 photo to publish" }).waitFor();
    one.assertNoComplaints([401]);
    await one.context.close();
  });

  it("give the page back to the browser's memory when nothing is left to do", async () => {
    const one = await bench.visit("/upload");
    const held = () =>
      one.page.evaluate(async () => (await navigator.locks.query()).held.map(({ name }) => name));
    await one.page.locator("#files").setInputFiles(three[0]);
    await rows(one.page, "draft").waitFor();
    assert.deepEqual(await held(), ["picsharz-uploads-turn"]);
    await one.page.getByRole("link", { name: "Explore" }).click();
    await one.page.getByRole("link", { name: "1 photo to publish" }).click();
    await main(one.page).getByRole("button", { name: "Publish", exact: true }).click();
    await main(one.page).locator("[data-state=published]").waitFor();
    await one.page.getByRole("link", { name: "Explore" }).click();
    await until(async () => (await held()).length === 0);
    const rail = one.page.getByRole("navigation", { name: "Main" });
    await rail.getByRole("link", { name: "Upload" }).click();
    await main(one.page).getByText("Choose photos").waitFor();
    await one.context.close();
  });

  it("stop, and nothing of them stays, when somebody logs out", async () => {
    const one = await sending();
    const other = await one.context.newPage();
    await other.goto("/upload");
    await rows(other, "sending").nth(2).waitFor();
    assert.deepEqual(await keptOf(one.page), { entries: 3, files: 3 });
    await one.page.getByRole("link", { name: "Settings" }).click();
    await one.page.getByRole("button", { name: "Log out" }).click();
    await main(one.page).getByRole("link", { name: "Log in" }).first().waitFor();
    // The entries go first, and then the files.
    await until(async () => isDeepStrictEqual(await keptOf(one.page), { entries: 0, files: 0 }));
    await rows(other, "sending").first().waitFor({ state: "detached" });
    await one.page.goto("/recent");
    assert.equal(await one.page.getByRole("link", { name: /^Uploading/ }).count(), 0);
    await one.context.close();
  });
});
