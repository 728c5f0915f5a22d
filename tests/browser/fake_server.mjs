// A stand-in for the server while pages are drawn: serves web/dist under the real security policy
// and answers the API from memory. For looking at pages (screens.mjs) and for pages.test.mjs; what
// the real server does is tested against the real server.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { dist, photos as photoFolder } from "./support/paths.mjs";

export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "font-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types svelte-trusted-html picsharz-sw",
].join("; ");

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const jpegSize = (bytes) => {
  let at = 2;
  while (at + 9 < bytes.length) {
    const marker = bytes[at + 1];
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return { width: 3, height: 2 };
};

const people = [
  ["mei", "Mei Tan", "SG", "Harbours, mostly at dawn. Film and digital."],
  ["jonas", "Jonas Lindqvist-Abrahamsen", "SE", ""],
  ["amara", "Amara Okafor", "NG", "Trains, and the people who wait for them."],
];
const titles = ["Morning at the harbour", "", "The 7:42", "Late", "A day without any plan at all"];
const labels = [
  { name: "boat", confidence: 0.91 },
  { name: "train", confidence: 0.5 },
];
const long =
  "We had walked since four in the morning, and when the light came it came all at once. " +
  "Nobody said a word until the boats were gone, and then everybody spoke at the same time.";

function account([handle, name, country, bio], index) {
  return {
    id: String(9000 + index),
    handle,
    name,
    avatar: null,
    bio,
    country,
    private: index === 2,
    counts: { photos: 28 + index, followers: 1234 * index, following: 12 },
    created_at: "2026-01-05T08:00:00Z",
  };
}

function makePhotos() {
  const files = existsSync(photoFolder)
    ? readdirSync(photoFolder).filter((name) => /\.jpe?g$/i.test(name))
    : [];
  return files.map((name, index) => {
    const file = join(photoFolder, name);
    const owner = account(people[index % people.length], index % people.length);
    const id = String(7000 + index);
    return {
      file,
      card: {
        id,
        owner: { handle: owner.handle, name: owner.name, avatar: null },
        title: titles[index % titles.length],
        description: index % 3 === 0 ? long : "",
        alt: index % 2 === 0 ? "A quiet place with a lot of light." : "",
        tags: index % 2 === 0 ? ["harbour", "morning", "blue hour"] : [],
        labels: index % 4 === 3 ? [] : labels,
        visibility: "public",
        state: ["published", "published", "held", "published", "rejected"][index % 5],
        reason: [null, null, "suggestive", null, "image_corrupt"][index % 5],
        ...jpegSize(readFileSync(file)),
        thumbhash: "1QcSHQRnh493V4dIh4eXh1h4kJUI",
        urls: Object.fromEntries(
          ["320", "640", "1280"].map((size) => [size, `/media/${id}/${size}`]),
        ),
        likes: index * 7,
        liked: index % 3 === 1,
        comments: 4,
        created_at: new Date(Date.UTC(2026, 10, 22, 20) - index * 7_200_000).toISOString(),
      },
    };
  });
}

const instance = {
  name: "Picsharz",
  description: "A small community for people who take photos.",
  rules: ["Only your own photos.", "Be kind."],
  registration: "open",
  visitors: true,
  member_invitations: 3,
  terms_version: "2026-11",
  minimum_age: 16,
  setup_needed: false,
  version: "0.1.0",
  limits: {
    photo_bytes: 50_000_000,
    title: 200,
    description: 5000,
    alt: 1500,
    tag: 50,
    tags: 30,
    handle_min: 3,
    handle_max: 30,
    name: 80,
    bio: 500,
    password_min: 8,
    password_max: 128,
  },
  formats: ["image/jpeg", "image/png", "image/webp"],
  models: "base",
};

const terms = {
  version: "2026-11",
  minimum_age: 16,
  text: "Your photos stay yours.\n\nWe keep what you upload until you delete it.",
  rules: instance.rules,
};
const invitations = [
  ["open", null, 1, 5],
  ["open", "jonas@example.org", 0, 1],
  ["used", null, 1, 1],
  ["revoked", null, 0, 1],
].map(([state, email, uses, uses_max], index) => ({
  id: String(5000 - index),
  email,
  uses,
  uses_max,
  state,
  created_at: "2026-11-20T08:00:00Z",
  expires_at: "2026-12-04T08:00:00Z",
}));

const problem = (status, code, detail, errors) => ({
  status,
  body: {
    type: "about:blank",
    title: "Refused",
    status,
    detail,
    code,
    request_id: "0".repeat(32),
    ...(errors ? { errors } : {}),
  },
});
const notFound = () => problem(404, "not_found", "There is nothing here. Check the address.");
const ok = (body, status = 200) => ({ status, body });

const isPublished = (card) => card.state === "published";
const photoCollections = {
  saved: false,
  collections: [
    { id: "8000", name: "Harbours at dawn", visibility: "public", holds: true },
    { id: "8001", name: "Trains", visibility: "private", holds: false },
  ],
};

class Fake {
  photos = makePhotos();
  accounts = people.map(account);
  relation = {
    following: false,
    followed_by: true,
    requested: false,
    blocked: false,
    muted: false,
  };
  signedIn = false;
  polls = new Map();
  failing = false; // every call of the API answers 503
  refusing = 0; // so many calls are too many; each is to wait for `wait` seconds
  wait = 1;

  get me() {
    const role = "administrator";
    const settings = {
      private: false,
      show_camera: false,
      allow_download: false,
      comments_allowed: true,
      language: "en",
    };
    const quotas = {
      bytes: { used: 1_240_000_000, limit: 10_737_418_240 },
      photos_a_day: { used: 3, limit: 1000 },
    };
    return { ...this.accounts[0], email: "mei@example.org", role, terms: null, settings, quotas };
  }

  page(items, query) {
    const from = Number(query.get("cursor") ?? 0);
    const limit = 20;
    const next = from + limit < items.length ? String(from + limit) : null;
    return ok({ items: items.slice(from, from + limit), next });
  }

  cards(wanted = () => true) {
    return this.photos.map(({ card }) => card).filter(wanted);
  }

  api(method, path, query, body) {
    if (this.failing) return problem(503, "unavailable", "The server is busy. Try again shortly.");
    if (this.refusing > 0) {
      this.refusing -= 1;
      const detail = `Too many requests in a short time. Wait ${this.wait} seconds and try again.`;
      const refusal = problem(429, "too_many_requests", detail);
      return { ...refusal, headers: { ...refusal.headers, "Retry-After": String(this.wait) } };
    }
    const key = `${method} ${path}`;
    const fixed = this.fixed(key, query, body);
    if (fixed) return fixed;
    let parts = /^\/v1\/accounts\/([^/]+)(\/\w+)?$/.exec(path);
    if (parts) return this.account(method, decodeURIComponent(parts[1]), parts[2] ?? "", query);
    parts = /^\/v1\/photos\/(\d+)(\/like)?$/.exec(path);
    if (parts) return this.photo(method, parts[1], parts[2] ?? "");
    if (/^\/v1\/photos\/\d+\/likes$/.test(path)) return this.people();
    parts = /^\/v1\/tags\/(.+)$/.exec(path);
    if (parts) return this.tagged(decodeURIComponent(parts[1]), query);
    if (/^\/v1\/photos\/\d+\/collections$/.test(path)) return ok(photoCollections);
    if (/^\/v1\/photos\/\d+\/saved$/.test(path)) return { status: 204 };
    parts = /^\/v1\/collections\/(\d+)(\/\w+)?/.exec(path);
    if (parts) return this.collection(method, parts[1], parts[2] ?? "", query);
    if (path.startsWith("/v1/me/follow-requests/")) return ok(this.relation);
    parts = /^\/v1\/photos\/(\d+)\/(similar|duplicates)$/.exec(path);
    if (parts) return this.alike(parts[1], parts[2]);
    if (/^\/v1\/photos\/\d+\/comments$/.test(path)) return ok({ items: threads, next: null });
    if (method === "DELETE" && path.startsWith("/v1/sessions/")) return { status: 204 };
    return notFound();
  }

  // Everybody's first photos are like any other; nobody has one twice.
  alike(id, list) {
    const others = this.cards((card) => card.state === "published" && card.id !== id);
    return ok({ items: list === "similar" ? others.slice(0, 3) : [], next: null });
  }

  fixed(key, query, body) {
    const published = (card) => card.state === "published";
    const signIn = () => {
      this.signedIn = true;
      return ok({ account: this.accounts[0], session: { id: "1" } }, 201);
    };
    const refused = () =>
      problem(401, "unauthenticated", "Nobody is signed in. Log in and try again.");
    const routes = {
      "GET /v1/instance": () => ok(instance),
      "GET /v1/me": () => (this.signedIn ? ok(this.me) : refused()),
      "PATCH /v1/me": () => ok(this.me),
      "GET /v1/me/photos": () => this.page(this.cards(), query),
      "POST /v1/accounts": () =>
        body.includes('"admin"')
          ? problem(400, "handle_reserved", "This handle is reserved. Choose another one.", [
              { field: "handle", code: "handle_reserved", detail: "Choose another handle." },
            ])
          : ok(this.accounts[0], 201),
      "POST /v1/accounts/verify": signIn,
      "POST /v1/accounts/verify/resend": () => ({ status: 202 }),
      "POST /v1/setup": signIn,
      "POST /v1/sessions": () =>
        body.includes("wrong")
          ? problem(401, "wrong_login", "Handle, e-mail or password is wrong. Try again.")
          : signIn(),
      "DELETE /v1/sessions/current": () => {
        this.signedIn = false;
        return { status: 204 };
      },
      "GET /v1/sessions": () => ok(sessions),
      "GET /v1/me/email": () => ok({ email: this.me.email, change: null }),
      "GET /v1/me/export": () => ok({ export: archive }),
      "GET /v1/me/import": () => ok({ import: imported }),
      "GET /v1/me/import/refused": () => ok({ items: refusedFiles, next: null }),
      "GET /v1/me/totp": () => ok({ on: true, since: "2026-11-20T20:00:00Z", recovery_codes: 8 }),
      "GET /v1/me/tokens": () => ok(tokens),
      "GET /v1/instance/terms": () => ok(terms),
      "GET /v1/me/invitations": () => ok({ items: invitations, next: null }),
      "POST /v1/me/invitations": () => ok({
        invitation: invitations[0],
        token: "abc",
        link: "https://photos.example.org/signup#invitation=abc",
      }, 201),
      "GET /v1/invitations/abc": () =>
        ok({
          from: { handle: "mei", name: "Mei Tan" },
          for_address: true,
          expires_at: "2026-12-04T08:00:00Z",
        }),
      "POST /v1/password/forgot": () => ({ status: 202 }),
      "POST /v1/password/reset": () => ({ status: 204 }),
      "GET /v1/feed/home": () => this.page(this.cards(published), query),
      "GET /v1/feed/recent": () => this.page(this.cards(published), query),
      "GET /v1/me/saved": () => this.page(this.cards((card) => card.liked), query),
      "GET /v1/me/likes": () => this.page(this.cards((card) => card.liked), query),
      "GET /v1/me/follow-requests": () => this.people(),
      "GET /v1/me/mutes": () => this.people(),
      "GET /v1/me/blocks": () => this.people(),
      "GET /v1/suggestions": () => ok({ items: this.suggestions(), next: null }),
      "GET /v1/search": () => this.search(query),
      "GET /v1/search/suggest": () => ok({ items: this.completions(query.get("q")) }),
      // A line that ends at once: the page comes back now and then, and asks by itself.
      "GET /v1/events": () => ({ status: 200, headers: { "Content-Type": "text/event-stream" } }),
      "POST /v1/uploads": () => ({
        status: 201,
        headers: { Location: "/v1/uploads/1", "Upload-Offset": "0" },
      }),
      "PATCH /v1/uploads/1": () => this.upload(),
      "GET /v1/notifications": () => ok({ items: this.told(), next: null }),
      "GET /v1/notifications/unread": () => ok({ unread: 3 }),
      "POST /v1/notifications/read": () => ok({ unread: 0 }),
      "GET /v1/me/notifications": () => ok(toldHow),
      "GET /v1/unsubscribe/abc": () => ok({ kind: "like", subscribed: true }),
      "GET /v1/moderation/waiting": () => ok({ waiting: 3 }),
      "GET /v1/admin/mailbox": () => ok(mailbox),
      "GET /v1/admin/outbox": () =>
        ok({ server: null, waiting: 0, oldest_seconds: 0, reason: "" }),
      "GET /v1/admin/bounces": () => ok({ items: [], next: null }),
    };
    return routes[key]?.();
  }

  people() {
    return ok({ items: this.accounts.slice(1), next: null });
  }

  collection(method, id, rest, query) {
    if (method !== "GET" && method !== "PATCH") return { status: 204 };
    if (rest === "/photos") return this.page(this.cards(isPublished).slice(0, 6), query);
    const found = this.collections().find((one) => one.id === id);
    return found ? ok(found) : notFound();
  }

  collections() {
    const names = ["Harbours at dawn", "Trains, and the people who wait for them", "Blue"];
    return names.map((name, index) => ({
      id: String(8000 + index),
      owner: this.accounts[0],
      name,
      description: index === 0 ? long : "",
      visibility: ["public", "followers", "private"][index],
      cover: index < 2 ? this.cards(isPublished)[index] : null,
      created_at: "2026-11-20T20:00:00Z",
      changed_at: "2026-11-22T20:00:00Z",
    }));
  }

  tagged(tag, query) {
    return this.page(this.cards((card) => card.tags.includes(tag)), query);
  }

  suggestions() {
    const by = { handle: "mei", name: "Mei Tan" };
    return [
      { account: this.accounts[1], reason: { kind: "followed_by", count: 4, by, label: null } },
      { account: this.accounts[2], reason: { kind: "label", count: 3, by: null, label: "boat" } },
    ];
  }

  // One of each kind, the newest unread.
  told() {
    const kinds = ["like", "follow", "comment", "decision", "mention", "follow_request", "reply",
      "follow_approved"];
    return kinds.map((kind, index) => {
      const card = this.photos[index % this.photos.length]?.card;
      const alone = { follow: true, follow_request: true, follow_approved: true }[kind];
      const actors = this.accounts.map(({ handle, name }) => ({ handle, name, avatar: null }));
      return {
        id: String(6000 - index),
        kind,
        unread: index < 3,
        updated_at: new Date(Date.now() - index * 9 * 3_600_000).toISOString(),
        count: kind === "decision" ? 0 : [5, 1, 2, 0, 1, 2, 1, 1][index],
        actors: kind === "decision" ? [] : [...actors.slice(index % 3), ...actors].slice(0, 3),
        photo: alone || !card ? null : {
          id: card.id,
          title: card.title,
          alt: card.alt,
          thumbhash: card.thumbhash,
          thumbnail: index === 3 ? null : `/media/${card.id}/320`,
        },
        excerpt: ["comment", "mention"].includes(kind) ? long : null,
        decision:
          kind === "decision" ? { outcome: "removed", appealed: false, about: "photo" } : null,
      };
    });
  }

  search(query) {
    const q = query.get("q");
    const found = (list) => ({
      items: q === "nothing" || q === "gutar" ? [] : list,
      next: null,
      did_you_mean: q === "gutar" ? "guitar" : null,
    });
    const [one, other] = this.accounts;
    const lists = {
      people: this.accounts,
      tags: [
        { id: "1", kind: "tag", name: "harbour", photos: 1412 },
        { id: "2", kind: "tag", name: "harbour-at-night", photos: 61 },
        { id: "3", kind: "label", name: "harbour seal", photos: 1 },
      ],
      experts: [
        { id: "11", account: one, term: "harbour", photos: 41, photos_this_month: 6 },
        { id: "12", account: other, term: "harbour", photos: 12, photos_this_month: 0 },
      ],
    };
    if (query.get("type") in lists) return ok(found(lists[query.get("type")]));
    if (q.startsWith("before:y")) {
      const detail = "before: takes a day, a month or a year, such as 2026-11-30.";
      const refused = problem(400, "invalid_request", "This search cannot be made.");
      refused.body.errors = [{ field: "q", code: "invalid", detail }];
      return refused;
    }
    const cards = found(this.cards((card) => card.state === "published"));
    return ok({ ...cards, ...this.page(cards.items, query).body });
  }

  completions(q) {
    const [person] = this.accounts;
    return [
      { kind: "person", q: `from:${person.handle}`, text: person.name, handle: person.handle,
        avatar: null, photos: null },
      { kind: "tag", q: `${q}bour`, text: `${q}bour`, handle: null, avatar: null, photos: 1412 },
      { kind: "label", q: `${q} seal`, text: `${q} seal`, handle: null, avatar: null, photos: 1 },
    ];
  }

  account(method, handle, rest, query) {
    const found = this.accounts.find((one) => one.handle === handle);
    if (!found) return notFound();
    if (rest === "/photos") {
      return this.page(this.cards((card) => card.owner.handle === handle), query);
    }
    if (rest === "/followers" || rest === "/following") {
      return ok({ items: this.accounts, next: null });
    }
    if (rest === "/collections") return ok({ items: this.collections(), next: null });
    if (rest === "/follow") {
      this.relation = { ...this.relation, following: method === "PUT" };
      return ok(this.relation);
    }
    if (rest === "/mute" || rest === "/block") {
      const name = rest === "/mute" ? "muted" : "blocked";
      this.relation = { ...this.relation, [name]: method === "PUT" };
      return ok(this.relation);
    }
    const relation = this.signedIn && handle !== "mei" ? this.relation : null;
    return ok({ ...found, relation });
  }

  photo(method, id, rest) {
    const found = this.photos.find(({ card }) => card.id === id)?.card;
    if (!found) return notFound();
    if (rest === "/like") {
      const liked = method === "PUT";
      found.likes += Number(liked) - Number(found.liked);
      found.liked = liked;
      return ok({ likes: found.likes, liked });
    }
    const polls = (this.polls.get(id) ?? 0) + 1;
    this.polls.set(id, polls);
    if (found.state === "received" && polls > 2) {
      Object.assign(found, { state: "published", urls: { 640: `/media/7000/640` } });
    }
    return ok({ ...found, ...pageOnly, own: found.owner.handle === "mei" ? own : null });
  }

  upload() {
    const first = this.photos[0]?.card;
    const card = { ...first, id: "7999", state: "received", thumbhash: null, urls: {}, labels: [] };
    Object.assign(card, { owner: { handle: "mei", name: "Mei Tan", avatar: null }, reason: null });
    this.photos = [{ file: "", card }, ...this.photos.filter((one) => one.card.id !== "7999")];
    this.polls.clear();
    return { status: 204, headers: { "Picsharz-Photo": card.id } };
  }
}

// What a photo's page says beyond its card.
const pageOnly = {
  place: "George Town",
  camera: { make: "Acme", model: "Acme 40", exposure_time: "1/250", f_number: 8, iso: 100 },
  taken_at: "2026-11-20T07:12:00+08:00",
  copyright: null,
  allow_download: false,
  comments_allowed: true,
};
const own = {
  show_camera: true,
  file_name: "IMG_1.jpg",
  bytes: 4_100_000,
  artist: null,
  caption: null,
  keywords: ["harbour", "dawn"],
  position: null,
};

function comment(id, person, text, more = {}) {
  const [handle, name] = person;
  return {
    id,
    photo: "7000",
    parent: null,
    state: "published",
    author: { handle, name, avatar: null },
    text,
    mentions: [],
    edited_at: null,
    created_at: "2026-11-22T18:00:00Z",
    ...more,
  };
}
const noReplies = { reply_count: 0, replies: { items: [], next: null } };
const threads = [
  {
    ...comment("903", people[1], "How long did you wait for that light? @mei", {
      mentions: [{ written: "mei", handle: "mei" }],
      edited_at: "2026-11-22T18:05:00Z",
    }),
    reply_count: 2,
    replies: {
      items: [
        comment("904", people[0], "Two mornings.", { parent: "903" }),
        comment("905", people[2], "Worth it.", { parent: "903" }),
      ],
      next: null,
    },
  },
  { ...comment("902", people[2], long), ...noReplies },
];

const archive = {
  id: "9100",
  state: "ready",
  photos: 1284,
  done: 1284,
  left_out: 0,
  size: 4_812_345_678,
  created_at: "2026-11-27T19:40:00Z",
  expires_at: "2026-11-28T19:45:00Z",
  link: "/v1/me/exports/9100",
};
const imported = {
  id: "9200",
  state: "done",
  kind: "instagram",
  failure: null,
  photos: 342,
  done: 342,
  taken: 318,
  known: 12,
  refused: 12,
  people: 4,
  people_unknown: 61,
  likes: 0,
  likes_unknown: 0,
  comments_left: 0,
  created_at: "2026-11-27T18:40:00Z",
  finished_at: "2026-11-27T18:52:00Z",
};
const refusedFiles = ["202401/18014.mp4", "202402/17899.mp4", "202311/a-very-long-file-name.mov"]
  .map((name) => ({
    file: `media/posts/${name}`,
    code: "video",
    detail: "Videos are not taken here, only photos.",
  }));

const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36";
const sessions = {
  items: [
    ["1", "203.0.113.0/24", "Chrome on Linux", agent, true],
    ["2", "198.51.100.0/24", null, "curl/8.5.0", false],
  ].map(([id, address, program, user_agent, current]) => ({
    id,
    created_at: "2026-11-20T20:00:00Z",
    last_used_at: "2026-11-22T20:00:00Z",
    program,
    user_agent,
    address,
    current,
  })),
  next: null,
};
const tokens = {
  items: [
    ["1", "Backup at home", ["read", "write:photos"], "2026-11-22T20:00:00Z", null],
    ["2", "The frame in the hall", ["read"], null, "2027-02-20T20:00:00Z"],
  ].map(([id, name, scopes, last_used_at, expires_at]) => ({
    id,
    name,
    scopes,
    created_at: "2026-11-20T20:00:00Z",
    last_used_at,
    expires_at,
  })),
  next: null,
};
const toldHow = {
  kinds: ["follow", "follow_request", "follow_approved", "like", "comment", "reply", "mention"].map(
    (kind, index) => ({ kind, in_app: index !== 3, email: ["at_once", "digest"][index % 2] }),
  ),
  digest_hour: 7,
};

const mailbox = {
  items: [
    {
      id: "1",
      to: "jonas@example.org",
      subject: "Your code for Picsharz",
      text: "Your code is 7K2M-9QXD.\n\nIt is good for 10 minutes.",
      html: "",
      unsubscribe: "",
      created_at: "2026-11-22T20:00:00Z",
    },
  ],
  next: null,
};

function sendFile(response, path, status = 200) {
  const type = types[extname(path)] ?? "image/jpeg";
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
  });
  response.end(readFileSync(path));
}

async function handle(fake, request, response) {
  const url = new URL(request.url, "http://127.0.0.1");
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  if (url.pathname.startsWith("/v1/")) {
    const body = Buffer.concat(pieces).toString("latin1");
    const answer = fake.api(request.method, url.pathname, url.searchParams, body);
    response.writeHead(answer.status, {
      "Content-Type": "application/json",
      ...answer.headers,
    });
    return response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  }
  const media = /^\/media\/(\d+)\//.exec(url.pathname);
  const photo = media && fake.photos.find(({ card }) => card.id === media[1]);
  if (photo?.file) return sendFile(response, photo.file);
  const asset = join(dist, url.pathname);
  const known = /^\/assets\/[\w.-]+$/.test(url.pathname) && existsSync(asset);
  return sendFile(response, known ? asset : join(dist, "index.html"));
}

// Gives {address, fake, stop}.
export async function startFake() {
  const fake = new Fake();
  const server = createServer((request, response) => void handle(fake, request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    fake,
    address: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
