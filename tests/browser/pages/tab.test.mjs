// The focus: in the order of reading, into what opens and back to what opened it, and to where a
// page begins after it has changed. What screen readers are told of controls and of what happens.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { quiet } from "../support/quiet.mjs";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, until } from "../support/visit.mjs";

describe("the focus", { skip: noPages }, () => {
  const bench = pagesBench();

  // Where the focus is: [left, top, right, bottom] in the document, and its name.
  const where = (page) =>
    page.evaluate(() => {
      const node = document.activeElement;
      const main = document.querySelector("main");
      if (node === document.body || !main.contains(node)) return null;
      const seen = node.closest("label") ?? node;
      const { left, top, right, bottom } = seen.getBoundingClientRect();
      const name = node.ariaLabel || node.textContent.replace(/\s+/g, " ").trim().slice(0, 40);
      return { left, right, top: top + scrollY, bottom: bottom + scrollY, name };
    });

  for (const width of [390, 1440]) {
    for (const path of ["/", "/recent", "/@jonas", "/photo/7000", "/settings", "/upload"]) {
      it(`goes through ${path} as it is read, at ${width} px`, async () => {
        const one = await bench.visit(path, { viewport: { width, height: 900 } });
        await one.page.keyboard.press("Tab");
        await one.page.keyboard.press("Enter"); // the content, without what stands above it
        let before = null;
        let steps = 0;
        for (let step = 0; step < 24; step += 1) {
          await one.page.keyboard.press("Tab");
          const now = await where(one.page);
          if (!now) break;
          steps += 1;
          // Back up is to another column only, which stands behind this one.
          const up = before && now.bottom <= before.top + 1 && now.left < before.right;
          const back = before && now.right <= before.left && now.bottom <= before.bottom &&
            now.top >= before.top;
          assert.ok(!up && !back, `from ${before?.name} to ${now.name}`);
          before = now;
        }
        assert.ok(steps >= 2, `${steps} steps`);
        assert.equal(await one.page.locator("[tabindex]:not([tabindex='0'],[tabindex='-1'])")
          .count(), 0);
        await one.context.close();
      });
    }
  }

  const inDialog = (page) =>
    page.evaluate(() => document.activeElement.closest("dialog[open]") !== null);
  const focused = (page) =>
    page.evaluate(() => document.activeElement.textContent.replace(/\s+/g, " ").trim());

  it("goes into the viewer and back to the link that opened it", async () => {
    const one = await bench.visit("/photo/7000");
    const link = main(one.page).getByRole("link", { name: "View it alone" });
    await link.focus();
    await one.page.keyboard.press("Enter");
    await one.page.locator("dialog.viewer").waitFor();
    assert.ok(await inDialog(one.page));
    for (let step = 0; step < 12; step += 1) {
      await one.page.keyboard.press("Tab");
      const out = await one.page.evaluate(() =>
        document.activeElement !== document.body && !document.activeElement.closest("dialog"));
      assert.equal(out, false, "what is below is out of reach");
    }
    await one.page.keyboard.press("Escape");
    await one.page.locator("dialog.viewer").waitFor({ state: "detached" });
    await one.page.waitForFunction(() => /View it alone/.test(document.activeElement.textContent));
    await one.context.close();
  });

  it("goes into the sheet of a phone and back to its button", async () => {
    const one = await bench.visit("/photo/7000/view", phone);
    await one.page.locator("dialog.viewer .inform").press("Enter");
    const sheet = one.page.locator("dialog:not(.viewer)[open]");
    await sheet.waitFor();
    assert.ok(await sheet.evaluate((node) => node.contains(document.activeElement)));
    await one.page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await one.page.waitForFunction(() => document.activeElement.closest(".inform") !== null);
    await one.context.close();
  });

  it("goes into the list of keys and back", async () => {
    const one = await bench.visit("/recent");
    const link = main(one.page).getByRole("link", { name: "Popular" });
    await link.focus();
    await one.page.keyboard.press("?");
    await one.page.getByRole("dialog").waitFor();
    assert.ok(await inDialog(one.page));
    await one.page.keyboard.press("Escape");
    await one.page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.equal(await focused(one.page), "Popular");
    await one.context.close();
  });

  // What opens in a page, and what closes it. `before`: what is pressed first; `within`: where.
  const parts = [
    { path: "/photo/7000", opens: "Edit", closes: "Cancel" },
    { path: "/photo/7000", opens: "Delete", closes: "Keep it" },
    { path: "/photo/7000", before: "Collect", opens: "New collection", closes: "Cancel" },
    { path: "/photo/7000", within: "#comment-903", opens: "Report", closes: "Cancel" },
    { path: "/photo/7001", opens: "Report", closes: "Cancel" },
    { path: "/collections/8000", opens: "Edit", closes: "Cancel" },
    { path: "/collections/8000", opens: "Arrange", closes: "Done" },
    { path: "/collections/8000", opens: "Delete", closes: "Keep it" },
    { path: "/@mei/collections", opens: "New collection", closes: "Cancel" },
    { path: "/settings/security", opens: "New token", closes: "Cancel" },
    { path: "/settings/security", opens: "New recovery codes", closes: "Cancel" },
    { path: "/settings/security", opens: "Switch it off", closes: "Cancel" },
  ];
  for (const { path, before, opens, closes, within } of parts) {
    it(`goes into what “${opens}” opens on ${path}${within ?? ""}, and back`, async () => {
      const one = await bench.visit(path);
      const button = (name) =>
        one.page.locator(within ?? "main").getByRole("button", { name, exact: true }).first();
      if (before) await button(before).press("Enter");
      await button(opens).press("Enter");
      const close = button(closes);
      await until(() => close.evaluate((node) =>
        node.closest("form, [role=group], section").contains(document.activeElement)));
      await close.press("Enter");
      await until(async () => (await focused(one.page)) === opens);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("goes to no button that deletes something when it is asked whether to", async () => {
    for (const path of ["/photo/7000", "/collections/8000"]) {
      const one = await bench.visit(path);
      await main(one.page).getByRole("button", { name: "Delete", exact: true }).first()
        .press("Enter");
      await until(async () => (await focused(one.page)) === "Keep it");
      await one.context.close();
    }
  });

  it("stays where somebody has gone before a part of the page closes", async () => {
    const one = await bench.visit("/photo/7000");
    await main(one.page).getByRole("button", { name: "Edit", exact: true }).first().press("Enter");
    const field = main(one.page).locator("#new-comment");
    const cancel = main(one.page).getByRole("button", { name: "Cancel", exact: true });
    await cancel.waitFor();
    await field.focus();
    await cancel.evaluate((button) => button.click());
    await cancel.waitFor({ state: "detached" });
    assert.equal(await one.page.evaluate(() => document.activeElement.id), "new-comment");
    await one.context.close();
  });

  // Rows that what is done about them takes away; `leads`: where the focus is after the last one.
  const rows = [
    { path: "/settings/muted", name: /^Unmute /, leads: "Muted people" },
    { path: "/settings/blocked", name: /^Unblock /, leads: "Blocked people" },
    { path: "/people/requests", name: /^Decline /, leads: "People" },
    { path: "/settings/security", name: /^End the token /, leads: "Programs" },
    { path: "/collections/8000", before: "Arrange", name: /^Take .* out$/, leads: "Done" },
  ];
  for (const { path, before, name, leads } of rows) {
    it(`goes to the next row of ${path} when one is taken away`, async () => {
      const one = await bench.visit(path);
      if (before) await main(one.page).getByRole("button", { name: before }).press("Enter");
      const buttons = main(one.page).getByRole("button", { name });
      await buttons.first().focus();
      for (let left = await buttons.count(); left > 0; left -= 1) {
        await quiet(one.page); // one at a time
        await one.page.keyboard.press("Enter");
        await until(async () => (await buttons.count()) === left - 1);
        if (left === 1) break;
        await until(() => buttons.first().evaluate((node) => node === document.activeElement));
      }
      await until(async () => (await focused(one.page)) === leads);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("goes to the page when what it was in is deleted", async () => {
    const { fake } = bench.server;
    const all = fake.photos;
    const one = await bench.visit("/photo/7000");
    await main(one.page).getByRole("button", { name: "Delete", exact: true }).first()
      .press("Enter");
    await main(one.page).getByRole("button", { name: "Delete for good" }).press("Enter");
    await main(one.page).getByText("The photo is gone.").waitFor();
    await one.page.waitForFunction(() => document.activeElement.tagName === "MAIN");
    fake.photos = all;
    one.assertNoComplaints();
    await one.context.close();
  });

  it("begins at the page that has come, and is at the link again after Back", async () => {
    const one = await bench.visit("/recent");
    await main(one.page).getByRole("link", { name: "Popular" }).press("Enter");
    await one.page.waitForURL("**/popular");
    await one.page.waitForFunction(() => document.activeElement.tagName === "MAIN");
    await one.page.keyboard.press("Tab");
    assert.ok((await where(one.page)) !== null, "the next one is of the page");
    await one.page.goBack();
    await one.page.waitForFunction(() => /^Popular$/.test(document.activeElement.textContent));
    await one.context.close();
  });
});

describe("screen readers are told", { skip: noPages }, () => {
  const bench = pagesBench();

  it("of each icon what it does, and to which photo", async () => {
    const one = await bench.visit("/");
    await one.page.locator("main article").nth(2).waitFor({ state: "attached" });
    const groups = await one.page.evaluate(() =>
      [...document.querySelectorAll("main article")].map((article) => {
        const group = article.querySelector(".actions");
        const label = document.getElementById(group?.getAttribute("aria-labelledby") ?? "");
        const buttons = [...group.querySelectorAll("button, a")];
        return {
          role: group.getAttribute("role"),
          name: label?.textContent.trim(),
          inside: article.contains(label),
          names: buttons.map((node) => node.textContent.replace(/\s+/g, " ").trim()),
        };
      }),
    );
    assert.ok(groups.length > 2);
    for (const { role, name, inside, names } of groups) {
      assert.equal(role, "group");
      assert.ok(name && inside, "it is named by its photo");
      assert.ok(names.every((each) => each !== ""));
      assert.equal(new Set(names).size, names.length, names.join(", "));
    }
    await one.context.close();
  });

  for (const path of ["/", "/photo/7000", "/@jonas", "/settings", "/upload", "/search?q=a"]) {
    it(`the names of all controls of ${path}`, async () => {
      const one = await bench.visit(path);
      const nameless = await one.page.evaluate(() => {
        const named = (node) => node.ariaLabel || node.textContent.trim() || node.title ||
          node.getAttribute("aria-labelledby") || node.labels?.length > 0 ||
          node.querySelector("img[alt]")?.alt;
        return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
          .filter((node) => node.checkVisibility() && node.type !== "hidden" && !named(node))
          .map((node) => node.outerHTML.slice(0, 100));
      });
      assert.deepEqual(nameless, []);
      await one.context.close();
    });
  }

  // A region that comes with its words is not read by all of them: it has to be there before.
  it("of messages, new photos and what has arrived, by regions that wait for them", async () => {
    const one = await bench.visit("/");
    const quiet = (locator) => locator.evaluate((node) => node.textContent.trim());
    const messages = one.page.getByRole("group", { name: "Messages" }).getByRole("status");
    assert.equal(await quiet(messages.last()), "");
    const fresh = main(one.page).locator(".pill[role=status]");
    assert.equal(await quiet(fresh), "");
    await one.page.goto("/upload");
    const arrived = main(one.page).locator("p.visually-hidden[role=status]").last();
    await arrived.waitFor({ state: "attached" });
    assert.equal(await quiet(arrived), "");
    await one.context.close();
  });
});
