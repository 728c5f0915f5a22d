// Search and its suggestions. "nothing" finds nothing, "gutar" was meant otherwise.
import { ok, problem } from "./answers.mjs";
import { isPublished } from "./cast.mjs";

const tags = [
  { id: "1", kind: "tag", name: "harbour", photos: 1412 },
  { id: "2", kind: "tag", name: "harbour-at-night", photos: 61 },
  { id: "3", kind: "label", name: "harbour seal", photos: 1 },
];

function search(fake, { query }) {
  const q = query.get("q");
  const found = (items) => ({
    items: q === "nothing" || q === "gutar" ? [] : items,
    next: null,
    did_you_mean: q === "gutar" ? "guitar" : null,
  });
  const [one, other] = fake.accounts;
  const experts = [
    { id: "11", account: one, term: "harbour", photos: 41, photos_this_month: 6 },
    { id: "12", account: other, term: "harbour", photos: 12, photos_this_month: 0 },
  ];
  const lists = { people: fake.accounts, tags, experts };
  if (query.get("type") in lists) return ok(found(lists[query.get("type")]));
  if (q.startsWith("before:y")) {
    const detail = "before: takes a day, a month or a year, such as 2026-11-30.";
    return problem(400, "invalid_request", "This search cannot be made.", [
      { field: "q", code: "invalid", detail },
    ]);
  }
  const cards = found(fake.cards(isPublished));
  return ok({ ...cards, ...fake.page(cards.items, query).body });
}

function completions(fake, { query }) {
  const q = query.get("q");
  const [person] = fake.accounts;
  const items = [
    { kind: "person", q: `from:${person.handle}`, text: person.name, handle: person.handle,
      avatar: null, photos: null },
    { kind: "tag", q: `${q}bour`, text: `${q}bour`, handle: null, avatar: null, photos: 1412 },
    { kind: "label", q: `${q} seal`, text: `${q} seal`, handle: null, avatar: null, photos: 1 },
  ];
  return ok({ items });
}

export const answers = {
  "GET /v1/search": search,
  "GET /v1/search/suggest": completions,
};
