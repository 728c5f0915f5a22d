// The page's uploads over a line that breaks: they go on where they were, also after a reload and
// in another tab, and nobody sees of them what was not published.
// (Chromium itself sends a request again whose reused connection broke; so what is asserted is
// where the page goes on, and tests/uploads counts bytes.)
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { FaultProxy, writtenTo } from "../uploads/fault_proxy.mjs";
import { launch, person } from "./support/browser.mjs";
import { keptOf } from "./support/files.mjs";
import { missing, photos } from "./support/paths.mjs";
import { noServer, startServer } from "./support/server.mjs";
import { logIn, logOut, main, setUpAdministrator, signUp, verify } from "./support/steps.mjs";
import { until } from "./support/visit.mjs";

const files = ["wild-2.jpg", "train.jpg"].map((name) => join(photos, name));
const amara = {
  name: "Amara Okafor",
  handle: "amara",
  email: "amara@example.org",
  password: "thirteen red trains",
};
const jonas = {
  name: "Jonas Lindqvist",
  handle: "jonas",
  email: "jonas@example.org",
  password: "seven green boats",
};
const skip = noServer() || missing(files[0], "the photo of the test");
const row = (page, phase) => main(page).locator(`li.upload[data-phase=${phase}]`);

describe("uploads over a line that breaks", { skip }, () => {
  let server, proxy, browser, one, address;

  before(async () => {
    server = await startServer({ PICSHARZ_MODELS__DIR: "/nonexistent" });
    const { hostname, port } = new URL(server.address);
    proxy = new FaultProxy({ host: hostname, port: Number(port) });
    proxy.settled = writtenTo(server.data);
    address = await proxy.start();
    browser = await launch();
    one = await person(browser, { ...server, address }, "amara");
    server.setupLink = server.setupLink.replace(server.address, address);
    await setUpAdministrator(one, server, amara);
  });

  after(async () => {
    await browser?.close();
    await proxy?.stop();
    await server?.stop();
  });

  const choose = async (chosen) => {
    await one.page.goto("/upload");
    await one.page.locator("#files").setInputFiles(chosen);
  };
  const clean = async () => {
    await main(one.page).getByRole("button", { name: /^Publish/ }).click();
    await main(one.page).getByRole("button", { name: "Clear the published ones" }).click();
    // Else the next page would begin with what this one has not forgotten yet.
    await until(async () => (await keptOf(one.page)).entries === 0);
  };
  // Where the last request of that upload began.
  const wentOnAt = (path) => proxy.begun.findLast((each) => each.path === path).at;
  // The line breaks in the first file, and nobody is at its other end, nor at that of the lines
  // which the browser keeps open: on one of those it would go on half a second later.
  const breakOff = async () => {
    const { target } = proxy;
    proxy.cutAfter(100_000, "fin");
    proxy.afterCut = (...cut) => {
      proxy.target = { host: "127.0.0.1", port: 9 };
      proxy.hangUp(cut);
    };
    await choose(files[0]);
    await main(one.page).getByText("The connection is lost.").waitFor();
    await main(one.page).getByLabel("Title", { exact: true }).fill("After the cut");
    // The file is kept, and the title: the browser's store answers after what it was told before.
    await until(async () => (await keptOf(one.page)).files === 1);
    proxy.afterCut = () => {};
    return () => (proxy.target = target);
  };
  const assertWentOn = (uploadsBefore) => {
    const paths = new Set(proxy.begun.map((each) => each.path));
    assert.equal(paths.size - uploadsBefore, 1, "it was begun anew");
    const path = proxy.begun.at(-1).path;
    assert.ok(wentOnAt(path) > 30_000, `went on at ${wentOnAt(path)}`);
  };
  const uploadsSoFar = () => new Set(proxy.begun.map((each) => each.path)).size;

  it("goes on by itself, with several files", async () => {
    proxy.cutAfter(100_000, "fin");
    await choose(files);
    await row(one.page, "draft").nth(1).waitFor();
    assert.equal(proxy.cuts, 1);
    // Both are on their way at once, and the line breaks in either of them.
    const { path, at } = proxy.lastCut;
    assert.ok(wentOnAt(path) >= at, `broken off at ${at}, went on at ${wentOnAt(path)}`);
    await clean();
  });

  it("names the file that is refused, and takes the others", async () => {
    const fake = { name: "fake.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") };
    const [real, another] = await Promise.all(
      files.map(async (path) => ({
        name: basename(path),
        mimeType: "image/jpeg",
        buffer: await readFile(path),
      })),
    );
    await choose([real, fake, another]);
    await row(one.page, "draft").nth(1).waitFor();
    const refused = row(one.page, "refused");
    await refused.waitFor();
    assert.match(await refused.innerText(), /^fake\.jpg/);
    assert.equal(await refused.getByRole("button", { name: "Try again" }).count(), 0);
    await main(one.page).getByRole("button", { name: "Take fake.jpg off the list" }).click();
    await clean();
  });

  it("goes on after a reload, without the file being chosen again", async () => {
    const before = uploadsSoFar();
    const repair = await breakOff();
    repair();
    await one.page.reload();
    await row(one.page, "draft").waitFor();
    assertWentOn(before);
    const title = main(one.page).getByLabel("Title", { exact: true });
    assert.equal(await title.inputValue(), "After the cut");
    await clean();
  });

  it("goes on in a new tab after its own was closed", async () => {
    const before = uploadsSoFar();
    const repair = await breakOff();
    await one.page.close();
    repair();
    one.page = await one.context.newPage();
    await one.page.goto("/");
    await one.page.getByRole("link", { name: "1 photo to publish" }).click();
    await row(one.page, "draft").waitFor();
    assertWentOn(before);
    await clean();
  });

  it("forgets the files of whoever logs out, and the next one sees nothing", async () => {
    const repair = await breakOff();
    assert.deepEqual(await keptOf(one.page), { entries: 1, files: 1 });
    repair();
    await logOut(one);
    await until(async () => {
      const { entries, files: left } = await keptOf(one.page); // one after the other
      return entries + left === 0;
    });
    assert.deepEqual(await keptOf(one.page), { entries: 0, files: 0 });
    await logIn(one, amara.handle, amara.password);
    await one.page.getByRole("link", { name: "Settings" }).waitFor();
    await one.page.goto("/upload");
    await main(one.page).getByText("Choose photos").waitFor();
    assert.equal(await main(one.page).locator("li.upload").count(), 0);
  });
});

