// Lists of photos that the server puts together, and the line on which it says what is new.
import { ok, problem } from "./answers.mjs";
import { isPublished } from "./cast.mjs";

const published = (fake, { query }) => fake.page(fake.cards(isPublished), query);
const liked = (fake, { query }) => fake.page(fake.cards((card) => card.liked), query);

export const answers = {
  "GET /v1/feed/home": published,
  "GET /v1/feed/recent": published,
  "GET /v1/popular": published,
  "GET /v1/me/likes": liked,
  "GET /v1/me/saved": liked,
  "GET /v1/tags/:tag": (fake, { tag, query }) =>
    fake.page(fake.cards((card) => card.tags.includes(tag)), query),
  "GET /v1/suggestions": (fake) => {
    const by = { handle: "mei", name: "Mei Tan" };
    const [, one, other] = fake.accounts;
    const items = [
      { account: one, reason: { kind: "followed_by", count: 4, by, label: null } },
      { account: other, reason: { kind: "label", count: 3, by: null, label: "boat" } },
    ];
    return ok({ items, next: null });
  },
  "GET /v1/events": ({ lineless }) =>
    lineless
      ? problem(429, "too_many_streams", "Too many pages of yours listen already.")
      : { status: 200, headers: { "Content-Type": "text/event-stream" }, line: true },
};
