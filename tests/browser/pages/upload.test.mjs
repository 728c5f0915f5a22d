// The upload page by itself: what it takes, what it refuses, and what can be said of a photo.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { drop, film, jpegOf, paste } from "../support/files.mjs";
import { photos } from "../support/paths.mjs";
import { main } from "../support/steps.mjs";
import { noPages, open, pagesBench, phone, somebody } from "../support/visit.mjs";

const photo = (name = "train.jpg") => join(photos, name);

describe("the upload page", { skip: noPages }, () => {
  const bench = pagesBench();
  const visit = (options) => bench.visit("/upload", options);
  const choose = (one, files) => one.page.locator("#files").setInputFiles(files);
  const rows = (one, phase) =>
    main(one.page).locator(`li.upload${phase ? `[data-phase=${phase}]` : ""}`);
  const button = (one, name) => main(one.page).getByRole("button", { name, exact: true });
  const card = (name) => {
    const sent = ({ card: { id }, file }) => id >= "7900" && file.endsWith(name);
    return bench.server.fake.photos.find(sent)?.card;
  };

  it("tells what it takes and how much room there is", async () => {
    const one = await visit();
    await main(one.page).getByText("JPEG, PNG or WebP, up to 50 MB each, 50 at a time.").waitFor();
    await main(one.page).getByText("1.2 GB of 10.7 GB used; 3 photos of 1,000").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("refuses a wrong file before a byte is sent, and takes the others", async () => {
    const one = await visit();
    bench.server.fake.uploads.clear();
    await choose(one, [film, jpegOf(4000, 3000)]);
    const alert = one.page.getByRole("alert");
    await alert.getByText(/film.mov is .*Export it as JPEG, PNG or WebP/).waitFor();
    await rows(one, "draft").waitFor();
    assert.equal(bench.server.fake.uploads.size, 1);
    assert.equal(await button(one, "Try again").count(), 0, "nothing helps but another file");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("tells limits before anything is sent: megapixels, space", async () => {
    const one = await visit();
    bench.server.fake.uploads.clear();
    await choose(one, jpegOf(14_000, 8000));
    await main(one.page).getByText(
      "IMG_204.jpg is 112 megapixels; the limit is 100. Export a smaller copy and try again.",
    ).waitFor();
    bench.server.fake.space = 1_240_500_000;
    await choose(one, jpegOf(100, 100, "small.jpg"));
    await rows(one, "draft").waitFor();
    await choose(one, photo());
    await main(one.page).getByText(/train.jpg has .* and 500 kB of your space are left/).waitFor();
    assert.equal(bench.server.fake.uploads.size, 1);
    await one.context.close();
  });

  it("takes fifty at a time, and says how many were left out", async () => {
    const one = await visit();
    await drop(one.page, 52);
    await main(one.page).getByText("50 photos at a time: 2 were left out.").waitFor();
    await rows(one).nth(49).waitFor();
    assert.equal(await rows(one).count(), 50);
    await main(one.page).getByText("0 of 50 described").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("takes a folder, without what systems put into it", async () => {
    const one = await visit();
    const folder = mkdtempSync(join(tmpdir(), "picsharz-folder-"));
    for (const name of ["train.jpg", "aarhus.jpg"]) cpSync(photo(name), join(folder, name));
    writeFileSync(join(folder, ".DS_Store"), "x");
    await one.page.locator("#folder").setInputFiles(folder);
    await rows(one, "draft").nth(1).waitFor();
    assert.equal(await rows(one).count(), 2);
    rmSync(folder, { recursive: true });
    await one.context.close();
  });

  it("takes what is pasted, and on a phone what the camera takes", async () => {
    const one = await visit({ ...phone, hasTouch: true, isMobile: true });
    await main(one.page).getByText("Take a photo").waitFor();
    assert.equal(await one.page.locator("#camera").getAttribute("capture"), "environment");
    await paste(one.page, "pasted.png");
    await main(one.page).getByRole("group", { name: "pasted.png" }).waitFor();
    const other = await visit();
    assert.equal(await main(other.page).getByText("Take a photo").isVisible(), false);
    await one.context.close();
    await other.context.close();
  });

  it("tells of each file how far it is, and stops and goes on with one", async () => {
    const one = await visit();
    bench.server.fake.hold(/^\/v1\/uploads\//);
    await choose(one, [photo(), photo("aarhus.jpg"), photo("wild-1.jpg"), photo("wild-2.jpg")]);
    await rows(one, "sending").nth(2).waitFor();
    assert.equal(await rows(one, "waiting").count(), 1);
    await one.page.getByRole("progressbar", { name: "Sending train.jpg" }).waitFor();
    await rows(one, "sending").first().getByText(/^\d+%$/).waitFor();
    await button(one, "Stop train.jpg").click();
    await rows(one, "stopped").waitFor();
    assert.equal(await rows(one, "waiting").count(), 0, "the next one takes its place");
    bench.server.fake.release();
    await button(one, "Go on").click();
    await rows(one, "draft").nth(3).waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("asks again for a file that is gone before it was sent, and sends the others", async () => {
    const one = await somebody(bench.browser, bench.server, "gone");
    await one.context.addInitScript(() => {
      indexedDB.open = () => {
        throw new DOMException("Not here.", "SecurityError"); // no copy of it is kept
      };
    });
    await open(bench.server, one, { path: "/upload" });
    const folder = mkdtempSync(join(tmpdir(), "picsharz-gone-"));
    const gone = join(folder, "wild-2.jpg");
    const put = () => cpSync(photo("wild-2.jpg"), gone, { preserveTimestamps: true });
    put();
    bench.server.fake.hold(/^\/v1\/uploads\//);
    await choose(one, [photo(), photo("aarhus.jpg"), photo("wild-1.jpg"), gone]);
    await rows(one, "sending").nth(2).waitFor();
    await rows(one, "waiting").waitFor();
    rmSync(gone);
    bench.server.fake.release();
    await rows(one, "lost").getByText("or the file cannot be read").waitFor();
    await rows(one, "draft").nth(2).waitFor();
    put();
    await choose(one, gone); // the same file: it goes on
    await rows(one, "draft").nth(3).waitFor();
    assert.equal(await rows(one).count(), 4);
    rmSync(folder, { recursive: true });
    await one.context.close();
  });

  it("says why the server refused one, and tries again where that may help", async () => {
    const one = await visit();
    const detail = "This file does not fit into the space that you have here. Delete photos.";
    bench.server.fake.refused = { status: 413, code: "quota_exceeded", detail };
    await choose(one, photo());
    await one.page.getByRole("alert").getByText(detail).waitFor();
    bench.server.fake.refused = null;
    await button(one, "Try again").click();
    await rows(one, "draft").waitFor();
    const damaged = "This file is damaged. Export it again.";
    bench.server.fake.refused = { status: 422, code: "image_corrupt", detail: damaged };
    await choose(one, photo("aarhus.jpg"));
    await one.page.getByRole("alert").getByText(damaged).waitFor();
    assert.equal(await button(one, "Try again").count(), 0);
    one.assertNoComplaints([413, 422]);
    await one.context.close();
  });

  it("shows a photo to nobody else before it is published, then as it was said", async () => {
    const one = await visit();
    await choose(one, photo());
    await main(one.page).getByText("Only you can see them until you publish.").waitFor();
    await rows(one, "draft").waitFor();
    assert.equal(card("train.jpg").visibility, "private");
    await main(one.page).getByLabel("Title", { exact: true }).fill("The 7:42");
    await main(one.page).getByLabel("What can be seen").fill("A train.");
    await main(one.page).getByText("1 of 1 described").waitFor();
    await main(one.page).getByLabel("Who can see it").selectOption("Followers");
    await button(one, "Publish").click();
    await main(one.page).locator("[data-state=published]").waitFor();
    await main(one.page).getByText("Published for your followers").waitFor();
    const { visibility, title, alt } = card("train.jpg");
    assert.deepEqual([visibility, title, alt], ["followers", "The 7:42", "A train."]);
    await button(one, "Clear the published ones").click();
    assert.equal(await rows(one).count(), 0);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("publishes while it develops", async () => {
    const one = await visit();
    // It is developed when it was asked for three times: not while somebody is still typing.
    let letGo = () => {};
    const held = new Promise((resolve) => (letGo = resolve));
    await one.page.route(/\/v1\/photos\/\d+$/, async (route) => {
      if (route.request().method() === "GET") await held;
      await route.continue();
    });
    await choose(one, photo());
    await main(one.page).getByLabel("Title", { exact: true }).fill("Soon");
    await button(one, "Publish").click();
    await main(one.page).locator("[data-state=received]").waitFor();
    assert.equal(card("train.jpg").title, "Soon");
    letGo();
    await main(one.page).locator("[data-state=published]").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("says at its field what cannot be published as it is", async () => {
    const one = await visit();
    await choose(one, photo());
    await main(one.page).getByLabel("Title", { exact: true }).fill("refuse me");
    await button(one, "Publish").click();
    await main(one.page).getByText("This title cannot be taken.").waitFor();
    const title = main(one.page).getByLabel("Title", { exact: true });
    assert.equal(await title.getAttribute("aria-invalid"), "true");
    await title.fill("Take me");
    await button(one, "Publish").click();
    await main(one.page).locator("[data-state]").waitFor();
    one.assertNoComplaints([400]);
    await one.context.close();
  });

  it("says of all what was said of one, until one is said to be otherwise", async () => {
    const one = await visit();
    await choose(one, [photo(), photo("aarhus.jpg"), photo("wild-1.jpg")]);
    const details = (name) => main(one.page).getByRole("button", { name: `Details ${name}` });
    const group = (name) => main(one.page).getByRole("group", { name, exact: true });
    await details("train.jpg").click();
    await group("train.jpg").getByLabel("Title", { exact: true }).fill("Denmark");
    await group("train.jpg").getByLabel("Who can see it").selectOption("Followers");
    await button(one, "Use for the 2 others").click();
    await one.page.getByText("The 2 others say the same now.").waitFor();
    await details("aarhus.jpg").click();
    const other = group("aarhus.jpg").getByLabel("Title", { exact: true });
    assert.equal(await other.inputValue(), "Denmark");
    await other.fill("Aarhus");
    await button(one, "Publish all 3").click();
    await main(one.page).locator("[data-state]").nth(2).waitFor();
    const told = ["train.jpg", "aarhus.jpg", "wild-1.jpg"].map((name) => {
      const { title, visibility } = card(name);
      return [title, visibility];
    });
    assert.deepEqual(told, [
      ["Denmark", "followers"], ["Aarhus", "followers"], ["Denmark", "followers"],
    ]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("says of a draft that has waited where it will stand in feeds", async () => {
    const one = await visit();
    const { fake } = bench.server;
    const { now } = fake;
    fake.now = () => Date.now() - 3 * 3_600_000;
    await choose(one, photo());
    const where = "In feeds it stands where it was uploaded: 3 hours ago";
    await main(one.page).getByText(where).waitFor();
    fake.now = now;
    await one.context.close();
  });

  it("suggests tags, which the keyboard takes", async () => {
    const one = await visit();
    await choose(one, photo());
    const field = main(one.page).getByRole("combobox", { name: "Tags" });
    const chips = main(one.page).getByRole("list", { name: "Tags of train.jpg" });
    await field.pressSequentially("har");
    const offered = main(one.page).getByRole("listbox", { name: "Tags that others use" });
    await offered.getByRole("option", { name: "harbour" }).waitFor();
    assert.equal(await offered.getByRole("option").count(), 1, "tags, not people or labels");
    await field.press("ArrowDown");
    await field.press("Enter");
    await chips.getByText("harbour", { exact: true }).waitFor();
    await field.pressSequentially("blue hour, #Dawn,");
    await field.fill("train");
    await button(one, "Publish").click(); // what still stands in the field is meant, too
    await main(one.page).locator("[data-state]").waitFor();
    assert.deepEqual(card("train.jpg").tags, ["harbour", "blue hour", "Dawn", "train"]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("takes tags away again, and offers the words and the draft of the file", async () => {
    const one = await visit();
    await choose(one, photo());
    const field = main(one.page).getByRole("combobox", { name: "Tags" });
    await field.fill("one, two,");
    await button(one, "Remove the tag one").click();
    await button(one, "Use this draft").click();
    const alt = main(one.page).getByLabel("What can be seen");
    assert.equal(await alt.inputValue(), "A boat and a train; mostly blue.");
    await button(one, "Add dawn").click();
    await field.press("Backspace");
    await button(one, "Add dawn").click();
    await button(one, "Publish").click();
    await main(one.page).locator("[data-state]").waitFor();
    assert.deepEqual(card("train.jpg").tags, ["two", "dawn"]);
    one.assertNoComplaints();
    await one.context.close();
  });
});