describe("photos that are published later than they are sent", { skip }, () => {
  let server, browser, first, second;

  before(async () => {
    server = await startServer();
    browser = await launch();
    first = await person(browser, server, "amara");
    second = await person(browser, server, "jonas");
    const administrator = await setUpAdministrator(first, server, amara);
    await signUp(second, jonas);
    await verify(second, administrator, jonas.email);
    await second.page.goto("/@amara");
    await main(second.page).getByRole("button", { name: "Follow", exact: true }).click();
    await main(second.page).getByRole("button", { name: "Unfollow" }).waitFor();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("are nobody else's to see before, and in the feed of followers afterwards", async () => {
    const { page } = first;
    await page.goto("/upload");
    await page.locator("#files").setInputFiles(files[1]);
    await main(page).getByLabel("Title", { exact: true }).fill("The 7:42");
    await row(page, "draft").waitFor({ timeout: 60_000 });
    const mine = await page.evaluate(async () => (await fetch("/v1/me/photos")).json());
    assert.equal(mine.items[0].visibility, "private");
    const path = `/photo/${mine.items[0].id}`;
    await second.page.goto(path);
    await second.page.getByRole("alert").waitFor();
    await second.page.goto("/");
    await second.page.getByRole("heading").first().waitFor();
    assert.equal(await main(second.page).getByText("The 7:42").count(), 0);
    await main(page).getByRole("button", { name: "Publish", exact: true }).click();
    await main(page).locator("[data-state=published]").waitFor();
    await second.page.goto("/");
    await main(second.page).getByText("The 7:42").first().waitFor();
    await second.page.goto(path);
    await second.page.getByRole("heading", { name: "The 7:42" }).waitFor();
    first.assertNoComplaints();
    second.assertNoComplaints([404]);
  });

  it("are published while they develop, as soon as that is over", async () => {
    const { page } = first;
    await page.goto("/upload");
    await page.locator("#files").setInputFiles(files[0]);
    await main(page).getByLabel("Title", { exact: true }).fill("Two on a rock");
    await main(page).getByRole("button", { name: "Publish", exact: true }).click();
    // All of it is sent, and the wish is kept: the store answers after what it was told before.
    const sent = ["developing", "publishing", "published"].map((each) => `[data-phase=${each}]`);
    await main(page).locator(`li.upload:is(${sent.join(", ")})`).waitFor();
    await keptOf(page);
    await page.goto("/recent"); // nobody waits for it on its page
    await until(async () => {
      await second.page.goto("/");
      await second.page.getByRole("heading").first().waitFor();
      return (await main(second.page).getByText("Two on a rock").count()) > 0;
    });
    first.assertNoComplaints();
  });
});
