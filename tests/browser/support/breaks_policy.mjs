// A test file that is not one of the suite: policy.test.mjs runs it to see that it fails, although
// no test in it does.
import { it } from "node:test";
import { startFake } from "../fake_server.mjs";
import { launch, person } from "./browser.mjs";

// In the page. That a line broke the policy is told after it has ended, and a page that is loaded
// anew at once takes the news with it; those who listened before this have sent theirs by then.
async function behave(way) {
  const told = new Promise((resolve) => {
    document.addEventListener("securitypolicyviolation", resolve, { once: true });
  });
  if (way === "nothing") return;
  if (way === "html") {
    try {
      document.body.innerHTML = "<b>text that became markup</b>";
    } catch {
      // That it was refused is what the browser tells.
    }
  } else {
    const picture = document.createElement("img");
    picture.src = "https://attacker.invalid/x";
    document.body.append(picture);
  }
  await told;
}

it("passes", async () => {
  const server = await startFake();
  const browser = await launch();
  const somebody = await person(browser, server, "breaks");
  await somebody.page.goto("/recent");
  await somebody.page.waitForSelector("main h1");
  await somebody.page.evaluate(behave, process.env.WAY);
  await somebody.page.reload();
  await browser.close();
  await server.stop();
});
