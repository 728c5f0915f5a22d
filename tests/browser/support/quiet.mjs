// Until a page has come to rest: no request under way, and nothing more drawn. Playwright's
// "networkidle" waits half a second beyond that, at each of a thousand pages, and later than the
// first time not at all.
import { setTimeout as sleep } from "node:timers/promises";

const rest = 40; // ms between two looks
const looks = 3; // in a row that must find nothing: script that runs may be about to ask

const underWay = new WeakMap(); // page -> its requests that have no answer yet

export function watchRequests(page) {
  const requests = new Set();
  underWay.set(page, requests);
  page.on("request", (request) => requests.add(request));
  page.on("requestfinished", (request) => requests.delete(request));
  page.on("requestfailed", (request) => requests.delete(request));
  page.on("response", (response) => {
    // A stream of events stays open.
    const request = response.request();
    if (request.resourceType() === "eventsource") requests.delete(request);
  });
}

// How many elements it has; its script answers only between other work. 0 where it is leaving.
const size = (page) => page.evaluate(() =>
  document.readyState === "complete" ? document.getElementsByTagName("*").length : 0)
  .catch(() => 0);

export async function quiet(page) {
  const requests = underWay.get(page);
  let before = 0;
  for (let found = 0; found < looks; ) {
    await sleep(rest);
    const now = await size(page);
    found = now > 0 && now === before && requests.size === 0 ? found + 1 : 0;
    before = now;
  }
}
