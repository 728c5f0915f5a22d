// The upload page by itself.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { photos } from "../support/paths.mjs";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench } from "../support/visit.mjs";

describe("the upload page", { skip: noPages }, () => {
  const bench = pagesBench();

  it("refuses a wrong file before a byte is sent", async () => {
    const one = await bench.visit("/upload");
    const file = { name: "film.mov", mimeType: "video/quicktime", buffer: Buffer.from("x") };
    await one.page.locator("input[type=file]").setInputFiles(file);
    await one.page.getByRole("alert").getByText(/Export it as JPEG, PNG or WebP/).waitFor();
    assert.ok(await main(one.page).getByRole("button", { name: "Upload" }).isDisabled());
    await one.context.close();
  });

  it("shows an uploaded photo from developing to published", async () => {
    const one = await bench.visit("/upload");
    await one.page.locator("input[type=file]").setInputFiles(join(photos, "IMG_8824.jpg"));
    await main(one.page).getByRole("button", { name: "Upload" }).click();
    await one.page.locator("[data-state=received]").waitFor();
    await one.page.locator("[data-state=published]").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("tells on the upload page how much room there is", async () => {
    const one = await bench.visit("/upload");
    await main(one.page).getByText("1.2 GB of 10.7 GB used; 3 photos of 1,000").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });
});
