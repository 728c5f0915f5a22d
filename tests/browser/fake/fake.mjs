// The state of the fake server, what every area shares, and the knobs that a test turns.
import { Answers, notFound, ok, problem } from "./answers.mjs";
import { answers as account } from "./account.mjs";
import { answers as admin } from "./admin.mjs";
import { GeneratedCards, account as makeAccount, makePhotos, people } from "./cast.mjs";
import { answers as backups } from "./backups.mjs";
import { answers as costs } from "./costs.mjs";
import { answers as data } from "./data.mjs";
import { answers as feed } from "./feed.mjs";
import { answers as house } from "./house.mjs";
import { answers as installation } from "./installation.mjs";
import { answers as members } from "./members.mjs";
import { answers as moderation } from "./moderation.mjs";
import { answers as notifications } from "./notifications.mjs";
import { answers as persons } from "./people.mjs";
import { answers as photos } from "./photos.mjs";
import { answers as queries } from "./queries.mjs";
import { answers as search } from "./search.mjs";
import { answers as uploads } from "./uploads.mjs";

export const answers = new Answers([
  account, admin, backups, costs, data, feed, house, installation, members, moderation,
  notifications, persons, photos, queries, search, uploads,
]);

const longest = {
  title: "The light on the water, the morning after the longest night of the year, ".repeat(3),
  name: "Maximiliana-Theodora Wolfeschlegelsteinhausenbergerdorff von und zu Hohenlohe-Langen",
  alt: "A quiet place with a lot of light, and nobody in it but a dog and a boat. ".repeat(20),
  tags: ["donaudampfschifffahrtsgesellschaftskapitaen-muetze", "morning", "blue hour"],
};
const limits = { title: 200, name: 80, alt: 1500 };

function lengthened(key, value) {
  if (!(key in longest) || !value?.length) return value;
  if (key === "tags") return typeof value[0] === "string" ? longest.tags : value;
  return typeof value === "string" ? longest[key].slice(0, limits[key]).trim() : value;
}

// A knob that is turned for all paths, or for those that an expression fits.
export const fits = (knob, path) => (knob instanceof RegExp ? knob.test(path) : knob);

export class Fake {
  photos = makePhotos();
  accounts = people.map(makeAccount);
  relation = {
    following: false,
    followed_by: true,
    requested: false,
    blocked: false,
    muted: false,
  };
  signedIn = false;
  spoken = "en";
  polls = new Map();
  uploads = new Map(); // by id
  now = () => Date.now();

  // --- knobs ---
  failing = false; // every call of the API answers 503; or those whose path fits
  refusing = 0; // so many calls are too many; each is to wait for `wait` seconds
  wait = 1;
  offline = false; // every connection is cut; or those whose path fits
  empty = false; // no list holds anything; "now": charts have what was before
  single = false; // every list holds one thing
  role = "administrator"; // of who is signed in
  who = 0; // is signed in, or was: which of the accounts; whoever logs in says it
  tiny = false; // every picture is one pixel, for tests that see thousands
  long = false; // names, titles, alternative texts and tags are as long as they may be
  refused = null; // what is uploaded is refused with {status, code, detail}
  space = 10_737_418_240; // bytes that the photos of an account may take
  unchangeable = null; // what changes a setting is refused with {status, code, detail, errors}
  changed = {}; // of the account, its settings and its notifications
  lineless = false; // no line of events can be had
  idle = false; // no backup is being made
  more = 0; // so much more has been counted since, of everything that the house has a figure of
  #generated = null;
  #keys = new Map(); // of creating requests, and what each was for
  #held = null; // {paths, until, go}
  #lines = new Set(); // of events, that are open

  // Lists of photos hold so many, generated; 0: the real ones again.
  set many(count) {
    this.#generated = count > 0 ? new GeneratedCards(this.photos, count) : null;
  }

  get many() {
    return this.#generated?.length ?? 0;
  }

  // Calls whose path fits wait until release(): what a page shows in between can be looked at.
  hold(paths = /./) {
    let go;
    const until = new Promise((resolve) => (go = resolve));
    this.#held = { paths, until, go };
  }

  release() {
    this.#held?.go();
    this.#held = null;
  }

