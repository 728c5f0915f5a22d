// Pages in which something is open: what an address alone does not show. Looked at like the places.
import { join } from "node:path";
import { photos } from "./paths.mjs";
import { main } from "./steps.mjs";

export const situations = [
  {
    name: "menu-of-a-person",
    path: "/@jonas",
    async act(page) {
      await main(page).locator("summary").click();
      await main(page).locator("details[open] button").first().waitFor();
    },
  },
  {
    name: "suggestions-of-search",
    path: "/recent",
    async act(page) {
      await page.getByRole("combobox").first().fill("har");
      await page.getByRole("option").first().waitFor();
    },
  },
  {
    name: "viewer-information",
    path: "/photo/7000/view",
    async act(page) {
      // In every language, and whether it has faded by then or not.
      await page.locator("dialog.viewer .inform").press("Enter");
      await page.locator("dialog.viewer").getByText("George Town").waitFor();
    },
  },
  {
    name: "upload-chosen",
    path: "/upload",
    async act(page) {
      await page.locator("#files").setInputFiles(join(photos, "train.jpg"));
      await page.locator("[id^=title-]").first().waitFor();
    },
  },
  {
    name: "upload-tags",
    path: "/upload",
    async act(page) {
      await page.locator("#files").setInputFiles(join(photos, "train.jpg"));
      await page.locator("[id^=tags-]").first().pressSequentially("one, har");
      await main(page).getByRole("option", { name: "harbour" }).waitFor();
    },
  },
  {
    name: "upload-several",
    path: "/upload",
    async act(page) {
      const names = ["train.jpg", "aarhus.jpg", "wild-1.jpg"];
      await page.locator("#files").setInputFiles(names.map((name) => join(photos, name)));
      await main(page).locator("li.upload").nth(2).waitFor();
    },
  },
  {
    name: "upload-pill",
    path: "/upload",
    async act(page) {
      await page.locator("#files").setInputFiles(join(photos, "train.jpg"));
      await main(page).locator("li.upload").first().waitFor();
      await page.evaluate(() => document.querySelector('a[href="/"]').click());
      await page.locator("a.uploads").waitFor();
    },
  },
  {
    name: "upload-wrong",
    path: "/upload",
    async act(page) {
      const file = { name: "film.mov", mimeType: "video/quicktime", buffer: Buffer.from("x") };
      await page.locator("#files").setInputFiles(file);
      await page.getByRole("alert").waitFor();
    },
  },
  {
    name: "signup-wrong",
    path: "/signup",
    member: false,
    async act(page) {
      await main(page).locator("form button.primary").click();
    },
  },
].map((situation) => ({ member: true, ...situation }));
