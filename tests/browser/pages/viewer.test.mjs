// The viewer, against the fake server: opened and closed over the page that stays, through the list
// that the photo was opened from, nearer by wheel, fingers and keys, and quiet around the photo.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { dist } from "../support/paths.mjs";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench, phone, settled, until } from "../support/visit.mjs";

describe("the viewer", { skip: noPages }, () => {
  const bench = pagesBench();

  const dialog = (page) => page.locator("dialog.viewer");
  const link = (page) => page.locator("a.open");
  const path = (page) => new URL(page.url()).pathname;
  const picture = (page) => dialog(page).locator("[data-photo]");
  const button = (page, name) => dialog(page).getByRole("button", { name, exact: true });
  const frame = (page) => page.evaluate(() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(done))));

  // Until the photo is drawn, and those beside it are fetched.
  async function shown(page, neighbours = 0) {
    await picture(page).waitFor();
    await page.waitForFunction((count) => {
      const slides = [...document.querySelectorAll("dialog.viewer .slide")];
      const whole = ({ complete, naturalWidth }) => complete && naturalWidth > 0;
      return slides.length === count + 1 &&
        slides.every((slide) => [...slide.querySelectorAll("img")].every(whole));
    }, neighbours);
    await frame(page);
  }

  // Opened by its page, with nothing that moves by itself.
  async function open(at, options = {}) {
    const one = await bench.visit(at, { reducedMotion: "reduce", ...options });
    await link(one.page).click();
    await shown(one.page);
    return one;
  }

  const place = (page) => picture(page).evaluate((node) => {
    const { a: k, e: x, f: y } = new DOMMatrix(getComputedStyle(node).transform);
    return { k, x, y };
  });
  const close = (one, other, by = 0.01) =>
    assert.ok(Math.abs(one - other) <= by, `${one} is not ${other}`);
  // Which part of the photo is seen at a point of the window.
  async function seenAt(page, x, y) {
    const box = await picture(page).boundingBox();
    return [(x - box.x) / box.width, (y - box.y) / box.height];
  }

  for (const how of ["a click", "Enter"]) {
    for (const back of ["Escape", "Back", "its button"]) {
      it(`opens by ${how} and closes by ${back}, over the page that stays`, async () => {
        const one = await bench.visit("/photo/7000", phone);
        await one.page.locator(".panel").evaluate((node) => (node.same = true));
        await one.page.evaluate(() => window.scrollTo(0, 120));
        await frame(one.page); // what keeps the place hears of it with the next frame
        if (how === "Enter") {
          await link(one.page).evaluate((node) => node.focus({ preventScroll: true }));
          await one.page.keyboard.press("Enter");
        } else await link(one.page).evaluate((node) => node.click());
        await shown(one.page);
        assert.equal(path(one.page), "/photo/7000/view");
        assert.equal(await one.page.evaluate(() => window.scrollY), 120);
        assert.match(await one.page.title(), /^Morning at the harbour by Mei Tan/);
        if (back === "Escape") await one.page.keyboard.press("Escape");
        else if (back === "Back") await one.page.goBack();
        else await button(one.page, "Close").press("Enter");
        await dialog(one.page).waitFor({ state: "detached" });
        assert.equal(path(one.page), "/photo/7000");
        const kept = await one.page.evaluate(() => ({
          same: document.querySelector(".panel").same,
          scroll: window.scrollY,
          focus: document.activeElement.getAttribute("href"),
          free: getComputedStyle(document.documentElement).overflowY,
        }));
        assert.deepEqual(kept,
          { same: true, scroll: 120, focus: "/photo/7000/view", free: "visible" });
        one.assertNoComplaints();
        await one.context.close();
      });
    }
  }

  it("opens by its address, and closes onto the photo's page", async () => {
    const one = await bench.visit("/photo/7000/view");
    await shown(one.page);
    const before = await one.page.evaluate(() => history.length);
    await one.page.keyboard.press("Escape");
    await dialog(one.page).waitFor({ state: "detached" });
    assert.equal(path(one.page), "/photo/7000");
    assert.equal(await one.page.evaluate(() => history.length), before);
    await main(one.page).getByRole("heading", { level: 1 }).waitFor();
    assert.ok(await link(one.page).evaluate((node) => node === document.activeElement));
    one.assertNoComplaints();
    await one.context.close();
  });

  it("opens where there is no such photo as the page that says so", async () => {
    const one = await bench.visit("/photo/1/view");
    await main(one.page).getByRole("alert").getByText("There is nothing here.").waitFor();
    assert.equal(await dialog(one.page).count(), 0);
    await one.context.close();
  });

  const listed = (page) => main(page).locator('a[href^="/photo/"]').evaluateAll((nodes) =>
    [...new Set(nodes.map((node) => /^\/photo\/(\d+)$/.exec(node.getAttribute("href"))?.[1]))]
      .filter(Boolean));

  async function openFrom(list, index, options = {}) {
    const one = await bench.visit(list, { reducedMotion: "reduce", ...options });
    // Rows beyond the window are drawn when there is time for them.
    await until(async () => (await listed(one.page)).length >= 3);
    const ids = await listed(one.page);
    await main(one.page).locator(`a[href="/photo/${ids[index]}"]`).first()
      .evaluate((node) => node.click());
    await link(one.page).click();
    return { one, ids };
  }

  const on = (page, id) => page.waitForFunction((wanted) => location.pathname === wanted &&
    document.querySelector("dialog.viewer [data-photo]")?.dataset.photo === wanted.split("/")[2],
  `/photo/${id}/view`);

  for (const list of ["/", "/recent", "/@jonas", "/tags/harbour", "/search?q=harbour"]) {
    it(`goes through the photos of ${list} by keys`, async () => {
      const { one, ids } = await openFrom(list, 1);
      await shown(one.page, 2);
      for (const [key, index] of [["ArrowRight", 2], ["k", 1], ["ArrowLeft", 0], ["j", 1]]) {
        await one.page.keyboard.press(key);
        await on(one.page, ids[index]);
      }
      await one.page.keyboard.press("ArrowLeft");
      await on(one.page, ids[0]);
      await one.page.keyboard.press("ArrowLeft"); // there is nothing before it
      assert.equal(await button(one.page, "Previous photo").count(), 0);
      await on(one.page, ids[0]);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("goes on beyond what the list has loaded", async () => {
    bench.server.fake.many = 60;
    const { one, ids } = await openFrom("/recent", 5);
    await shown(one.page, 2);
    let index = Number(ids[5]);
    const steps = 20;
    for (let at = 0; at < steps; at += 1) {
      await one.page.keyboard.press("j");
      await on(one.page, String((index += 1)));
    }
    one.assertNoComplaints();
    await one.context.close();
  });

  it("keeps the focus where the way on ends", async () => {
    const { one, ids } = await openFrom("/recent", 1);
    await shown(one.page, 2);
    await button(one.page, "Previous photo").focus();
    await one.page.keyboard.press("Enter");
    await on(one.page, ids[0]);
    await one.page.waitForFunction(() =>
      document.activeElement === document.querySelector("dialog.viewer"));
    await one.page.keyboard.press("j");
    await on(one.page, ids[1]);
    await one.context.close();
  });

  it("closes onto the page of the photo seen last, and Back leads to the list", async () => {
    const { one, ids } = await openFrom("/recent", 1);
    await shown(one.page, 2);
    await button(one.page, "Next photo").press("Enter");
    await on(one.page, ids[2]);
    await one.page.keyboard.press("Escape");
    await one.page.waitForURL(`**/photo/${ids[2]}`);
    await dialog(one.page).waitFor({ state: "detached" });
    await settled(one.page);
    assert.equal(await one.page.locator(".stage [data-photo]").getAttribute("data-photo"), ids[2]);
    await one.page.goBack();
    await one.page.waitForURL("**/recent");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("has its neighbours before they are asked for", async () => {
    const { one, ids } = await openFrom("/recent", 2);
    await shown(one.page, 2);
    const asked = [];
    one.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    for (const [key, index] of [["ArrowRight", 3], ["ArrowLeft", 2], ["ArrowLeft", 1]]) {
      await one.page.keyboard.press(key);
      await on(one.page, ids[index]);
    }
    await shown(one.page, 2);
    const own = asked.filter((each) => [1, 2, 3].some((index) => each.includes(ids[index])));
    assert.deepEqual(own, []);
    assert.ok(asked.some((each) => each.includes(ids[0]))); // which is beside it now
    await one.context.close();
  });

  it("goes the other way where text runs from right to left", async () => {
    const { one, ids } = await openFrom("/recent", 1);
    await one.context.addCookies([{ name: "lang", value: "ar-XB", url: bench.server.address }]);
    await one.page.goto("/recent");
    await settled(one.page);
    await main(one.page).locator(`a[href="/photo/${ids[1]}"]`).first().click();
    await link(one.page).click();
    await shown(one.page, 2);
    await one.page.keyboard.press("ArrowLeft");
    await on(one.page, ids[2]);
    const next = dialog(one.page).locator(".turn.on button");
    assert.ok((await next.boundingBox()).x < 100);
    await one.context.close();
  });

  it("zooms by the wheel about the pointer, and not beyond its sizes", async () => {
    const one = await open("/photo/7000", { viewport: { width: 800, height: 600 } });
    assert.deepEqual(await place(one.page), { k: 1, x: 0, y: 0 });
    const [x, y] = [250, 330];
    await one.page.mouse.move(x, y);
    const before = await seenAt(one.page, x, y);
    await one.page.mouse.wheel(0, -120);
    await one.page.waitForFunction(() => new DOMMatrix(getComputedStyle(
      document.querySelector("dialog.viewer [data-photo]")).transform).a > 1);
    close((await place(one.page)).k, Math.exp(120 / 300));
    const after = await seenAt(one.page, x, y);
    close(after[0], before[0], 0.002);
    for (let turn = 0; turn < 12; turn += 1) await one.page.mouse.wheel(0, -120);
    await frame(one.page);
    close((await place(one.page)).k, 2);
    for (let turn = 0; turn < 12; turn += 1) await one.page.mouse.wheel(0, 120);
    await frame(one.page);
    assert.deepEqual(await place(one.page), { k: 1, x: 0, y: 0 });
    one.assertNoComplaints();
    await one.context.close();
  });

  it("shows a pixel of the photo as one of the screen at a double click, and moves by a drag",
    async () => {
      const one = await open("/photo/7000", { viewport: { width: 800, height: 600 } });
      await one.page.mouse.dblclick(400, 300);
      await frame(one.page);
      const { k } = await place(one.page);
      const box = await picture(one.page).boundingBox();
      close(box.width, 1280, 0.5); // the largest rendition that there is
      close(k, 1280 / 800);
      await one.page.mouse.move(400, 300);
      await one.page.mouse.down();
      await one.page.mouse.move(430, 300, { steps: 4 });
      close((await place(one.page)).x, 30);
      await one.page.mouse.move(2000, 300, { steps: 4 });
      await one.page.mouse.up();
      await frame(one.page);
      close((await place(one.page)).x, (1280 - 800) / 2);
      close((await picture(one.page).boundingBox()).x, 0, 0.5); // its edge, not beyond
      await one.page.keyboard.press("ArrowRight");
      await frame(one.page);
      close((await place(one.page)).x, 240 - 80);
      await one.page.mouse.dblclick(400, 300);
      await frame(one.page);
      assert.deepEqual(await place(one.page), { k: 1, x: 0, y: 0 });
      one.assertNoComplaints();
      await one.context.close();
    });

  it("zooms by its button and by keys", async () => {
    const one = await open("/photo/7000");
    await button(one.page, "Zoom").press("Enter");
    await frame(one.page);
    close((await place(one.page)).k, 2);
    assert.equal(await button(one.page, "Zoom").getAttribute("aria-pressed"), "true");
    await one.page.keyboard.press("-");
    await frame(one.page);
    close((await place(one.page)).k, 2 / 1.5);
    await one.page.keyboard.press("+");
    await frame(one.page);
    close((await place(one.page)).k, 2);
    await one.context.close();
  });

  // Fingers, one a pair of numbers; from where they are to where they go, in some steps.
  async function fingers(page, from, to, { steps = 8, wait = 0 } = {}) {
    const client = await page.context().newCDPSession(page);
    const send = (type, points) => client.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
    await send("touchStart", from);
    for (let step = 1; step <= steps; step += 1) {
      await send("touchMove", from.map(([x, y], index) => [
        x + ((to[index][0] - x) * step) / steps,
        y + ((to[index][1] - y) * step) / steps,
      ]));
      if (wait) await page.evaluate((ms) => new Promise((done) => setTimeout(done, ms)), wait);
    }
    await send("touchEnd", []);
    await client.detach();
    await frame(page);
  }
  const touch = { ...phone, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

  it("zooms under two fingers", async () => {
    const one = await open("/photo/7003", touch);
    const points = [[150, 422], [240, 422]];
    const before = [await seenAt(one.page, 150, 422), await seenAt(one.page, 240, 422)];
    await fingers(one.page, points, [[120, 422], [270, 422]]);
    close((await place(one.page)).k, 150 / 90, 0.02);
    close((await seenAt(one.page, 120, 422))[0], before[0][0]);
    close((await seenAt(one.page, 270, 422))[0], before[1][0]);
    await fingers(one.page, [[100, 422], [290, 422]], [[180, 422], [210, 422]]);
    assert.deepEqual(await place(one.page), { k: 1, x: 0, y: 0 });
    assert.equal(path(one.page), "/photo/7003/view");
    one.assertNoComplaints();
    await one.context.close();
  });

  it("goes on by a swipe, and closes when it is pulled down", async () => {
    const { one, ids } = await openFrom("/recent", 1, touch);
    await shown(one.page, 2);
    await fingers(one.page, [[300, 400]], [[60, 410]]);
    await on(one.page, ids[2]);
    await shown(one.page, 2);
    await fingers(one.page, [[60, 400]], [[330, 400]]);
    await on(one.page, ids[1]);
    await fingers(one.page, [[200, 200]], [[205, 560]]);
    await dialog(one.page).waitFor({ state: "detached" });
    assert.equal(path(one.page), `/photo/${ids[1]}`);
    one.assertNoComplaints();
    await one.context.close();
  });

  const focused = (node) => node === document.activeElement;
  const faded = (page) => dialog(page).locator("header").evaluate((node) =>
    getComputedStyle(node).opacity === "0");

  // Of a page whose time stands still, but for what is run of it.
  async function openStill(options = {}) {
    const one = await bench.visit("/photo/7000", { reducedMotion: "reduce", ...options });
    await one.page.clock.install({ time: 0 });
    await one.page.clock.pauseAt(60_000); // it goes on until then, and never back
    await link(one.page).click();
    await picture(one.page).waitFor();
    return one;
  }

  it("takes away and brings back what is around it by a tap", async () => {
    const one = await openStill(touch);
    assert.equal(await faded(one.page), false);
    await one.page.touchscreen.tap(195, 700);
    assert.equal(await faded(one.page), true);
    await one.page.touchscreen.tap(195, 600);
    assert.equal(await faded(one.page), false);
    await one.page.clock.runFor(1900);
    assert.equal(await faded(one.page), false);
    await one.page.clock.runFor(200);
    assert.equal(await faded(one.page), true);
    await one.context.close();
  });

  it("is alone after two seconds, unless somebody moves or is there by keyboard", async () => {
    const one = await openStill();
    await one.page.clock.runFor(1900);
    assert.equal(await faded(one.page), false);
    await one.page.clock.runFor(200);
    assert.equal(await faded(one.page), true);
    await one.page.mouse.move(300, 300);
    assert.equal(await faded(one.page), false);
    await one.page.clock.runFor(2100);
    assert.equal(await faded(one.page), true);
    await one.page.keyboard.press("Tab");
    await one.page.clock.runFor(10_000);
    assert.equal(await faded(one.page), false);
    const name = await one.page.evaluate(() => document.activeElement.textContent.trim());
    assert.equal(name, "Like");
    // What fades stays for those who hear the page.
    assert.equal(await button(one.page, "Close").count(), 1);
    await one.context.close();
  });

  it("keeps the keyboard inside", async () => {
    const one = await open("/photo/7000");
    const seen = new Set();
    for (let press = 0; press < 8; press += 1) {
      await one.page.keyboard.press("Tab");
      seen.add(await one.page.evaluate(() => {
        const { activeElement: at } = document;
        return at === document.body ? "" : at.closest("dialog") ? at.textContent.trim() : "outside";
      }));
    }
    assert.ok(!seen.has("outside"), [...seen].join());
    for (const name of ["Zoom", "Information", "Close"]) assert.ok(seen.has(name), name);
    await one.context.close();
  });

  it("says beside the photo what is known of it, by i", async () => {
    const { one, ids } = await openFrom("/recent", 1);
    await shown(one.page, 2);
    await one.page.keyboard.press("i");
    const panel = dialog(one.page).getByRole("complementary", { name: "Information" });
    await panel.getByRole("heading", { name: "Untitled" }).waitFor();
    await panel.getByText("George Town").waitFor();
    assert.equal((await panel.boundingBox()).width, 360);
    await frame(one.page);
    const box = await picture(one.page).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 1280 - 360 + 0.5, "the photo is still whole");
    await one.page.keyboard.press("ArrowRight");
    await on(one.page, ids[2]);
    await panel.getByRole("heading", { level: 2 }).first().waitFor();
    await panel.getByRole("link", { name: "4 comments" }).waitFor();
    await one.page.keyboard.press("i");
    await panel.waitFor({ state: "detached" });
    await one.page.keyboard.press("i");
    await panel.getByRole("button", { name: "Share" }).focus();
    await one.page.keyboard.press("i");
    await panel.waitFor({ state: "detached" });
    assert.ok(await button(one.page, "Information").evaluate(focused));
    one.assertNoComplaints();
    await one.context.close();
  });

  it("says it on a sheet on a phone, which Esc, a tap beside it or a pull closes", async () => {
    const one = await open("/photo/7000", touch);
    const sheet = one.page.getByRole("dialog", { name: "Information" });
    const show = async () => {
      await button(one.page, "Information").press("Enter");
      await sheet.getByText("George Town").waitFor();
    };
    await show();
    const box = await sheet.boundingBox();
    assert.deepEqual([box.x, box.width, Math.round(box.y + box.height)], [0, 390, 844]);
    assert.ok(box.y >= 844 * 0.2 - 1);
    await one.page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    assert.equal(path(one.page), "/photo/7000/view"); // the photo is still there
    await show();
    await one.page.touchscreen.tap(195, 60);
    await sheet.waitFor({ state: "detached" });
    await show();
    await fingers(one.page, [[195, box.y + 20]], [[195, box.y + 200]]);
    await sheet.waitFor({ state: "detached" });
    await one.page.keyboard.press("Escape");
    await dialog(one.page).waitFor({ state: "detached" });
    one.assertNoComplaints();
    await one.context.close();
  });

  it("likes in the viewer by its button or by l, which the page and the list know", async () => {
    const { one, ids } = await openFrom("/recent", 2);
    await shown(one.page, 2);
    const like = (pressed) => dialog(one.page).getByRole("button", { name: "Like", pressed });
    assert.equal(ids[2], "7003");
    const { likes } = bench.server.fake.card("7003");
    const sent = one.page.waitForResponse(/\/like$/);
    await like(false).press("Enter");
    await sent; // it is shown before the server has it
    await like(true).waitFor();
    await one.page.keyboard.press("ArrowRight"); // 7005
    await on(one.page, ids[3]);
    await like(false).waitFor();
    const other = one.page.waitForResponse(/\/like$/);
    await one.page.keyboard.press("l");
    await other;
    await like(true).waitFor();
    assert.equal(bench.server.fake.card(ids[3]).liked, true);
    await one.page.keyboard.press("ArrowLeft");
    await on(one.page, ids[2]);
    await like(true).waitFor();
    await one.page.keyboard.press("Escape");
    await dialog(one.page).waitFor({ state: "detached" });
    await main(one.page).getByRole("button", { name: "Like", pressed: true }).waitFor();
    await main(one.page).getByRole("link", { name: `${likes + 1} like` }).waitFor();
    await one.context.close();
  });

  it("leads to the comments by c", async () => {
    const { one, ids } = await openFrom("/recent", 1);
    await shown(one.page, 2);
    await one.page.keyboard.press("j");
    await on(one.page, ids[2]);
    await one.page.keyboard.press("c");
    await dialog(one.page).waitFor({ state: "detached" });
    assert.equal(path(one.page), `/photo/${ids[2]}`);
    await one.page.waitForFunction(() => {
      const { top } = document.getElementById("comments")?.getBoundingClientRect() ?? { top: -1 };
      return top >= 0 && top < innerHeight;
    });
    one.assertNoComplaints();
    await one.context.close();
  });

  it("leads from the number of comments to the comments", async () => {
    const one = await open("/photo/7000", phone);
    await button(one.page, "Information").press("Enter");
    await one.page.getByRole("dialog", { name: "Information" })
      .getByRole("link", { name: "4 comments" }).click();
    await dialog(one.page).waitFor({ state: "detached" });
    await one.page.waitForFunction(() => {
      const { top } = document.getElementById("comments").getBoundingClientRect();
      return top >= 0 && top < innerHeight;
    });
    await one.context.close();
  });

  const watchMoves = (page) => page.evaluate(() => {
    window.moves = [];
    const start = document.startViewTransition.bind(document);
    document.startViewTransition = (swap) => {
      const transition = start(swap);
      const names = () => document.getAnimations().map(({ effect }) => effect.pseudoElement);
      transition.ready.then(
        () => window.moves.push(names().some((name) => name?.endsWith("(photo)"))),
        () => window.moves.push(false));
      return transition;
    };
  });

  it("moves the photo to its place, and back", async () => {
    const one = await bench.visit("/photo/7000", { reducedMotion: "no-preference" });
    await watchMoves(one.page);
    await link(one.page).click();
    await shown(one.page);
    await one.page.waitForFunction(() => window.moves.length > 0);
    assert.deepEqual(await one.page.evaluate(() => window.moves), [true]);
    await one.page.waitForFunction(() => document.getAnimations().length === 0);
    await one.page.keyboard.press("Escape");
    await dialog(one.page).waitFor({ state: "detached" });
    await one.page.waitForFunction(() => window.moves.length > 1);
    assert.deepEqual(await one.page.evaluate(() => window.moves), [true, true]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("leads nowhere by the keys of the sheet, which scroll it", async () => {
    const { one, ids } = await openFrom("/recent", 1, touch);
    await shown(one.page, 2);
    await button(one.page, "Information").press("Enter");
    const sheet = one.page.getByRole("dialog", { name: "Information" });
    await sheet.getByText("George Town").waitFor();
    await one.page.evaluate(() => {
      window.swallowed = [];
      addEventListener("keydown", (event) => window.swallowed.push(event.defaultPrevented));
    });
    for (const key of ["ArrowDown", "ArrowRight", "l"]) await one.page.keyboard.press(key);
    assert.deepEqual(await one.page.evaluate(() => window.swallowed), [false, false, false]);
    await on(one.page, ids[1]);
    await one.page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await one.page.keyboard.press("ArrowRight");
    await on(one.page, ids[2]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("moves nothing where less motion is asked for", async () => {
    const one = await bench.visit("/photo/7000", { reducedMotion: "reduce" });
    await watchMoves(one.page);
    await link(one.page).click();
    await shown(one.page);
    await one.page.keyboard.press("i");
    await dialog(one.page).getByRole("complementary").waitFor();
    await one.page.keyboard.press("+"); // what would be smooth
    await frame(one.page);
    const moving = await dialog(one.page).evaluate((node) => [node, ...node.querySelectorAll("*")]
      .map((each) => getComputedStyle(each))
      .filter(({ transitionDuration, animationDuration }) =>
        [transitionDuration, animationDuration].some((each) => /[1-9]/.test(each))).length);
    assert.equal(moving, 0);
    await one.page.keyboard.press("Escape");
    await dialog(one.page).waitFor({ state: "detached" });
    assert.deepEqual(await one.page.evaluate(() => window.moves), []);
    await one.context.close();
  });

  it("is black in both themes", async () => {
    const one = await open("/photo/7000");
    for (const colorScheme of ["light", "dark"]) {
      await one.page.emulateMedia({ colorScheme });
      const { background, ink } = await dialog(one.page).evaluate((node) => {
        const { backgroundColor, color } = getComputedStyle(node);
        return { background: backgroundColor, ink: color };
      });
      assert.deepEqual([background, ink], ["rgb(11, 11, 10)", "rgb(242, 240, 235)"]);
    }
    await one.context.close();
  });

  it("is not fetched before it is opened, and small", async () => {
    const one = await bench.visit("/photo/7000");
    const scripts = [];
    one.page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.endsWith(".js")) scripts.push(pathname);
    });
    await link(one.page).click();
    await shown(one.page);
    await one.page.keyboard.press("i");
    await dialog(one.page).getByRole("complementary").waitFor();
    assert.ok(scripts.some((name) => name.includes("ViewerPage")), scripts.join());
    const bytes = scripts.map((name) => gzipSync(readFileSync(join(dist, name))).length);
    const sum = bytes.reduce((all, one) => all + one, 0);
    assert.ok(sum > 1000 && sum <= 10_000, `${sum} bytes`);
    await one.context.close();
  });
});
