// Draws every page against the fake server, in both themes and at two widths, into
// test-results/screens/, and says what is wider than its window.
//
//   npm run screens [-- part-of-a-name ...]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startFake } from "./fake_server.mjs";
import { launch, person } from "./support/browser.mjs";
import { photos, screens } from "./support/paths.mjs";

// As the application marks it; about:blank has no storage.
const mark = () => {
  if (location.protocol === "http:") localStorage.setItem("picsharz-signed-in", "1");
};

const visitorPages = {
  welcome: "/",
  signup: "/signup",
  "signup-invited": "/signup#invitation=abc",
  terms: "/terms",
  login: "/login",
  forgot: "/forgot",
  goodbye: "/goodbye?until=2126-12-12T08:00:00Z",
  verify: "/verify",
  reset: "/reset#token=abc",
  setup: "/setup#token=abc",
  unsubscribe: "/unsubscribe#token=abc",
  nothing: "/no/such/page",
  missing: "/photo/1",
};
const memberPages = {
  home: "/",
  recent: "/recent",
  upload: "/upload",
  me: "/me",
  photo: "/photo/7000",
  "photo-tall": "/photo/7003",
  profile: "/@jonas",
  private: "/@amara",
  own: "/@mei",
  followers: "/@mei/followers",
  search: "/search?q=harbour",
  people: "/search?q=a&type=people",
  empty: "/search?q=nothing",
  activity: "/activity",
  "search-tags": "/search?q=harbour&type=tags",
  "search-experts": "/search?q=harbour&type=experts",
  "search-meant": "/search?q=gutar",
  "search-wrong": "/search?q=before:yesterday",
  "search-tips": "/search",
  settings: "/settings",
  security: "/settings/security",
  invitations: "/settings/invitations",
  data: "/settings/data",
  suggestions: "/people",
  requests: "/people/requests",
  muted: "/settings/muted",
  blocked: "/settings/blocked",
  liked: "/likes",
  likers: "/photo/7000/likes",
  saved: "/saved",
  collections: "/@mei/collections",
  collection: "/collections/8000",
  tag: "/tags/blue%20hour",
  mailbox: "/admin/mailbox",
};
const wanted = process.argv.slice(2);

async function draw(one, name, path, suffix) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return;
  await one.page.goto("about:blank");
  await one.page.goto(path);
  await one.page.waitForSelector("main h1, main [role=alert]", { state: "attached" });
  await one.page.waitForLoadState("networkidle");
  if (name === "upload") await one.page.setInputFiles("#file", join(photos, "train.jpg"));
  await one.page.waitForTimeout(250); // the fade-in of pictures
  const wide = await one.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (wide > 0) console.log(`${name} ${suffix}: ${wide} px too wide`);
  await one.page.screenshot({ path: join(screens, `${name}-${suffix}.png`) });
}

mkdirSync(screens, { recursive: true });
const server = await startFake();
const browser = await launch();
try {
  for (const [width, height] of [[390, 844], [1440, 900]]) {
    for (const colorScheme of ["light", "dark"]) {
      const options = { viewport: { width, height }, colorScheme };
      const one = await person(browser, server, "screens", options);
      server.fake.signedIn = false;
      for (const [name, path] of Object.entries(visitorPages)) {
        await draw(one, name, path, `${width}-${colorScheme}`);
      }
      server.fake.signedIn = true;
      await one.context.addInitScript(mark);
      for (const [name, path] of Object.entries(memberPages)) {
        await draw(one, name, path, `${width}-${colorScheme}`);
      }
      for (const complaint of new Set(one.complaints)) console.log(complaint);
      await one.context.close();
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
