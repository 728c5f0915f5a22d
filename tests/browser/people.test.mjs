// The whole path: a photo goes from one person's disk into another person's feed.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { missing, photos } from "./support/paths.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, search, setUpAdministrator, signUp, upload, verify } from "./support/steps.mjs";

const file = join(photos, "wild-2.jpg");
const amara = {
  name: "Amara Okafor",
  handle: "amara",
  email: "amara@example.org",
  password: "thirteen red trains",
};
const jonas = {
  name: "Jonas Lind",
  handle: "jonas",
  email: "jonas@example.org",
  password: "fourteen blue boats",
};
const photo = {
  Title: "Two on a rock",
  Description: "They played until it was late.",
  "What can be seen": "Two young bears on a rock.",
  Tags: "wilderness, canada",
};
const developed = { timeout: 60_000 };

const skip = noServer() || noModels() || missing(file, "the photo of the test");

describe("people meet", { skip }, () => {
  let server, browser, first, second, address;

  before(async () => {
    server = await startServer();
    browser = await launch();
    first = await person(browser, server, "amara");
    second = await person(browser, server, "jonas");
    const administrator = await setUpAdministrator(first, server, amara);
    await signUp(second, jonas);
    await verify(second, administrator, jonas.email);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("develops an uploaded photo and finds labels in it", async () => {
    await upload(first, file, photo);
    await first.shot("developing");
    await main(first.page).locator("[data-state=published]").waitFor(developed);
    await first.page.getByRole("link", { name: "Open the photo" }).click();
    await first.page.getByRole("heading", { name: photo.Title }).waitFor();
    address = new URL(first.page.url()).pathname;
    const labels = first.page.getByRole("region", { name: "Seen in this photo" });
    await labels.getByText("bear", { exact: true }).waitFor();
    await shown(first.page);
    await first.shot("photo");
  });

  // The picture has come, and it is one.
  async function shown(page) {
    const picture = main(page).getByRole("img", { name: photo["What can be seen"] }).first();
    await picture.waitFor();
    const wide = (node) => node.complete && node.naturalWidth >= 320;
    await page.waitForFunction(wide, await picture.elementHandle());
  }

  it("shows it to a visitor among the newest", async () => {
    const visitor = await person(browser, server, "visitor");
    await visitor.page.goto("/");
    await visitor.page.getByRole("link", { name: photo.Title }).waitFor();
    await shown(visitor.page);
    visitor.assertNoComplaints();
    await visitor.context.close();
  });

  it("is in the other's feed after following", async () => {
    await second.page.goto("/");
    await second.page.getByText("No photos yet. Follow someone").waitFor();
    await second.page.goto(`/@${amara.handle}`);
    await second.page.getByRole("button", { name: "Follow", exact: true }).click();
    await second.page.getByRole("button", { name: "Unfollow" }).waitFor();
    await second.page.getByRole("link", { name: "1 follower" }).waitFor();
    await second.shot("profile");
    await second.page.getByRole("link", { name: "Picsharz" }).click();
    await second.page.getByRole("article", { name: photo.Title }).waitFor();
    await shown(second.page);
    await second.shot("feed");
  });

  it("has the like of the one, seen by the other", async () => {
    const item = second.page.getByRole("article", { name: photo.Title });
    await item.getByRole("button", { name: "Like", pressed: false }).click();
    await item.getByRole("button", { name: "Like", pressed: true }).waitFor();
    assert.match(await item.innerText(), /1 like/);
    await first.page.reload();
    await main(first.page).getByText("1 like", { exact: true }).waitFor();
    await first.page.getByRole("button", { name: "Like", pressed: false }).click();
    await main(first.page).getByText("2 likes", { exact: true }).waitFor();
    await first.page.getByRole("button", { name: "Like", pressed: true }).click();
    await main(first.page).getByText("1 like", { exact: true }).waitFor();
  });

  it("is popular once the likes have been counted", async () => {
    const status = await first.page.evaluate(async () => {
      const headers = { "Picsharz-Client": "test" };
      return (await fetch("/v1/admin/popular", { method: "POST", headers })).status;
    });
    assert.equal(status, 200);
    const size = { viewport: { width: 390, height: 844 } };
    const visitor = await person(browser, server, "visitor", size);
    await visitor.page.goto("/recent");
    await main(visitor.page).getByRole("link", { name: "Popular", exact: true }).click();
    await visitor.page.getByRole("heading", { name: "Popular photos" }).waitFor();
    await visitor.page.getByRole("link", { name: photo.Title }).waitFor();
    const picture = main(visitor.page).getByRole("img", { name: photo["What can be seen"] });
    const drawn = (node) => node.naturalWidth > 0;
    await visitor.page.waitForFunction(drawn, await picture.elementHandle());
    await visitor.shot("popular");
    visitor.assertNoComplaints();
    await visitor.context.close();
  });

  for (const words of ["late", "canada", "animal", "wilder"]) {
    it(`is found by "${words}"`, async () => {
      await search(second, words);
      await main(second.page).getByRole("link", { name: photo.Title }).waitFor();
    });
  }

  it("has an owner who is found by name", async () => {
    await second.page.goto("/search?q=okafor&type=people");
    await main(second.page).getByRole("link", { name: amara.name }).click();
    await second.page.getByRole("heading", { name: amara.name }).waitFor();
  });

  it("is gone from the feed after unfollowing, and still on its page", async () => {
    await second.page.getByRole("button", { name: "Unfollow" }).click();
    await second.page.getByRole("button", { name: "Follow", exact: true }).waitFor();
    await second.page.getByRole("link", { name: "Picsharz" }).click();
    await second.page.getByText("No photos yet. Follow someone").waitFor();
    await second.page.goto(address);
    await shown(second.page);
  });

  it("says why a file that is no photo is refused", async () => {
    await first.page.goto("/upload");
    await first.page.locator("#files").setInputFiles({
      name: "notes.jpg",
      mimeType: "image/jpeg",
      buffer: Buffer.from("these are notes, not a photo"),
    });
    await first.page.getByRole("alert").getByText(/\w/).waitFor();
    await first.shot("refused");
    first.assertNoComplaints([415, 422]);
    second.assertNoComplaints();
  });
});
