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
});
