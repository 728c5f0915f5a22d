// Two people at once: a like is seen where the photo is open, and a new photo is told of where
// somebody reads, without anything moving.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { amara, jonas } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { quiet } from "./support/quiet.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, publish, setUpAdministrator, signUp, verify } from "./support/steps.mjs";

const files = ["wild-2.jpg", "aarhus.jpg"].map((name) => join(photos, name));
const skip = noServer() || noModels() || missing(files[0], "the photo of the test");

describe("what happens while somebody looks", { skip }, () => {
  let server, browser, author, reader;

  before(async () => {
    server = await startServer();
    browser = await launch();
    author = await person(browser, server, "amara");
    reader = await person(browser, server, "jonas");
    const administrator = await setUpAdministrator(author, server, amara);
    await signUp(reader, jonas);
    await verify(reader, administrator, jonas.email);
    await publish(author, files[0], "Two on a rock");
    await reader.page.goto(`/@${amara.handle}`);
    await reader.page.getByRole("button", { name: "Follow", exact: true }).click();
    await reader.page.getByRole("button", { name: /^(Following|Unfollow)/ }).waitFor();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("shows a like where the photo is open", async () => {
    await author.page.goto("/recent");
    await main(author.page).getByRole("link", { name: "Two on a rock" }).first().click();
    const count = (name) => main(author.page).getByRole("link", { name, exact: true });
    await main(author.page).getByRole("button", { name: "Like", pressed: false }).waitFor();
    await reader.page.goto("/");
    const article = main(reader.page).getByRole("article", { name: "Two on a rock" });
    await article.getByRole("button", { name: "Like", pressed: false }).click();
    await count("1 like").waitFor();
    // The author's own stays as it is, and is counted with it.
    const button = main(author.page).getByRole("button", { name: "Like", pressed: false });
    await button.click();
    await count("2 likes").waitFor();
    await article.getByRole("button", { name: "Like", pressed: true }).click();
    await count("1 like").waitFor();
    assert.equal(
      await main(author.page).getByRole("button", { name: "Like", pressed: true }).count(), 1);
    author.assertNoComplaints();
  });

  it("tells of a new photo, and moves nothing", async () => {
    await reader.page.goto("/");
    await main(reader.page).getByRole("article", { name: "Two on a rock" }).waitFor();
    await quiet(reader.page); // it listens, and what came with the page has its place
    await reader.page.evaluate(() => {
      window.shifts = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) window.shifts += value;
      }).observe({ type: "layout-shift" });
    });
    await publish(author, files[1], "Aarhus");
    const pill = main(reader.page).getByRole("button", { name: "1 new photo" });
    await pill.waitFor();
    assert.equal(await main(reader.page).getByRole("article", { name: "Aarhus" }).count(), 0);
    assert.equal(await reader.page.evaluate(() => window.shifts), 0);
    await pill.click();
    await main(reader.page).getByRole("article", { name: "Aarhus" }).waitFor();
    reader.assertNoComplaints();
  });
});
