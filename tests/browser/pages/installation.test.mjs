// What runs here, how it is configured, what is damaged, and the log of administrators.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { main } from "../support/steps.mjs";
import { noPages, pagesBench } from "../support/visit.mjs";

describe("the installation", { skip: noPages }, () => {
  const bench = pagesBench();

  it("says what runs, and shows every setting with where it comes from", async () => {
    const one = await bench.visit("/admin/installation");
    const { page } = one;
    await main(page).getByRole("heading", { name: "Picsharz 0.1.0" }).waitFor();
    await main(page).getByText("It is up to date (step 48).").waitFor();
    await main(page).getByText("Cookies are marked Secure: they go over https only.").waitFor();
    const names = () => main(page).locator("dt").allInnerTexts();
    assert.deepEqual(await names(), ["data.dir", "database.url", "http.listen", "smtp.password"]);
    const password = main(page).locator("dl > div").filter({ hasText: "smtp.password" });
    assert.match(await password.innerText(), /\(set\)\s+PICSHARZ_SMTP__PASSWORD/);
    const folder = main(page).locator("dl > div").filter({ hasText: "data.dir" });
    await folder.getByText("By default: /var/lib/picsharz").waitFor();
    await main(page).getByLabel("Find a setting").fill("listen");
    assert.deepEqual(await names(), ["http.listen"]);
    await main(page).getByText("1 setting", { exact: true }).waitFor();
    await main(page).getByLabel("Find a setting").fill("");
    await main(page).getByLabel("Only what is not by default").check();
    assert.deepEqual(await names(), ["data.dir", "smtp.password"]);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("says that cookies go over a line that everybody may read", async () => {
    bench.server.fake.changed = { installation: { secure: false } };
    const one = await bench.visit("/admin/installation");
    const said = main(one.page).getByText("Cookies are not marked Secure");
    await said.waitFor();
    assert.match(await said.innerText(), /instance\.base_url is not an https address/);
    assert.equal(await main(one.page).getByText("Cookies are marked Secure").count(), 0);
    one.assertNoComplaints();
    await one.context.close();
  });

  it("names what is damaged, and compares everything again", async () => {
    const one = await bench.visit("/admin/installation");
    const { page } = one;
    const storage = main(page).getByRole("region", { name: "Stored files" });
    await storage.getByText("351,200 of 360,000 originals were read and compared.").waitFor();
    await storage.getByText("Oldest check of a file:").waitFor();
    await storage.getByText("1 original is damaged.").waitFor();
    assert.match(await storage.getByRole("listitem").innerText(), /Photo 7001 @jonas\s+Altered/);
    await storage.getByRole("button", { name: "Check everything again" }).click();
    await storage.getByText("0 of 360,000 originals were read and compared.").waitFor();
    one.assertNoComplaints();
    await one.context.close();
  });

  it("has a log of what administrators did", async () => {
    const one = await bench.visit("/admin/log");
    const { page } = one;
    const entry = main(page).getByRole("listitem").filter({ hasText: "@tomas" });
    assert.match(await entry.innerText(),
      /@tomas Suspended the account\.\s+Advertisements in comments, twice\.\s+@mei/);
    for (const said of ["Read the mails in the mailbox.", "Opened the mail 1.",
      "Let the job 4000 try again.", "Had all stored files checked again.",
      "Had the popular photos ranked."]) {
      await main(page).getByRole("listitem").filter({ hasText: said }).waitFor();
    }
    await entry.getByRole("link", { name: "@tomas" }).click();
    await page.waitForURL("**/admin/users/tomas");
    one.assertNoComplaints();
    await one.context.close();
  });
});
