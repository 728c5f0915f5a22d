// A photo is saved, put into a collection that is made on its page, shared by its address, arranged
// and taken out; the other sees what the visibility says.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { amara, jonas } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, publish, setUpAdministrator, signUp, verify } from "./support/steps.mjs";
import { until } from "./support/visit.mjs";

const files = [join(photos, "wild-2.jpg"), join(photos, "train.jpg")];
const titles = ["Two on a rock", "The 7:42"];
const skip = noServer() || noModels() || missing(files[0], "the photos of the test");

describe("collections", { skip }, () => {
  let server, browser, first, second, address;
  const pages = [];
  const button = (one, name) => main(one.page).getByRole("button", { name, exact: true });
  const links = async (one) =>
    main(one.page).locator("[data-block] .title").allInnerTexts();

  before(async () => {
    server = await startServer();
    browser = await launch();
    first = await person(browser, server, "amara");
    second = await person(browser, server, "jonas");
    const administrator = await setUpAdministrator(first, server, amara);
    await signUp(second, jonas);
    await verify(second, administrator, jonas.email);
    for (const [index, file] of files.entries()) {
      pages.push(await publish(first, file, titles[index]));
    }
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("saves a photo for oneself", async () => {
    await second.page.goto(pages[0]);
    await button(second, "Save").click();
    await button(second, "Saved").waitFor();
    await second.page.goto("/saved");
    await main(second.page).getByRole("link", { name: titles[0] }).waitFor();
    await second.page.goto(pages[0]);
    await button(second, "Saved").click();
    await button(second, "Save").waitFor();
    await second.page.goto("/saved");
    await second.page.getByText("Nothing saved yet.").waitFor();
  });

  it("makes a collection on the page of a photo, and puts another one into it", async () => {
    await second.page.goto(pages[0]);
    await button(second, "Collect").click();
    await button(second, "New collection").click();
    await second.page.getByLabel("Name", { exact: true }).fill("Wild and loud");
    await second.page.getByLabel("Who sees it").selectOption("private");
    await second.shot("new-collection");
    await button(second, "Create").click();
    assert.ok(await main(second.page).getByLabel("Wild and loud").isChecked());
    await second.page.goto(pages[1]);
    await button(second, "Collect").click();
    const box = main(second.page).getByLabel("Wild and loud");
    await box.check();
    await until(() => box.isEnabled()); // it is checked before it is done
    assert.ok(await box.isChecked());
    await second.shot("collect");
    await second.page.goto(`/@${jonas.handle}`);
    await main(second.page).getByRole("link", { name: "Collections" }).click();
    await main(second.page).getByRole("link", { name: "Wild and loud" }).click();
    await second.page.getByRole("heading", { name: "Wild and loud" }).waitFor();
    await main(second.page).getByRole("link", { name: titles[1] }).waitFor();
    assert.deepEqual(await links(second), titles);
    address = new URL(second.page.url()).pathname;
  });

  it("is seen by others once its owner wants it so", async () => {
    await first.page.goto(address);
    await first.page.getByText("There is nothing here.").waitFor();
    await button(second, "Edit").click();
    await second.page.getByLabel("Who sees it").selectOption("public");
    await button(second, "Save").click();
    await second.page.getByText("Seen by: everybody").waitFor();
    await first.page.reload();
    await first.page.getByRole("heading", { name: "Wild and loud" }).waitFor();
    await main(first.page).getByRole("link", { name: titles[1] }).waitFor();
    assert.equal(await button(first, "Edit").count(), 0);
  });

  it("is arranged by keyboard, and photos are taken out", async () => {
    await button(second, "Arrange").click();
    const up = button(second, `Move ${titles[1]} up`);
    await up.focus();
    await second.page.keyboard.press("Enter");
    await second.page.getByText(`${titles[1]} is number 1.`).waitFor();
    await second.shot("arrange");
    await button(second, "Done").click();
    await main(second.page).getByRole("link", { name: titles[1] }).waitFor();
    assert.deepEqual(await links(second), [titles[1], titles[0]]);
    await button(second, "Arrange").click();
    await button(second, `Take ${titles[1]} out`).click();
    await second.page.getByText(`${titles[1]} is taken out.`).waitFor();
    await button(second, "Done").click();
    await main(second.page).getByRole("link", { name: titles[0] }).waitFor();
    await first.page.reload();
    await main(first.page).getByRole("link", { name: titles[0] }).waitFor();
    assert.deepEqual(await links(first), [titles[0]]);
  });

  it("is deleted, and its photos stay", async () => {
    await button(second, "Delete").click();
    await button(second, "Delete the collection").click();
    await second.page.getByText("No collections yet. Make your first.").waitFor();
    await second.page.goto(pages[0]);
    await second.page.getByRole("heading", { name: titles[0] }).waitFor();
    first.assertNoComplaints([404]);
    second.assertNoComplaints();
  });
});
