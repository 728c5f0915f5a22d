// Other people: profiles, following, muting, blocking, their collections.
import { done, list, notFound, ok } from "./answers.mjs";
import { isPublished, long } from "./cast.mjs";

function collections(fake) {
  const names = ["Harbours at dawn", "Trains, and the people who wait for them", "Blue"];
  return names.map((name, index) => ({
    id: String(8000 + index),
    owner: fake.accounts[0],
    name,
    description: index === 0 ? long : "",
    visibility: ["public", "followers", "private"][index],
    cover: index < 2 ? fake.cards(isPublished).at(index) : null,
    created_at: "2026-11-20T20:00:00Z",
    changed_at: "2026-11-22T20:00:00Z",
  }));
}

// An answer about an account that is there.
const about = (answer) => (fake, call) => {
  const found = fake.accounts.find(({ handle }) => handle === call.handle);
  return found ? answer(fake, call, found) : notFound();
};

const relate = (name, value, more = {}) =>
  about((fake) => {
    fake.relation = { ...fake.relation, ...more, [name]: value };
    return ok(fake.relation);
  });
const strangers = { following: false, followed_by: false, requested: false };

function collection(fake, { id }) {
  const found = collections(fake).find((one) => one.id === id);
  return found ? ok(found) : notFound();
}

const others = (fake) => list(fake.accounts.slice(1));
const related = (fake) => ok(fake.relation);
const everybody = about((fake) => list(fake.accounts));

export const answers = {
  "GET /v1/accounts/:handle": about((fake, { handle }, found) => {
    const relation = fake.signedIn && handle !== "mei" ? fake.relation : null;
    return ok({ ...found, relation });
  }),
  "GET /v1/accounts/:handle/photos": about((fake, { handle, query }) =>
    fake.page(fake.cards((card) => card.owner.handle === handle), query),
  ),
  "GET /v1/accounts/:handle/followers": everybody,
  "GET /v1/accounts/:handle/following": everybody,
  "GET /v1/accounts/:handle/collections": about((fake) => list(collections(fake))),
  "PUT /v1/accounts/:handle/follow": relate("following", true),
  "DELETE /v1/accounts/:handle/follow": relate("following", false),
  "PUT /v1/accounts/:handle/mute": relate("muted", true),
  "DELETE /v1/accounts/:handle/mute": relate("muted", false),
  "PUT /v1/accounts/:handle/block": relate("blocked", true, strangers),
  "DELETE /v1/accounts/:handle/block": relate("blocked", false),
  "GET /v1/me/follow-requests": others,
  "PUT /v1/me/follow-requests/:handle": related,
  "DELETE /v1/me/follow-requests/:handle": related,
  "GET /v1/me/mutes": others,
  "GET /v1/me/blocks": others,
  "GET /v1/collections/:id": collection,
  "PATCH /v1/collections/:id": collection,
  "DELETE /v1/collections/:id": () => done(),
  "GET /v1/collections/:id/photos": (fake, { query }) =>
    fake.page(fake.many ? fake.cards() : fake.cards(isPublished).slice(0, 6), query),
  "PUT /v1/collections/:id/photos/:photo": () => done(),
  "DELETE /v1/collections/:id/photos/:photo": () => done(),
};
