import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Notification } from "../../api";
import { learn, t } from "../../i18n";
import social from "../../i18n/en/social.json";
import { byDay, sentence } from "./words";

learn(social);

type Person = Notification["actors"][0];
const person = (name: string) => ({ handle: name.toLowerCase(), name }) as Person;
const photo = (title: string) => ({ id: "p", title }) as NonNullable<Notification["photo"]>;

function said(item: Partial<Notification>): string | null {
  const words = sentence({ actors: [], count: 1, ...item } as Notification);
  return words && t(words.key, words.values);
}

describe("words of notifications", () => {
  const [mei, jonas] = [person("Mei"), person("Jonas")];

  it("speak of one, of two and of many", () => {
    const kind = "follow";
    assert.equal(said({ kind, actors: [mei] }), "Mei follows you");
    assert.equal(said({ kind, actors: [mei, jonas], count: 2 }), "Mei and Jonas follow you");
    assert.equal(said({ kind, actors: [mei, jonas], count: 5 }), "Mei and 4 others follow you");
    assert.equal(said({ kind, actors: [mei], count: 2 }), "Mei and 1 other follow you");
    assert.equal(said({ kind }), null);
  });

  it("name the photo, or say whose it is", () => {
    const actors = [mei];
    const title = photo("Dusk");
    assert.equal(said({ kind: "like", actors, photo: title }), "Mei liked your photo Dusk");
    assert.equal(said({ kind: "like", actors, photo: photo("") }), "Mei liked your photo");
    assert.equal(said({ kind: "reply", actors, photo: title }), "Mei replied to you under Dusk");
    assert.equal(
      said({ kind: "mention", actors, photo: photo("") }),
      "Mei mentioned you under a photo",
    );
  });

  it("say what a decision answers", () => {
    const kind = "decision";
    assert.equal(
      said({ kind, decision: { outcome: "removed", appealed: false, about: "photo" } }),
      "A moderator decided: your photo was removed.",
    );
    assert.equal(
      said({ kind, decision: { outcome: "shown", appealed: true, about: "comment" } }),
      "A moderator answered your appeal: your comment is within the rules and is shown.",
    );
  });

  it("are put under their day, in the order they come", () => {
    const now = new Date(2026, 10, 27, 9);
    const at = (...when: [number, number, number, number]) => ({
      updated_at: new Date(...when).toISOString(),
    });
    const items = [
      at(2026, 10, 27, 8),
      at(2026, 10, 27, 0),
      at(2026, 10, 26, 23),
      at(2026, 10, 20, 12),
      at(2025, 10, 20, 12),
    ];
    const days = byDay(items, now);
    assert.deepEqual(
      days.map((day) => [day.title, day.items.length]),
      [
        ["Today", 2],
        ["Yesterday", 1],
        ["Friday, November 20", 1],
        ["Thursday, November 20, 2025", 1],
      ],
    );
    assert.deepEqual(byDay([], now), []);
  });
});
