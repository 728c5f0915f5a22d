// What runs, its settings with where they come from, and how far stored files were compared.
import { done, ok } from "./answers.mjs";

const settings = [
  ["data.dir", "/srv/picsharz", "picsharz.toml:3", "/var/lib/picsharz",
    "where everything is kept"],
  ["database.url", "", "default", "", "postgres://..., or empty for SQLite in data.dir"],
  ["http.listen", "127.0.0.1:8080", "default", "127.0.0.1:8080", "the address to listen on"],
  ["smtp.password", "(set)", "PICSHARZ_SMTP__PASSWORD", "",
    "better in the file of smtp.password_file"],
].map(([name, value, origin, fallback, meaning]) => ({ name, value, origin, fallback, meaning }));

const damaged = [
  { id: "7001", owner: "jonas", damage: "altered", damaged_at: "2026-11-27T04:12:00Z" },
];

export const answers = {
  "GET /v1/admin/installation": (fake) =>
    ok({
      version: "0.1.0",
      started_at: "2026-11-27T04:00:00Z",
      database: { engine: "sqlite", step: 48, latest: 48 },
      secure: fake.changed.installation?.secure ?? true,
      settings,
    }),
  "GET /v1/admin/storage": (fake) => {
    const { again = false } = fake.changed.storage ?? {};
    return ok({
      originals: 360000,
      checked: again ? 0 : 351200,
      since: again ? "2026-11-29T12:00:00Z" : "2026-11-22T12:00:00Z",
      oldest_at: "2026-11-21T22:00:00Z",
      bytes_a_day: 9663676416,
      damaged: damaged.length,
      photos: damaged,
    });
  },
  "POST /v1/admin/storage/check": (fake) => {
    fake.change("storage", { again: true });
    return done();
  },
};
