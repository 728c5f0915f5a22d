// The page's uploads over a line that breaks: they go on where they were, also after a reload.
// (Chromium itself sends a request again whose reused connection broke; so what is asserted is
// where the page goes on, and tests/uploads counts bytes.)
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { FaultProxy, writtenTo } from "../uploads/fault_proxy.mjs";
import { launch, person } from "./support/browser.mjs";
import { missing, photos } from "./support/paths.mjs";
import { noServer, startServer } from "./support/server.mjs";
import { main, setUpAdministrator } from "./support/steps.mjs";

const files = ["wild-2.jpg", "train.jpg"].map((name) => join(photos, name));
const amara = {
  name: "Amara Okafor",
  handle: "amara",
  email: "amara@example.org",
  password: "thirteen red trains",
};
const skip = noServer() || missing(files[0], "the photo of the test");

describe("uploads over a line that breaks", { skip }, () => {
  let server, proxy, browser, one;

  before(async () => {
    server = await startServer({ PICSHARZ_MODELS__DIR: "/nonexistent" });
    const { hostname, port } = new URL(server.address);
    proxy = new FaultProxy({ host: hostname, port: Number(port) });
    proxy.settled = writtenTo(server.data);
    const address = await proxy.start();
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
    await one.page.locator("input[type=file]").setInputFiles(chosen);
    await main(one.page).getByRole("button", { name: "Upload", exact: true }).click();
  };
  // Where the last request of that upload began.
  const wentOnAt = (path) => proxy.begun.findLast((each) => each.path === path).at;

  it("goes on by itself, with several files", async () => {
    proxy.cutAfter(100_000, "fin");
    await choose(files);
    await main(one.page).locator("[data-state]").nth(1).waitFor();
    assert.equal(proxy.cuts, 1);
    assert.equal(await main(one.page).getByRole("link", { name: "Open the photo" }).count(), 2);
    const first = proxy.begun[0].path;
    assert.ok(wentOnAt(first) > 30_000, `went on at ${wentOnAt(first)}`);
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
    await main(one.page).locator("[data-state]").nth(1).waitFor();
    const told = await main(one.page).getByRole("alert").innerText();
    assert.match(told, /fake\.jpg: /);
    assert.doesNotMatch(told, /wild-2|train/);
    assert.equal(await main(one.page).getByRole("link", { name: "Open the photo" }).count(), 2);
    await choose([fake]);
    await main(one.page).getByRole("alert").waitFor();
    assert.equal(await main(one.page).locator("[data-state]").count(), 0);
  });

  it("goes on after a reload with the same file", async () => {
    const { target } = proxy;
    const uploads = () => new Set(proxy.begun.map((each) => each.path)).size;
    const before = uploads();
    const cuts = proxy.cuts;
    proxy.cutAfter(100_000, "fin");
    proxy.afterCut = () => (proxy.target = { host: "127.0.0.1", port: 9 }); // nobody is there
    await choose(files[0]);
    await one.page.getByText("The connection is lost.").waitFor();
    proxy.afterCut = () => {};
    proxy.target = target;
    await one.page.reload();
    await choose(files[0]);
    await main(one.page).locator("[data-state]").waitFor();
    assert.equal(proxy.cuts, cuts + 1);
    const third = proxy.begun.at(-1).path;
    assert.equal(uploads() - before, 1, "it was begun anew");
    assert.ok(wentOnAt(third) > 30_000, `went on at ${wentOnAt(third)}`);
  });
});
