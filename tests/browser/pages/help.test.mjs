// What explains the application and the instance, to whoever wants to know.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone } from "../support/visit.mjs";

describe("help and about", { skip: noPages }, () => {
  const bench = pagesBench();
  const heading = (page, name) => main(page).getByRole("heading", { name, exact: true });

  it("are a link away for a member, on a screen and on a phone", async () => {
    for (const options of [{}, phone]) {
      const one = await bench.visit("/settings", options);
      await main(one.page).getByRole("link", { name: "help", exact: true }).click();
      await heading(one.page, "Help").waitFor();
      await main(one.page).getByRole("link", { name: "About Picsharz" }).click();
      await heading(one.page, "About Picsharz").waitFor();
      one.assertNoComplaints();
      await one.context.close();
    }
    const one = await bench.visit("/photo/7000");
    await one.page.getByRole("link", { name: "Help", exact: true }).click();
    await heading(one.page, "Help").waitFor();
    await one.context.close();
  });

  it("explain what this instance takes, in its own figures", async () => {
    const one = await bench.visit("/help", { member: false });
    for (const text of [
      "JPEG", "20,000 pixels a side", "100 megapixels", "64 as PNG", "from:mei",
      "you can appeal once", "A photo for your followers",
    ]) {
      await main(one.page).getByText(text).first().waitFor();
    }
    const upload = main(one.page).getByRole("link", { name: "upload", exact: true });
    assert.equal(await upload.count(), 0);
    for (const name of ["Search", "Keys", "Who sees what", "Moderation and appeals", "Your data"]) {
      await main(one.page).getByRole("link", { name, exact: true }).click();
      const box = await heading(one.page, name).boundingBox();
      assert.ok(box.y >= 0 && box.y < 720, `${name} is at ${box.y}`);
    }
    one.assertNoComplaints();
    await one.context.close();
  });

  it("lead to the part that an address names", async () => {
    for (const [path, name] of [["/help#moderation", "Moderation and appeals"],
      ["/about#appearance", "Appearance and language"]]) {
      const one = await bench.visit(path, { member: false });
      await one.page.waitForFunction((text) => document.activeElement.textContent === text, name);
      const box = await heading(one.page, name).boundingBox();
      assert.ok(box.y >= 0 && box.y < 720, `it is at ${box.y}`);
      one.assertNoComplaints();
      await one.context.close();
    }
  });

  it("tell the rules, and who can come in", async () => {
    const one = await bench.visit("/about", { member: false });
    const text = await main(one.page).innerText();
    for (const part of [
      "A small community for people who take photos.", "Only your own photos.", "Be kind.",
      "Everybody can sign up.", "Visitors see public photos without an account.",
      "Apache License 2.0",
    ]) {
      assert.ok(text.includes(part), part);
    }
    assert.equal(await one.page.title(), "About Picsharz - Picsharz");
    await main(one.page).getByRole("link", { name: "terms" }).click();
    await main(one.page).getByRole("heading", { level: 1, name: /^Terms/ }).waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("are open where the instance is for members only, and say so", async () => {
    const one = await bench.visit("/login", { member: false });
    await one.page.route("**/v1/instance", async (route) => {
      const answer = await route.fetch();
      const body = { ...(await answer.json()), visitors: false, registration: "invitation" };
      await route.fulfill({ response: answer, json: body });
    });
    await one.page.goto("/about");
    await main(one.page).getByText("Only members see what is here.").waitFor();
    await main(one.page).getByText("New members come by invitation.").waitFor();
    await one.page.goto("/help");
    await heading(one.page, "Help").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });
});
