// One edits, hides and deletes a photo; the other's browser sees what is left of it.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { missing, photos } from "./support/paths.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, setUpAdministrator, signUp, upload, verify } from "./support/steps.mjs";

const file = join(photos, "IMG_5910.jpg"); // has a position, keywords, camera and lens
const bear = join(photos, "wild-2.jpg"); // the models see a bear
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
const photo = { Title: "On the grass", "What can be seen": "A squirrel." };

const skip = noServer() || noModels() || missing(file, "the photo of the test");

describe("a photo is edited and deleted", { skip }, () => {
  let server, browser, first, second, address, bearAddress;

  before(async () => {
    server = await startServer();
    browser = await launch();
    first = await person(browser, server, "amara");
    second = await person(browser, server, "jonas");
    const administrator = await setUpAdministrator(first, server, amara);
    await signUp(second, jonas);
    await verify(second, administrator, jonas.email);
    await publish(file, photo);
    address = new URL(first.page.url()).pathname;
  });

  // Ends on the page of the photo.
  async function publish(path, fields) {
    await upload(first, path, fields);
    await main(first.page).locator("[data-state=published]").waitFor({ timeout: 60_000 });
    await first.page.getByRole("link", { name: "Open the photo" }).click();
    await first.page.getByRole("heading", { name: fields.Title }).waitFor();
  }

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("tells its owner alone what the file says", async () => {
    const facts = first.page.getByRole("region", { name: "How it was made" });
    await facts.getByText("Canon EOS 600D").waitFor();
    const file = first.page.getByRole("region", { name: "Your file, seen by you alone" });
    await file.getByText("Taken at 37.8711, -122.2568").waitFor();
    await second.page.goto(address);
    await second.page.getByRole("heading", { name: photo.Title }).waitFor();
    const text = await main(second.page).innerText();
    for (const secret of ["Canon", "37.87", "IMG_5910", "Alvin", "Berkley", "Delete", "Edit"]) {
      assert.ok(!text.includes(secret), secret);
    }
  });

  it("is edited, and others see it", async () => {
    const { page } = first;
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByLabel("Title", { exact: true }).fill("A squirrel at noon");
    await page.getByLabel("Place").fill("Berkeley");
    await page.getByRole("button", { name: "Add Alvin the Squirrel" }).click();
    await page.getByLabel("Show camera and exposure to others").check();
    await first.shot("edit");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("heading", { name: "A squirrel at noon" }).waitFor();
    await second.page.reload();
    await second.page.getByRole("heading", { name: "A squirrel at noon" }).waitFor();
    const facts = second.page.getByRole("region", { name: "How it was made" });
    await facts.getByText("Berkeley").waitFor();
    await facts.getByText("Canon EOS 600D").waitFor();
    await main(second.page).getByText("#alvin-the-squirrel").waitFor();
  });

  it("has everything else edited, too, and others have what they are allowed", async () => {
    const { page } = first;
    const save = async (change) => {
      await page.getByRole("button", { name: "Edit", exact: true }).click();
      await change();
      await page.getByRole("button", { name: "Save changes" }).click();
      await page.getByRole("button", { name: "Edit", exact: true }).waitFor();
      await second.page.goto(address);
    };
    const others = main(second.page);
    const download = others.getByRole("link", { name: "Download in full size" });
    await second.page.goto(address);
    await others.getByLabel("Add a comment").waitFor();
    assert.equal(await download.count(), 0);
    await save(async () => {
      const description = page.getByRole("textbox", { name: "Description", exact: true });
      await description.fill("It looked at me first.");
      await page.getByRole("textbox", { name: "Tags" }).fill("squirrel, noon");
      await page.getByLabel("Let others download it in full size").check();
      await page.getByLabel("Let others comment on it").uncheck();
    });
    await others.getByText("It looked at me first.").waitFor();
    for (const tag of ["#squirrel", "#noon"]) {
      await others.getByRole("link", { name: tag, exact: true }).waitFor();
    }
    assert.equal(await others.getByText("#alvin-the-squirrel").count(), 0, "it was left out");
    assert.equal(await others.getByLabel("Add a comment").count(), 0);
    const bytesOf = async (page, link) =>
      page.evaluate(async (href) => {
        const answer = await fetch(href);
        return [answer.status, (await answer.arrayBuffer()).byteLength];
      }, await link.getAttribute("href"));
    const [status, size] = await bytesOf(second.page, download);
    assert.equal(status, 200);
    const original = main(page).getByRole("link", { name: "Original" });
    const own = await bytesOf(page, original);
    assert.deepEqual(own, [200, statSync(file).size], "the owner has the very bytes");
    assert.notEqual(size, own[1]);
    await save(() => page.getByLabel("Who can see it").selectOption("followers"));
    await second.page.getByRole("alert").getByText("There is nothing here.").waitFor();
    await second.page.goto("/@amara");
    await others.getByRole("button", { name: "Follow", exact: true }).first().click();
    await others.getByRole("button", { name: "Unfollow" }).waitFor();
    await second.page.goto(address);
    await second.page.getByRole("heading", { name: "A squirrel at noon" }).waitFor();
    await save(async () => {
      await page.getByLabel("Who can see it").selectOption("public");
      await page.getByLabel("Let others comment on it").check();
      await page.getByLabel("Let others download it in full size").uncheck();
    });
    await others.getByLabel("Add a comment").waitFor();
    assert.equal(await download.count(), 0);
  });

  it("has a label made a tag and another removed by its owner", async () => {
    await publish(bear, { Title: "On a rock" });
    bearAddress = new URL(first.page.url()).pathname;
    const labels = first.page.getByRole("region", { name: "Is it right about what is seen?" });
    await labels.getByRole("button", { name: "Make a tag: bear" }).click();
    await main(first.page).getByRole("link", { name: "#bear", exact: true }).waitFor();
    await labels.getByRole("button", { name: "Remove: animal" }).click();
    await labels.getByText("animal", { exact: true }).waitFor({ state: "detached" });
    await second.page.goto(bearAddress);
    await main(second.page).getByRole("link", { name: "#bear", exact: true }).waitFor();
    assert.equal(await main(second.page).getByText("animal", { exact: true }).count(), 0);
  });

  it("offers a draft of what can be seen, which nobody sees unless it is taken", async () => {
    const { page } = first;
    const description = () => main(second.page).getByRole("img").first().getAttribute("alt");
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const draft = await page.locator("#draft").innerText();
    assert.match(draft, /wildlife/i); // bear is a tag by now, animal was taken off
    await first.shot("draft");
    assert.notEqual(await description(), draft);
    await page.getByRole("button", { name: "Use this draft" }).click();
    assert.equal(await page.getByLabel("What can be seen").inputValue(), draft);
    await second.page.reload();
    await main(second.page).getByRole("link", { name: "#bear", exact: true }).waitFor();
    assert.notEqual(await description(), draft);
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).waitFor();
    await second.page.reload();
    await main(second.page).getByRole("link", { name: "#bear", exact: true }).waitFor();
    assert.equal(await description(), draft);
    await page.goto(address);
    await second.page.goto(address);
    await second.page.getByRole("heading", { name: "A squirrel at noon" }).waitFor();
  });

  it("is hidden, and others do not find it any more", async () => {
    const picture = main(second.page).getByRole("img").first();
    const old = await picture.getAttribute("src");
    await first.page.getByRole("button", { name: "Edit", exact: true }).click();
    await first.page.getByLabel("Who can see it").selectOption("private");
    await first.page.getByRole("button", { name: "Save changes" }).click();
    await main(first.page).getByText("Only you can see it.").waitFor();
    await second.page.reload();
    await second.page.getByRole("alert").getByText("There is nothing here.").waitFor();
    const fetched = async (url) => (await fetch(url, { cache: "no-store" })).status;
    const status = await second.page.evaluate(fetched, old);
    assert.equal(status, 404);
  });

  it("is deleted after a question, and says what happens", async () => {
    const { page } = first;
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await first.shot("delete");
    await page.getByRole("button", { name: "Delete for good" }).click();
    await main(page).getByText("The photo is gone").waitFor();
    await page.getByRole("link", { name: "Your photos" }).first().click();
    await main(page).getByRole("link", { name: "On a rock" }).waitFor();
    assert.equal(await main(page).getByText("A squirrel at noon").count(), 0);
    await page.goto(address);
    await page.getByRole("alert").getByText("There is nothing here.").waitFor();
    first.assertNoComplaints([404]);
    second.assertNoComplaints([404]);
  });
});
