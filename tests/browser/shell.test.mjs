// Pages as the server writes them, in a browser: the first photos need no request to the API,
// nothing is fetched twice, and nobody is shown what was answered to somebody else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { PNG } from "pngjs";
import { Api } from "./support/api.mjs";
import { launch, person } from "./support/browser.mjs";
import { amara, jonas } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { payloads } from "./support/payloads.mjs";
import { quiet } from "./support/quiet.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { logIn, logOut, main, setUpAdministrator, signedIn, signUp, verify } from
  "./support/steps.mjs";
import { phone } from "./support/visit.mjs";

const files = ["wild-2.jpg", "aarhus.jpg", "mongolia.jpeg"].map((name) => join(photos, name));
const skip = noServer() || noModels() || missing(files[0], "the photo of the test");
const developing = ["received", "decoding", "classifying"];
const patience = 60_000;

async function uploaded(api, file, fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("file", new Blob([readFileSync(file)]), basename(file));
  const headers = { Authorization: `Bearer ${api.token}` };
  const sent = await fetch(`${api.address}/v1/photos`, { method: "POST", headers, body: form });
  const { id } = await sent.json();
  const deadline = Date.now() + patience;
  for (;;) {
    const photo = await api.get(`/v1/photos/${id}`);
    if (!developing.includes(photo.state)) return photo;
    assert.ok(Date.now() < deadline, `photo ${id} is still ${photo.state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// What a page asks the network for from now on; what comes out of its own memory is left out.
async function watched(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const asked = new Map();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    const { pathname, search } = new URL(request.url);
    if (!request.url.startsWith("data:")) asked.set(requestId, pathname + search);
  });
  session.on("Network.requestServedFromCache", ({ requestId }) => asked.delete(requestId));
  return {
    of: (start) => [...asked.values()].filter((path) => path.startsWith(start)),
  };
}

// From the first frame that shows the photo of the page: in each where it is, and what of it.
function watchFrames() {
  globalThis.framesSeen = [];
  globalThis.shiftsSeen = [];
  const id = location.pathname.split("/")[2];
  const look = () => {
    requestAnimationFrame(look);
    const image = [...document.images].find(({ currentSrc, complete, naturalWidth }) =>
      complete && naturalWidth > 0 && currentSrc.includes(`/media/${id}/`));
    if (!image && globalThis.framesSeen.length === 0) return;
    const box = image?.getBoundingClientRect();
    if (!box) return globalThis.framesSeen.push(null);
    // It is contained in the middle of its box, or fills it.
    const width = Math.min(box.width, box.height * (image.naturalWidth / image.naturalHeight));
    const height = Math.min(box.height, box.width / (image.naturalWidth / image.naturalHeight));
    const [x, y] = [box.x + (box.width - width) / 2, box.y + (box.height - height) / 2];
    globalThis.framesSeen.push({ x, y, width, height, source: image.currentSrc });
  };
  requestAnimationFrame(look);
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      const moved = sources.map(({ node, previousRect, currentRect }) =>
        `${node?.className || node?.nodeName} from ${previousRect.x}, ${previousRect.y} to ` +
        `${currentRect.x}, ${currentRect.y}`);
      globalThis.shiftsSeen.push({ value, moved });
    }
  }).observe({ type: "layout-shift", buffered: true });
}

const drawn = (page) => main(page).locator("img.shown").first().waitFor();
const ahead = (page) =>
  page.$$eval("link[rel=preload], link[rel=modulepreload], link[rel=stylesheet]", (links) =>
    links.filter(({ href }) => href).map(({ href }) => new URL(href).pathname));

describe("pages by the server", { skip }, () => {
  let server, browser, first, second, api;
  const shown = [];

  before(async () => {
    server = await startServer();
    browser = await launch();
    first = await person(browser, server, "amara");
    second = await person(browser, server, "jonas");
    api = await setUpAdministrator(first, server, amara);
    await signUp(second, jonas);
    await verify(second, api, jonas.email);
    for (const [index, file] of files.entries()) {
      const fields = { title: `Morning ${index}`, alt: `What is seen in the morning ${index}` };
      const photo = await uploaded(api, file, fields);
      if (photo.state === "published") shown.push(photo);
    }
    assert.ok(shown.length >= 2, "two photos are there for everybody");
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function visitor(options = {}) {
    const one = await person(browser, server, "visitor", options);
    return { ...one, page: one.page, asked: await watched(one.page), person: one };
  }

  for (const path of ["/", "/recent"]) {
    it(`draws the newest photos at ${path} without asking the API for anything`, async () => {
      const { page, asked, person: one } = await visitor();
      await page.goto(path);
      await drawn(page);
      assert.equal(await main(page).locator("a[href^='/photo/'] img").count(), shown.length);
      await quiet(page);
      assert.deepEqual(asked.of("/v1/"), []);
      assert.equal(await page.locator("#data").count(), 0);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("asks again for what it is asked again for", async () => {
    const { page, asked, person: one } = await visitor();
    await page.goto("/recent");
    await drawn(page);
    await page.getByRole("link", { name: "Popular" }).click();
    await page.getByRole("heading", { name: "Popular photos" }).waitFor();
    await page.getByRole("link", { name: "Newest", exact: true }).click();
    await page.getByRole("heading", { name: "Newest photos" }).waitFor();
    await drawn(page);
    assert.deepEqual(asked.of("/v1/"), ["/v1/popular", "/v1/feed/recent"]);
    await one.context.close();
  });

  it("draws a member's feed, and what it knows of them, without asking", async () => {
    const jonasApi = await Api.logIn(server.address, jonas.handle, jonas.password);
    await jonasApi.send("PUT", `/v1/accounts/${amara.handle}/follow`);
    const { page } = second;
    const asked = await watched(page);
    const mine = ["/v1/me", "/v1/instance", "/v1/feed/home"];
    await page.goto("/");
    await drawn(page);
    await signedIn(page);
    await quiet(page);
    assert.deepEqual(asked.of("/v1/").filter((path) => mine.includes(path)), []);
    await page.goto(`/photo/${shown[0].id}`);
    await page.getByRole("heading", { name: shown[0].title }).waitFor();
    assert.equal(asked.of("/v1/photos/").includes(`/v1/photos/${shown[0].id}`), false);
    await page.goto(`/@${amara.handle}`);
    await drawn(page);
    assert.deepEqual(asked.of(`/v1/accounts/${amara.handle}`), []);
    second.assertNoComplaints();
  });

  const screens = [["a phone", { ...phone, deviceScaleFactor: 3 }], ["a screen", {}],
    ["a large screen", { viewport: { width: 1920, height: 1080 } }]];
  const kinds = { "the newest photos": () => "/", "a photo": () => `/photo/${shown[0].id}`,
    "a profile": () => `/@${amara.handle}` };
  for (const [[kind, address], [what, options]] of Object.entries(kinds).flatMap((one) =>
    screens.map((screen) => [one, screen]))) {
    it(`fetches everything for ${kind} once on ${what}`, async () => {
      const { page, asked, person: one } = await visitor(options);
      const path = address();
      await page.goto(path);
      const there = path.includes("photo") ? [shown[0]] : shown;
      for (const { id } of there) {
        await main(page).locator(`[data-photo="${id}"] .shown`).first().waitFor();
      }
      await quiet(page);
      for (const href of await ahead(page)) {
        assert.ok(asked.of(href).length <= 1, `${path} asks twice for ${href}`);
      }
      const pictures = asked.of("/media/").filter((url) => !url.includes("avatars"));
      const of = (id) => pictures.filter((url) => url.startsWith(`/media/${id}/`));
      for (const { id } of there) {
        // In a row of its own on a phone the one that the document asks for is not enough.
        const alone = await page.$eval(`[data-photo="${id}"]`, (node) =>
          innerWidth < 768 && node.clientWidth > 0.74 * node.closest("main ul, main").clientWidth);
        const most = alone && !path.includes("photo") ? 2 : 1;
        assert.ok(of(id).length <= most, `${path} asks for ${of(id).join(", ")}`);
        assert.ok(of(id).length >= 1, path);
      }
      const early = await page.$$eval("link[rel=preload][as=image]", (links) => links.length);
      assert.equal(early, path.includes("photo") ? 1 : Math.min(8, shown.length));
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  for (const [what, options] of screens) {
    it(`draws a photo before there is a program, and again in its place, on ${what}`, async () => {
      const { page, asked, person: one } = await visitor(options);
      await one.context.addInitScript(watchFrames);
      let letGo = () => {};
      const held = new Promise((resolve) => (letGo = resolve));
      await page.route("**/assets/index-*.js", async (route) => {
        await held;
        await route.continue();
      });
      await page.goto(`/photo/${shown[0].id}`, { waitUntil: "commit" });
      const ahead = page.locator("#app > .ahead img");
      await ahead.waitFor();
      await page.waitForFunction(() => globalThis.framesSeen.length > 3);
      assert.equal(await page.locator("main").count(), 0, "nothing has run");
      await one.shot(`ahead ${what}`);
      letGo();
      await page.getByRole("heading", { name: shown[0].title }).waitFor();
      await quiet(page);
      assert.equal(await ahead.count(), 0);
      const { frames, shifts } = await page.evaluate(() => ({
        frames: globalThis.framesSeen, shifts: globalThis.shiftsSeen,
      }));
      const [first] = frames;
      const beside = (one) => Math.max(...["x", "y", "width", "height"].map((side) =>
        Math.abs(one[side] - first[side])));
      for (const [at, frame] of frames.entries()) {
        assert.ok(frame, `the picture is away in frame ${at}`);
        assert.ok(beside(frame) <= 1, `frame ${at}: ${JSON.stringify([first, frame])}`);
        assert.equal(frame.source, first.source);
      }
      const shift = shifts.reduce((sum, { value }) => sum + value, 0);
      assert.ok(shift <= 0.01, JSON.stringify(shifts));
      assert.equal(asked.of(`/media/${shown[0].id}/`).length, 1);
      one.assertNoComplaints();
      await one.context.close();
    });
  }

  it("asks for the program of a photo's page when the picture is there", async () => {
    const { page, person: one } = await visitor(phone);
    const order = [];
    page.on("request", (request) => {
      if (/\/assets\/(index|photos)-.*\.js$/.test(request.url())) order.push("program");
    });
    page.on("requestfinished", (request) => {
      if (request.url().includes(`/media/${shown[0].id}/`)) order.push("picture");
    });
    await page.goto(`/photo/${shown[0].id}`);
    await page.getByRole("heading", { name: shown[0].title }).waitFor();
    assert.equal(order[0], "picture", order.join(", "));
    assert.equal(order.filter((what) => what === "program").length, 2, "each once");
    one.assertNoComplaints();
    await one.context.close();
  });

  for (const [what, fate] of [["late", () => {}], ["lost", (route) => route.abort()]]) {
    it(`draws the page of a photo whose picture is ${what}`, async () => {
      const { page, person: one } = await visitor();
      await page.route(`**/media/${shown[0].id}/**`, fate);
      await page.goto(`/photo/${shown[0].id}`, { waitUntil: "commit" });
      await page.getByRole("heading", { name: shown[0].title }).waitFor();
      await page.unrouteAll({ behavior: "ignoreErrors" });
      await one.context.close();
    });
  }

  it("shows linked photos where nothing runs", async () => {
    const one = await person(browser, server, "plain", { ...phone, javaScriptEnabled: false });
    await one.page.goto("/");
    const links = one.page.locator("a[href^='/photo/']");
    assert.equal(await links.count(), shown.length);
    const picture = links.first().locator("img");
    await picture.scrollIntoViewIfNeeded();
    assert.match(await picture.getAttribute("alt"), /What is seen in the morning/);
    const { width, height } = await picture.boundingBox();
    const path = await links.first().getAttribute("href");
    const photo = shown.find(({ id }) => path === `/photo/${id}`);
    assert.ok(Math.abs(width / height - photo.width / photo.height) < 0.02, "it is whole");
    assert.ok(width <= 390);
    await one.shot("noscript");
    await links.first().click();
    await one.page.getByRole("heading", { name: /^Morning/ }).waitFor();
    assert.equal(new URL(one.page.url()).pathname, path);
    await one.context.close();
  });

  for (const theme of ["dark", "light"]) {
    it(`is ${theme} from the first paint where that was chosen`, async () => {
      const other = theme === "dark" ? "light" : "dark";
      const one = await person(browser, server, "chose", { colorScheme: other });
      await one.context.addCookies([{ name: "theme", value: theme, url: server.address }]);
      await one.page.route("**/*.js", (route) => route.abort()); // before anything runs
      await one.page.goto("/");
      const { data } = PNG.sync.read(await one.page.screenshot());
      const expected = theme === "dark" ? [0x12, 0x12, 0x11] : [0xfb, 0xfa, 0xf8];
      assert.deepEqual([...data.subarray(0, 3)], expected);
      await one.context.close();
    });
  }

  it("runs nothing of what people typed", async () => {
    const ends = payloads.filter((text) => /^<\/|^--|^\]|^["'`]|^<img|^<svg on/.test(text));
    assert.ok(ends.length >= 12);
    const { page, person: one } = await visitor();
    const alerts = [];
    page.on("dialog", (dialog) => {
      alerts.push(dialog.message());
      void dialog.dismiss();
    });
    const { id } = shown[0];
    for (const text of ends) {
      await api.send("PATCH", `/v1/photos/${id}`, { title: text, alt: text, description: text });
      await api.send("PATCH", "/v1/me", { name: text.slice(0, 50), bio: text });
      await page.goto(`/photo/${id}`);
      await page.getByRole("heading", { name: text, exact: true }).waitFor();
      await page.goto("/");
      await drawn(page);
      const scripts = await page.$$eval("script", (all) => all.map(({ src, type }) => src || type));
      assert.ok(scripts.every((src) => src.startsWith(server.address)), String(scripts));
    }
    assert.deepEqual(alerts, []);
    one.assertNoComplaints();
    await api.send("PATCH", "/v1/me", { name: amara.name, bio: "" });
    await api.send("PATCH", `/v1/photos/${id}`, { title: "Morning 0" });
    await one.context.close();
  });

  it("shows nobody what was answered to another account", async () => {
    const fields = { title: "Only for Amara", visibility: "private" };
    const secret = await uploaded(api, files[2], fields);
    const { page } = first;
    const heading = page.getByRole("heading", { name: secret.title });
    await page.goto("/terms");
    await page.getByRole("heading", { name: "Terms" }).first().waitFor();
    await page.goto(`/photo/${secret.id}`);
    await heading.waitFor();
    await page.goto("/terms");
    await page.getByRole("heading", { name: "Terms" }).first().waitFor();
    // The session is ended from elsewhere, so the cookie stays; Back leads to the document that
    // holds the member's photo, as the browser has kept it.
    await api.send("DELETE", "/v1/sessions");
    await page.goBack();
    await page.getByRole("alert").getByText("There is nothing here").waitFor();
    assert.equal(await heading.count(), 0);
    // Who somebody is may be answered after what they ask for.
    await page.getByRole("link", { name: "Settings" }).waitFor({ state: "detached" });
    // Signed in and out again, in another tab; then somebody else, who goes there as well. Each
    // time this page is loaded anew.
    const other = { page: await first.context.newPage() };
    await logIn(other, amara.handle, amara.password);
    await signedIn(other.page);
    await signedIn(page);
    await page.goto(`/photo/${secret.id}`);
    await heading.waitFor();
    await page.goto("/terms");
    await page.getByRole("heading", { name: "Terms" }).first().waitFor();
    await logOut(other);
    await page.getByRole("link", { name: "Log in" }).first().waitFor();
    await logIn(other, jonas.handle, jonas.password);
    await signedIn(other.page);
    await signedIn(page);
    await page.goBack();
    await signedIn(page);
    await page.getByRole("alert").getByText("There is nothing here").waitFor();
    assert.equal(await heading.count(), 0);
    await page.goto("/settings");
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), jonas.name);
    await other.page.close();
  });
});
