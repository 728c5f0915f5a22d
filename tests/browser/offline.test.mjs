// The real server goes away while somebody reads: what they saw last is there, what came inside the
// documents as well, and is gone for whoever takes their place.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { amara } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, publish, setUpAdministrator } from "./support/steps.mjs";

const file = join(photos, "aarhus.jpg");
const skip = noServer() || noModels() || missing(file, "the photo of the test");

describe("a server that goes away", { skip }, () => {
  let server, browser, reader;

  before(async () => {
    server = await startServer();
    browser = await launch();
    reader = await person(browser, server, "offline", { serviceWorkers: "allow" });
    await setUpAdministrator(reader, server, amara);
    await publish(reader, file, "Aarhus");
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("leaves the last pages, and says from when they are", async () => {
    const { page } = reader;
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.goto("/recent");
    await main(page).locator("img.shown").first().waitFor();
    // The list came inside the document, and is kept nevertheless.
    await page.waitForFunction(async () => {
      const found = async (name, path) =>
        (await (await caches.open(name)).keys()).some(({ url }) => url.includes(path));
      return (await found("answers", "/v1/feed/recent")) && (await found("answers", "/v1/me"));
    });
    reader.assertNoComplaints();
    await server.stop();
    await page.goto("/recent");
    await main(page).locator("img.shown").first().waitFor();
    await page.getByText("No connection.").getByRole("time").waitFor();
    const alt = await main(page).locator("a[href^='/photo/'] img").first().getAttribute("alt");
    assert.notEqual(alt, null);
    server = null;
  });
});
