// What the home feed costs a phone: its pictures are those that fit the screen, and no larger ones.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Api } from "./support/api.mjs";
import { launch, person } from "./support/browser.mjs";
import { amara, jonas } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { quiet } from "./support/quiet.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, setUpAdministrator, signUp, verify } from "./support/steps.mjs";
import { phone } from "./support/visit.mjs";

const names = ["wild-2.jpg", "aarhus.jpg", "mongolia.jpeg", "train.jpg"];
const files = names.map((name) => join(photos, name));
const skip = noServer() || noModels() || missing(files[0], "the photos of the test");
const bytesEach = 1_200_000 / 20; // twenty photos in 1.2 MB, at 390 px and two pixels each
const patience = 60_000;

describe("the home feed of a phone", { skip }, () => {
  let server, browser, first, second;

  before(async () => {
    server = await startServer();
    browser = await launch();
    first = await person(browser, server, "amara");
    second = await person(browser, server, "jonas", { ...phone, deviceScaleFactor: 2 });
    const administrator = await setUpAdministrator(first, server, amara);
    await signUp(second, jonas);
    await verify(second, administrator, jonas.email);
    const follower = await Api.logIn(server.address, jonas.handle, jonas.password);
    await follower.send("PUT", `/v1/accounts/${amara.handle}/follow`);
    for (const file of files) await publish(administrator, file);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function publish(api, file) {
    const form = new FormData();
    form.set("title", basename(file));
    form.set("file", new Blob([readFileSync(file)]), basename(file));
    const headers = { Authorization: `Bearer ${api.token}` };
    const sent = await fetch(`${api.address}/v1/photos`, { method: "POST", headers, body: form });
    const { id } = await sent.json();
    for (const until = Date.now() + patience; ; ) {
      const { state } = await api.get(`/v1/photos/${id}`);
      if (state === "published") return;
      assert.ok(Date.now() < until, `photo ${id} is still ${state}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it("fetches each picture once, in the size of the screen", async () => {
    const { page } = second;
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: false });
    // What came while the feed was empty was shown at once.
    await session.send("Network.clearBrowserCache");
    const asked = new Map();
    let bytes = 0;
    session.on("Network.requestWillBeSent", ({ requestId, request }) => {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith("/media/")) asked.set(requestId, pathname);
    });
    session.on("Network.requestServedFromCache", ({ requestId }) => asked.delete(requestId));
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (asked.has(requestId)) bytes += encodedDataLength;
    });
    await page.goto("/");
    const titles = main(page).locator("article h2");
    await titles.first().waitFor();
    for (const name of names) {
      await main(page).getByRole("heading", { name }).scrollIntoViewIfNeeded();
      await main(page).getByRole("article", { name }).locator("img.shown").waitFor();
      await quiet(page);
    }
    const paths = [...asked.values()];
    assert.equal(paths.length, names.length, paths.join(" "));
    assert.equal(new Set(paths).size, names.length);
    assert.ok(bytes > 0 && bytes <= names.length * bytesEach, `${bytes} bytes: ${paths.join(" ")}`);
    second.assertNoComplaints();
  });
});
