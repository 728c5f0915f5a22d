// The instance, the account of who is here, sessions, and coming in.
import { done, list, ok, problem } from "./answers.mjs";

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

const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36";
const sessions = [
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
}));
const tokens = [
  ["1", "Backup at home", ["read", "write:photos"], "2026-11-22T20:00:00Z", null],
  ["2", "The frame in the hall", ["read"], null, "2027-02-20T20:00:00Z"],
].map(([id, name, scopes, last_used_at, expires_at]) => ({
  id,
  name,
  scopes,
  created_at: "2026-11-20T20:00:00Z",
  last_used_at,
  expires_at,
}));

const signIn = (fake, { body }) => {
  const { login } = JSON.parse(body);
  fake.who = Math.max(0, fake.accounts.findIndex(({ handle }) => handle === login));
  fake.signedIn = true;
  return ok({ account: fake.accounts[fake.who], session: { id: "1" } }, 201);
};
const change = {
  email: "mei@new.example.org",
  new_agreed: false,
  old_agreed: false,
  expires_at: "2026-11-24T20:00:00Z",
};

export const answers = {
  "GET /v1/instance": () => ok(instance),
  "GET /v1/instance/terms": () => ok(terms),
  "GET /v1/me": (fake) =>
    fake.signedIn
      ? ok(fake.me)
      : problem(401, "unauthenticated", "Nobody is signed in. Log in and try again."),
  "PATCH /v1/me": (fake, { body }) => fake.change("me", JSON.parse(body)) ?? ok(fake.me),
  "POST /v1/accounts": (fake, { body }) =>
    body.includes('"admin"')
      ? problem(400, "handle_reserved", "This handle is reserved. Choose another one.", [
          { field: "handle", code: "handle_reserved", detail: "Choose another handle." },
        ])
      : ok(fake.accounts[0], 201),
  "POST /v1/accounts/verify": signIn,
  "POST /v1/accounts/verify/resend": () => ({ status: 202 }),
  "POST /v1/setup": signIn,
  "POST /v1/sessions": (fake, { body }) =>
    body.includes("wrong")
      ? problem(401, "wrong_login", "Handle, e-mail or password is wrong. Try again.")
      : signIn(fake, { body }),
  "DELETE /v1/sessions/current": (fake) => {
    fake.signedIn = false;
    return done();
  },
  "GET /v1/sessions": () => list(sessions),
  "DELETE /v1/sessions/:id": () => done(),
  "GET /v1/me/email": (fake) => ok({ email: fake.me.email, change: null }),
  "GET /v1/email-changes/abc": (fake) => ok({ email: fake.me.email, change }),
  "GET /v1/me/totp": () => ok({ on: true, since: "2026-11-20T20:00:00Z", recovery_codes: 8 }),
  "GET /v1/me/tokens": (fake) => list(fake.tokens ?? tokens),
  "DELETE /v1/me/tokens/:id": (fake, { id }) => {
    fake.tokens = (fake.tokens ?? tokens).filter((one) => one.id !== id);
    return done();
  },
  "GET /v1/me/invitations": () => list(invitations),
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
  "POST /v1/password/reset": () => done(),
};
