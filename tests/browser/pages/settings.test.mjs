// The settings save themselves, against the fake server: what is sent, what is said, and the way
// back.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { quiet } from "../support/quiet.mjs";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, until } from "../support/visit.mjs";

const messages = (one) => one.page.getByRole("group", { name: "Messages" });
const undo = (one) => messages(one).getByRole("button", { name: "Undo" });
const section = (one, name) => main(one.page).getByRole("region", { name, exact: true });

const refused = (field, detail) => ({
  status: 400, code: "validation", detail: "Some of it cannot be saved. Change it and try again.",
  errors: [{ field, code: "too_long", detail }],
});

describe("the settings", { skip: noPages }, () => {
  const bench = pagesBench();

  // With every change that was sent.
  async function visit(path = "/settings", options = {}) {
    const one = await bench.visit(path, options);
    one.sent = [];
    one.page.on("request", (request) => {
      if (request.method() !== "PATCH") return;
      one.sent.push([new URL(request.url()).pathname, request.postDataJSON()]);
    });
    return one;
  }

  it("save a field when it is left, say so, and put it back", async () => {
    const one = await visit();
    const field = main(one.page).getByLabel("Name");
    await field.fill("Mei Lin Tan");
    assert.deepEqual(one.sent, []);
    await field.blur();
    await messages(one).getByText("Name: saved.").waitFor();
    await undo(one).click();
    await messages(one).getByText("Name: put back as it was.").waitFor();
    assert.equal(await field.inputValue(), "Mei Tan");
    assert.equal(await undo(one).count(), 0);
    assert.deepEqual(one.sent, [
      ["/v1/me", { name: "Mei Lin Tan" }],
      ["/v1/me", { name: "Mei Tan" }],
    ]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("save a line at Enter, and once", async () => {
    const one = await visit();
    const field = main(one.page).getByLabel("Name");
    await field.fill("Mei");
    await field.press("Enter");
    await messages(one).getByText("Name: saved.").waitFor();
    await field.blur();
    await main(one.page).getByLabel("About you").fill("At dawn.");
    await main(one.page).getByLabel("About you").blur();
    await messages(one).getByText("About you: saved.").waitFor();
    assert.deepEqual(one.sent, [["/v1/me", { name: "Mei" }], ["/v1/me", { bio: "At dawn." }]]);
    await one.context.close();
  });

  it("save what was typed when somebody goes on to another page", async () => {
    const one = await visit();
    await main(one.page).getByLabel("About you").fill("At dusk.");
    await one.page.evaluate(() => document.querySelector('a[href="/settings/data"]').click());
    await one.page.getByRole("heading", { name: "Export and import" }).waitFor();
    await messages(one).getByText("About you: saved.").waitFor();
    assert.deepEqual(one.sent, [["/v1/me", { bio: "At dusk." }]]);
    await one.context.close();
  });

  it("save what was typed and not left when the document goes, or is only hidden", async () => {
    const { fake } = bench.server;
    const gone = await visit();
    await main(gone.page).getByLabel("About you").fill("At dusk.");
    await main(gone.page).getByLabel("Name").fill("Mei Tan Lin");
    await gone.page.goto("about:blank");
    // Two requests, of which either may come first.
    await until(() =>
      fake.changed.me?.name === "Mei Tan Lin" && fake.changed.me.bio === "At dusk.");
    await gone.context.close();

    fake.changed = {};
    const hidden = await visit();
    const about = main(hidden.page).getByLabel("About you");
    await about.fill("At noon, and ");
    await hidden.page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await messages(hidden).getByText("About you: saved.").waitFor();
    await about.fill("At noon, and then");
    await about.blur();
    await until(() => hidden.sent.length === 2);
    const sent = hidden.sent.map(([, body]) => body.bio);
    assert.deepEqual(sent, ["At noon, and", "At noon, and then"]);
    hidden.assertNoComplaints();
    await hidden.context.close();
  });

  it("send nothing where nothing changed", async () => {
    const one = await visit();
    for (const label of ["Name", "About you"]) {
      const field = main(one.page).getByLabel(label);
      await field.fill(` ${await field.inputValue()} `);
      await field.blur();
    }
    await main(one.page).getByLabel("Name").press("Enter");
    const country = main(one.page).getByLabel("Country");
    await country.selectOption("FR");
    await messages(one).getByText("Country: saved.").waitFor();
    assert.deepEqual(one.sent, [["/v1/me", { country: "FR" }]]);
    assert.equal(await main(one.page).getByLabel("Name").inputValue(), "Mei Tan");
    await one.context.close();
  });

  it("keep what was typed where it is refused, with the reason beside it", async () => {
    const one = await visit();
    bench.server.fake.unchangeable = refused("name", "This name is too long. Shorten it.");
    const field = main(one.page).getByLabel("Name");
    await field.fill("Mei of the long name");
    await field.blur();
    const reason = main(one.page).getByText("This name is too long. Shorten it.");
    await reason.waitFor();
    assert.equal(await field.inputValue(), "Mei of the long name");
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    const described = await field.getAttribute("aria-describedby");
    assert.ok(described.split(" ").includes(await reason.getAttribute("id")));
    assert.equal(await messages(one).getByText("saved").count(), 0);
    bench.server.fake.unchangeable = null;
    await field.fill("Mei");
    await field.press("Enter");
    await reason.waitFor({ state: "detached" });
    await messages(one).getByText("Name: saved.").waitFor();
    one.assertNoComplaints([400]);
    await one.context.close();
  });

  it("put a switch and a choice back that are refused", async () => {
    const one = await visit();
    bench.server.fake.unchangeable = {
      status: 503, code: "unavailable", detail: "The server is busy. Try again shortly.",
    };
    const lock = main(one.page).getByRole("switch", { name: "Private account" });
    await lock.click();
    await section(one, "Privacy").getByText("The server is busy.").waitFor();
    assert.equal(await lock.isChecked(), false);
    const mail = main(one.page).getByLabel("E-mail: Likes");
    const before = await mail.inputValue();
    await mail.selectOption("never");
    await section(one, "Notifications").getByText("The server is busy.").waitFor();
    assert.equal(await mail.inputValue(), before);
    bench.server.fake.unchangeable = null;
    await lock.click();
    await messages(one).getByText("Private account: saved.").waitFor();
    assert.equal(await lock.isChecked(), true);
    assert.equal(await section(one, "Privacy").getByText("The server is busy.").count(), 0);
    one.assertNoComplaints([503]);
    await one.context.close();
  });

  it("end in the last of two quick changes, one request at a time", async () => {
    const one = await visit();
    const { fake } = bench.server;
    const lock = main(one.page).getByRole("switch", { name: "Private account" });
    const camera = main(one.page).getByRole("switch", { name: /camera/ });
    const mail = main(one.page).getByLabel("E-mail: New followers");
    fake.hold(/^\/v1\/me/);
    await mail.selectOption("digest");
    await mail.selectOption("never");
    await lock.click();
    await camera.click();
    await until(() => one.sent.length > 0);
    assert.equal(one.sent.length, 1);
    fake.release();
    await messages(one).getByText("New photos show camera and exposure: saved.").waitFor();
    await until(() => one.sent.length === 4);
    await quiet(one.page);
    const told = "/v1/me/notifications/follow";
    assert.deepEqual(one.sent.filter(([path]) => path === told),
      [[told, { email: "digest" }], [told, { email: "never" }]]);
    assert.deepEqual([fake.me.settings.private, fake.me.settings.show_camera], [true, true]);
    assert.equal(await mail.inputValue(), "never");
    assert.deepEqual([await lock.isChecked(), await camera.isChecked()], [true, true]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("put a kind of notification back", async () => {
    const one = await visit();
    const likes = main(one.page).getByRole("group", { name: "Likes" });
    const told = likes.getByRole("switch", { name: "In the app" });
    assert.equal(await told.isChecked(), false);
    await told.click();
    await messages(one).getByText("In the app: Likes: saved.").waitFor();
    await undo(one).click();
    await messages(one).getByText("In the app: Likes: put back as it was.").waitFor();
    assert.equal(await told.isChecked(), false);
    assert.deepEqual(one.sent.map(([, body]) => body), [{ in_app: true }, { in_app: false }]);
    await one.context.close();
  });

  it("forget the way back after a while", async () => {
    const one = await visit();
    // Its time stands still but for what is run of it: what a slow machine takes does not count.
    await one.page.clock.install({ time: 0 });
    await one.page.clock.pauseAt(60_000); // it goes on until then, and never back
    await main(one.page).getByRole("switch", { name: "Private account" }).click();
    await undo(one).waitFor();
    await one.page.clock.runFor(9_000);
    assert.equal(await undo(one).count(), 1);
    await one.page.clock.runFor(2_000);
    await undo(one).waitFor({ state: "detached" });
    await one.context.close();
  });

  it("change a handle only where somebody says so", async () => {
    const one = await visit();
    const field = main(one.page).getByLabel("Handle");
    const change = main(one.page).getByRole("button", { name: "Change the handle" });
    assert.ok(await change.isDisabled());
    await field.fill("mei_tan");
    await field.blur();
    assert.deepEqual(one.sent, []);
    await change.click();
    await main(one.page).getByText("Your handle is @mei_tan now.").waitFor();
    assert.deepEqual(one.sent, [["/v1/me", { handle: "mei_tan" }]]);
    await one.context.close();
  });

  for (const [what, options] of [["a phone", phone], ["a screen", {}]]) {
    it(`are one column with heads that stay, on ${what}`, async () => {
      const one = await visit("/settings#notifications", options);
      const head = section(one, "Notifications").getByRole("heading");
      await one.page.waitForFunction(() => scrollY > 0);
      const { y } = await head.boundingBox();
      const { height } = one.page.viewportSize();
      assert.ok(y >= 0 && y < height / 4, `the head is at ${y}`);
      await one.page.evaluate(() => scrollBy(0, 150));
      // The bar above it leaves on the way down, and the head takes its place.
      const now = (await head.boundingBox()).y;
      assert.ok(now >= 0 && now < y + 24, `the head scrolled away, to ${now} from ${y}`);
      const edges = await main(one.page).getByRole("switch").evaluateAll((all) =>
        all.map((box) => [
          box.closest("section").id,
          Math.round(box.getBoundingClientRect().right),
          box.closest("label").getBoundingClientRect().height,
        ]));
      for (const id of ["privacy", "notifications"]) {
        const ends = new Set(edges.filter(([where]) => where === id).map(([, end]) => end));
        assert.equal(ends.size, 1, `${id}: ${[...ends]}`);
      }
      assert.deepEqual(edges.filter(([, , row]) => row < 44), []);
      const widths = await main(one.page).locator("section").evaluateAll((all) =>
        all.map((each) => each.getBoundingClientRect().width));
      assert.ok(Math.max(...widths) <= 560);
      assert.equal(await main(one.page).locator(".button.primary").count(), 0);
      const last = main(one.page).locator("section").last();
      assert.equal(await last.getByRole("heading").textContent(), "Delete account");
      await one.context.close();
    });
  }

  it("are reached at the part that a link names", async () => {
    const one = await visit("/unsubscribe#token=abc");
    await one.page.getByRole("link", { name: "your settings" }).click();
    await one.page.waitForURL("**/settings#notifications");
    await one.page.waitForFunction(() => {
      const top = document.querySelector("#notifications")?.getBoundingClientRect().top;
      return top !== undefined && top > -10 && top < innerHeight / 4;
    });
    await one.context.close();
  });
});