  // A line of events, until the page or cutLines() ends it.
  listen(response) {
    this.#lines.add(response);
    response.on("close", () => this.#lines.delete(response));
    response.write("retry: 100\n\n");
  }

  get lines() {
    return this.#lines.size;
  }

  tell(name, data) {
    for (const line of this.#lines) line.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  cutLines() {
    for (const line of this.#lines) line.end();
  }

  // As it was at the beginning, but for what people did.
  reset() {
    this.release();
    Object.assign(this, {
      failing: false, refusing: 0, wait: 1, offline: false, empty: false, long: false,
      single: false, role: "administrator", who: 0,
      tiny: false, refused: null, lineless: false, many: 0, space: 10_737_418_240,
      unchangeable: null, changed: {}, idle: false, more: 0,
    });
  }

  get me() {
    const settings = {
      private: false,
      show_camera: false,
      allow_download: false,
      comments_allowed: true,
      language: this.spoken, // of the browser, where nobody has chosen another one
    };
    const quotas = {
      bytes: { used: 1_240_000_000, limit: this.space },
      photos_a_day: { used: 3, limit: 1000 },
    };
    for (const [name, value] of Object.entries(this.changed.me ?? {})) {
      if (name in settings) settings[name] = value;
    }
    const account = this.accounts[this.who];
    const mine = { ...account, email: "mei@example.org", role: this.role, terms: null };
    for (const name of ["name", "bio", "country", "handle"]) {
      mine[name] = this.changed.me?.[name] ?? mine[name];
    }
    return { ...mine, settings, quotas };
  }

  // Notes what somebody changes; gives why not, or null.
  change(what, values) {
    if (this.unchangeable) {
      const { status, code, detail, errors } = this.unchangeable;
      return problem(status, code, detail, errors);
    }
    this.changed = { ...this.changed, [what]: { ...this.changed[what], ...values } };
    return null;
  }

  page(items, query) {
    const from = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit") ?? 20);
    const next = from + limit < items.length ? String(from + limit) : null;
    return ok({ items: items.slice(from, from + limit), next });
  }

  cards(wanted = () => true) {
    return this.#generated ?? this.photos.map(({ card }) => card).filter(wanted);
  }

  card(id) {
    return this.photos.find(({ card }) => card.id === id)?.card ?? this.#generated?.find(id);
  }

  file(id) {
    return this.photos.find(({ card }) => card.id === id)?.file ?? this.#generated?.file(id);
  }

  async api(method, path, query, body, headers = {}) {
    this.spoken = /(?:^|;\s*)lang=([\w-]+)/.exec(headers.cookie ?? "")?.[1] ?? "en";
    if (this.#held?.paths.test(path)) await this.#held.until;
    if (fits(this.failing, path)) {
      return problem(503, "unavailable", "The server is busy. Try again shortly.");
    }
    if (this.refusing > 0) return this.#tooMany();
    const found = answers.find(method, path);
    if (!found) return notFound();
    const refused = this.#meantForAnother(method, headers) ||
      (method === "POST" && this.#unkeyed(path, body, headers));
    if (refused) return refused;
    const asked = { ...found.params, method, path, query, body, headers };
    return this.#turned(found.answer(this, asked));
  }

  #meantForAnother(method, headers) {
    const meant = headers["picsharz-account"];
    const changes = method !== "GET" && method !== "HEAD";
    if (!changes || !this.signedIn || !meant || meant === this.me.id) return null;
    const detail = "Another account is signed in here by now. Load the page again.";
    return problem(403, "other_account", detail);
  }

  // Stricter than the real server, which asks nobody for a key: our page sends one with everything
  // that creates something, and another one with another thing. A form is only known by its
  // address, because each try has another boundary.
  #unkeyed(path, body, headers) {
    const key = headers["idempotency-key"];
    if (!key) return problem(400, "invalid_idempotency_key", `No Idempotency-Key for ${path}.`);
    const form = (headers["content-type"] ?? "").startsWith("multipart/");
    const thing = `${path} ${form ? "" : body}`;
    if ((this.#keys.get(key) ?? thing) !== thing) {
      return problem(422, "idempotency_key_reused", "This key was used for another request.");
    }
    this.#keys.set(key, thing);
    return null;
  }

  #tooMany() {
    this.refusing -= 1;
    const detail = `Too many requests in a short time. Wait ${this.wait} seconds and try again.`;
    const headers = { "Retry-After": String(this.wait) };
    return { ...problem(429, "too_many_requests", detail), headers };
  }

  #turned(answer) {
    if (!answer.body) return answer;
    let body = answer.body;
    if (this.empty && Array.isArray(body.items)) body = { ...body, items: [], next: null };
    if (this.single && Array.isArray(body.items)) {
      body = { ...body, items: body.items.slice(0, 1), next: null };
    }
    if (this.long) body = JSON.parse(JSON.stringify(body, lengthened));
    return { ...answer, body };
  }
}
