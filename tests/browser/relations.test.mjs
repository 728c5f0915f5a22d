// Two people and what they do about each other: a suggestion followed, a tag, likes and who gave
// them, a mute and its end, a request approved, a follower removed.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, person } from "./support/browser.mjs";
import { amara, jonas } from "./support/cast.mjs";
import { missing, photos } from "./support/paths.mjs";
import { quiet } from "./support/quiet.mjs";
import { noModels, noServer, startServer } from "./support/server.mjs";
import { main, setUpAdministrator, signUp, upload, verify } from "./support/steps.mjs";

const file = join(photos, "wild-2.jpg");
const title = "Two on a rock";
const skip = noServer() || noModels() || missing(file, "the photo of the test");

describe("people and each other", { skip }, () => {
  let server, browser, first, second;
  const button = (one, name) => main(one.page).getByRole("button", { name, exact: true });
  const article = () => main(second.page).getByRole("article", { name: title });

  before(async () => {
    server = await startServer();
    browser = await launch();
    first = await person(browser, server, "amara");
    second = await person(browser, server, "jonas");
    const administrator = await setUpAdministrator(first, server, amara);
    await signUp(second, jonas);
    await verify(second, administrator, jonas.email);
    await upload(first, file, { Title: title, Tags: "Wild life" });
    await main(first.page).locator("[data-state=published]").waitFor({ timeout: 60_000 });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("suggests somebody in an empty feed, and shows what they upload once followed", async () => {
    await second.page.goto("/");
    const suggestions = main(second.page).getByRole("region", { name: "People you may like" });
    await suggestions.getByText("1 new photo").waitFor();
    await second.shot("empty-feed");
    await button(second, "Follow Amara Okafor").click();
    await button(second, "Following Amara Okafor").waitFor();
    await button(second, "Show my feed").click();
    await article().waitFor();
  });

  it("leads from a tag to the photos that have it", async () => {
    await article().getByRole("link", { name: "#wild-life" }).click();
    await second.page.getByRole("heading", { name: "#wild-life" }).waitFor();
    assert.equal(new URL(second.page.url()).pathname, "/tags/wild-life");
    await main(second.page).getByRole("link", { name: title }).waitFor();
    await second.page.goBack();
  });

  it("names who likes a photo, and lists what one likes", async () => {
    await article().getByRole("button", { name: "Like", pressed: false }).click();
    await quiet(second.page); // it is shown before it is done
    await article().getByRole("link", { name: "1 like" }).click();
    await second.page.getByRole("heading", { name: "Liked by" }).waitFor();
    await main(second.page).getByRole("link", { name: jonas.name }).waitFor();
    await second.page.goto("/me");
    await main(second.page).getByRole("link", { name: "Photos you like" }).click();
    await main(second.page).getByRole("link", { name: title }).waitFor();
  });

  it("keeps a muted person out of the feed until the mute is taken back", async () => {
    await second.page.goto(`/@${amara.handle}`);
    await main(second.page).locator("summary").click();
    await second.shot("menu");
    await main(second.page).getByRole("button", { name: /^Mute/ }).click();
    await main(second.page).getByText("Muted", { exact: true }).waitFor();
    await button(second, "Unfollow").waitFor();
    await second.page.getByRole("link", { name: "Picsharz" }).click();
    await second.page.getByText("No photos yet. Follow someone").waitFor();
    await second.page.goto("/settings");
    await main(second.page).getByRole("link", { name: "Muted people" }).click();
    await button(second, "Unmute Amara Okafor").click();
    await second.page.getByText("You have muted nobody.").waitFor();
    await second.page.getByRole("link", { name: "Picsharz" }).click();
    await article().waitFor();
  });

  it("asks a private account, which approves", async () => {
    await first.page.goto("/settings");
    await first.page.getByLabel("Private account").check();
    await first.page.getByText("Private account: saved.").waitFor();
    await second.page.goto(`/@${amara.handle}`);
    await button(second, "Unfollow").click();
    await button(second, "Follow").click();
    await button(second, "Take request back").waitFor();
    await first.page.getByRole("link", { name: "Follow requests" }).click();
    await button(first, "Approve Jonas Lind").waitFor();
    await first.shot("requests");
    await button(first, "Approve Jonas Lind").click();
    await first.page.getByText("Jonas Lind follows you now.").waitFor();
    await first.page.getByText("Nobody waits for your answer.").waitFor();
    await second.page.goto("/");
    await article().waitFor();
  });

  it("removes a follower, who sees nothing any more", async () => {
    await first.page.goto(`/@${jonas.handle}`);
    await main(first.page).locator("summary").click();
    await main(first.page).getByRole("button", { name: /^Remove follower/ }).click();
    await first.page.getByText("· Follows you").waitFor({ state: "detached" });
    await second.page.goto(`/@${amara.handle}`);
    await second.page.getByText("This account is private.").waitFor();
  });

  it("blocks, lists whom one blocked, and takes it back", async () => {
    await first.page.goto(`/@${jonas.handle}`);
    await main(first.page).locator("summary").click();
    await main(first.page).getByRole("button", { name: /^Block/ }).click();
    await button(first, "Unblock").waitFor();
    await second.page.goto(`/@${amara.handle}`);
    await second.page.getByText("There is nothing here.").waitFor();
    await first.page.goto("/settings/blocked");
    await button(first, "Unblock Jonas Lind").click();
    await first.page.getByText("You have blocked nobody.").waitFor();
    await second.page.reload();
    await second.page.getByRole("heading", { name: amara.name }).waitFor();
    first.assertNoComplaints();
    second.assertNoComplaints([404]);
  });
});
