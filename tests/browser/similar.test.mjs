// The same photo again, smaller, compressed anew and cropped: its owner is told, others see it
// among the similar ones.
import assert from "node:assert/strict";
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { missing, photos } from "./support/paths.mjs";
import { quiet } from "./support/quiet.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, setUpAdministrator, signUp, upload, verify } from "./support/steps.mjs";

const file = join(photos, "IMG_5910.jpg");
const other = join(photos, "train.jpg");
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

const skip = noServer() || noModels() || missing(file, "the photo of the test");

describe("photos that are alike", { skip }, () => {
  let server, browser, first, second, folder, older, newer;
  const hint = (one) => main(one.page).getByRole("region", { name: "You already have this one" });
  const row = (one) => main(one.page).getByRole("region", { name: "Similar photos" });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "picsharz-similar-"));
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
    rmSync(folder, { recursive: true, force: true });
  });

  async function publish(path, title) {
    await upload(first, path, { Title: title });
    await main(first.page).locator("[data-state=published]").waitFor({ timeout: 60_000 });
  }
  async function open(title) {
    await first.page.getByRole("link", { name: "Open the photo" }).click();
    await first.page.getByRole("heading", { name: title }).waitFor();
    return new URL(first.page.url()).pathname;
  }

  // Of the picture on the page: a tenth of every side less, as a JPEG of low quality.
  async function cropped() {
    const data = await main(first.page)
      .getByRole("img")
      .first()
      .evaluate(async (image) => {
        await image.decode();
        const [width, height] = [image.naturalWidth, image.naturalHeight];
        const canvas = document.createElement("canvas");
        canvas.width = Math.round(width * 0.8);
        canvas.height = Math.round(height * 0.8);
        canvas.getContext("2d").drawImage(image, -width / 10, -height / 10);
        return canvas.toDataURL("image/jpeg", 0.6);
      });
    const path = join(folder, "again.jpg");
    writeFileSync(path, Buffer.from(data.split(",")[1], "base64"));
    return path;
  }

  it("shows nothing where nothing is alike", async () => {
    await publish(other, "A train");
    await open("A train");
    await publish(file, "On the grass");
    older = await open("On the grass");
    await quiet(first.page);
    assert.equal(await row(first).count(), 0);
    assert.equal(await hint(first).count(), 0);
  });

  it("tells the owner of a near duplicate where it was uploaded, and on its page", async () => {
    await publish(await cropped(), "Once more");
    await hint(first).getByRole("link", { name: "On the grass" }).waitFor();
    await first.shot("duplicate-upload");
    newer = await open("Once more");
    await hint(first).getByRole("link", { name: "On the grass" }).waitFor();
    await row(first).getByRole("link", { name: "On the grass" }).waitFor();
    await first.shot("duplicate-page");
  });

  it("tells nobody else, who sees it among the similar ones", async () => {
    await second.page.goto(newer);
    const link = row(second).getByRole("link", { name: "On the grass" });
    await link.waitFor();
    assert.equal(await hint(second).count(), 0);
    assert.equal(await row(second).getByRole("listitem").count(), 1);
    await link.click();
    await second.page.getByRole("heading", { name: "On the grass" }).waitFor();
    await row(second).getByRole("link", { name: "Once more" }).waitFor();
    await second.shot("similar");
  });

  it("tells it no more when both are kept", async () => {
    await hint(first).getByRole("button", { name: "Keep both" }).click();
    await hint(first).waitFor({ state: "detached" });
    await first.page.reload();
    await row(first).waitFor();
    assert.equal(await hint(first).count(), 0);
  });

  it("deletes the new one where the owner wants that", async () => {
    await first.page.goto(older);
    await first.page.getByRole("heading", { name: "On the grass" }).waitFor();
    await publish(await cropped(), "A third time");
    await hint(first).getByRole("button", { name: "Delete the new one" }).click();
    await first.page.getByText("The photo is gone").waitFor();
    await first.page.goto("/me");
    await main(first.page).getByRole("link", { name: "Once more" }).waitFor();
    assert.equal(await main(first.page).getByText("A third time").count(), 0);
    first.assertNoComplaints();
    second.assertNoComplaints();
  });
});
