// "Your data" in the browser: an archive is made and downloaded, and brought back by somebody else.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { missing, photos } from "./support/paths.mjs";
import { noServer, startServer } from "./support/server.mjs";
import { main, setUpAdministrator, signUp, upload, verify } from "./support/steps.mjs";

const file = join(photos, "train.jpg");
const ada = {
  name: "Ada Root",
  handle: "ada",
  email: "ada@example.org",
  password: "eleven grey herons",
};
const mei = {
  name: "Mei Lin",
  handle: "mei",
  email: "mei@example.org",
  password: "seven loud ferries",
};
const skip = noServer() || missing(file, "the photo of the test");

describe("export and import in the browser", { skip }, () => {
  let server, browser, first, second, archive;

  before(async () => {
    server = await startServer();
    browser = await launch();
    first = await person(browser, server, "data");
    const administrator = await setUpAdministrator(first, server, ada);
    second = await person(browser, server, "data-other");
    await signUp(second, mei);
    await verify(second, administrator, mei.email);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const part = (who, name) => main(who.page).getByRole("region", { name, exact: true });
  const open = async (who) => {
    await who.page.goto("/settings");
    await main(who.page).getByRole("link", { name: "Open export and import" }).click();
    await who.page.getByRole("heading", { name: "Export and import" }).waitFor();
  };

  it("makes an archive for the password, and downloads it", async () => {
    await upload(first, file, { Title: "The 7:42" });
    await open(first);
    const section = part(first, "Export");
    await section.getByLabel("Your password").fill("wrong");
    await section.getByRole("button", { name: "Make my archive" }).click();
    await section.getByText("This is not your password.").first().waitFor();
    await section.getByLabel("Your password").fill(ada.password);
    await section.getByRole("button", { name: "Make my archive" }).click();
    await section.getByText("Your archive is ready:").waitFor();
    await section.getByText("1 photo,").waitFor();
    const download = first.page.waitForEvent("download");
    await section.getByRole("link", { name: "Download" }).click();
    const got = await download;
    assert.match(got.suggestedFilename(), /^picsharz-ada-\d{4}-\d\d-\d\d\.zip$/);
    archive = await got.path();
    const bytes = await readFile(archive);
    assert.ok(bytes.includes(await readFile(file)), "the photo is in it, byte for byte");
    first.assertNoComplaints([403]);
  });

  it("shows what another account took of it, and that the second time takes nothing", async () => {
    await open(second);
    const section = part(second, "Import");
    for (const taken of ["1 photo taken", "0 photos taken"]) {
      const buffer = await readFile(archive);
      const chosen = { name: "mine.zip", mimeType: "application/zip", buffer };
      await section.locator("input[type=file]").setInputFiles(chosen);
      await section.getByRole("button", { name: "Import", exact: true }).click();
      await section.getByText(taken).waitFor({ timeout: 60_000 });
    }
    await section.getByText("1 already here").waitFor();
    await second.page.goto("/me");
    await main(second.page).locator("img").first().waitFor();
    assert.equal(await main(second.page).locator("img").count(), 1);
    second.assertNoComplaints();
  });

  it("says why an archive is none", async () => {
    await open(second);
    const section = part(second, "Import");
    const buffer = await readFile(file);
    const chosen = { name: basename(file), mimeType: "application/zip", buffer };
    await section.locator("input[type=file]").setInputFiles(chosen);
    await section.getByRole("button", { name: "Import", exact: true }).click();
    await section.getByText("Not imported").waitFor();
    await section.getByText("no ZIP archive").waitFor();
    await second.shot("refused");
    second.assertNoComplaints();
  });
});
