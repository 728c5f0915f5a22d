// People and what one does about them, against the fake server.
import { describe, it } from "node:test";
import { noPages, pagesBench } from "../support/visit.mjs";

describe("people", { skip: noPages }, () => {
  const bench = pagesBench();

  it("follows a suggestion, and takes it back", async () => {
    const one = await bench.visit("/people");
    await one.page.getByText("Followed by Mei Tan and 3 others").waitFor();
    const button = (name) => one.page.getByRole("button", { name: `${name} Jonas` });
    await button("Follow").click();
    await button("Following").click();
    await button("Follow").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  for (const [path, before, after] of [
    ["/people", "Follow Jonas", "Following Jonas"],
    ["/@jonas", "Follow", "Unfollow"],
  ]) {
    it(`keeps the focus on the button that follows, at ${path}`, async () => {
      const one = await bench.visit(path);
      const focused = (name) => one.page.locator("button:focus").and(
        one.page.getByRole("button", { name, exact: before === "Follow" }));
      await one.page.getByRole("button", { name: before, exact: before === "Follow" }).focus();
      for (const name of [after, before]) {
        await one.page.keyboard.press("Enter");
        await focused(name).waitFor();
      }
      await one.context.close();
    });
  }
});
