// One Chromium, a fresh profile, and people in contexts of their own. Whatever a page complains
// about (an uncaught error, the console, the security policy) is kept, and checked at the end.
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { screens } from "./paths.mjs";
import { watchPolicy } from "./policy.mjs";
import { watchRequests } from "./quiet.mjs";

// The whole program: figures, and everything once in make check-long.
export const wholeChromium = process.env.CHROME_PATH ?? "/usr/bin/chromium";
// Debian's build of the same without a window of its own, which the whole one draws beside every
// page: it takes half the processor's time.
const shell = "/usr/bin/chromium-headless-shell";
const light = !process.env.CHROME_PATH && process.env.PICSHARZ_MATRIX !== "all";
const chromiumPath = light && existsSync(shell) ? shell : wholeChromium;

const flags = [
  "--no-sandbox", // CI runs as root
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Every context of it is watched for what breaks the security policy; `watched: false` is for pages
// of others, which have none.
export async function launch({ watched = true, path = chromiumPath } = {}) {
  const browser = await chromium.launch({ executablePath: path, args: flags });
  if (!watched) return browser;
  const open = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await open(options);
    await watchPolicy(context);
    return context;
  };
  return browser;
}

// A refusal that a test provokes is logged by Chromium as a failed resource. Only these are let
// pass, and only where the test says which statuses it expects.
function expected(text, statuses) {
  const status = /^Failed to load resource: .* status of (\d{3})/.exec(text)?.[1];
  return status !== undefined && statuses.includes(Number(status));
}

export class Person {
  constructor(context, page, name) {
    this.context = context;
    this.page = page;
    this.name = name;
    this.complaints = [];
  }

  async shot(what) {
    mkdirSync(screens, { recursive: true });
    await this.page.screenshot({ path: join(screens, `${this.name}-${what}.png`) });
  }

  // `statuses`: refusals that this test provoked on purpose.
  assertNoComplaints(statuses = []) {
    const left = this.complaints.filter((text) => !expected(text, statuses));
    assert.deepEqual(left, [], `${this.name}'s browser complained`);
  }
}

export async function person(browser, server, name, options = {}) {
  const context = await browser.newContext({
    baseURL: server.address,
    viewport: { width: 1280, height: 800 },
    locale: "en-SG",
    serviceWorkers: "block", // they would answer what a test wants to see asked
    ...options,
  });
  context.setDefaultTimeout(60_000); // other suites keep the machine busy meanwhile
  context.on("page", watchRequests);
  const page = await context.newPage();
  const somebody = new Person(context, page, name);
  page.on("console", (message) => {
    // Chromium reports what the security policy blocks as an error of the console.
    if (message.type() !== "error") return;
    somebody.complaints.push(`${message.text()} ${message.location().url}`.trimEnd());
  });
  page.on("pageerror", (error) => somebody.complaints.push(`uncaught: ${error.message}`));
  return somebody;
}
