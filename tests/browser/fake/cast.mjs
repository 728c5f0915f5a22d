// Who and what is on the fake server: a few people, the photographs beside the repository, and as
// many more as a test asks for.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { photos as photoFolder } from "../support/paths.mjs";

export const people = [
  ["mei", "Mei Tan", "SG", "Harbours, mostly at dawn. Film and digital."],
  ["jonas", "Jonas Lindqvist-Abrahamsen", "SE", ""],
  ["amara", "Amara Okafor", "NG", "Trains, and the people who wait for them."],
];
const titles = ["Morning at the harbour", "", "The 7:42", "Late", "A day without any plan at all"];
const labels = [
  { name: "boat", confidence: 0.91 },
  { name: "train", confidence: 0.5 },
];
export const long =
  "We had walked since four in the morning, and when the light came it came all at once. " +
  "Nobody said a word until the boats were gone, and then everybody spoke at the same time.";

export function account([handle, name, country, bio], index) {
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

export const isPublished = ({ state, visibility }) =>
  state === "published" && visibility !== "private";

const urlsOf = (id) =>
  Object.fromEntries(["320", "640", "1280"].map((size) => [size, `/media/${id}/${size}`]));

// [{file, card}]
export function makePhotos() {
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
        urls: urlsOf(id),
        likes: index * 7,
        liked: index % 3 === 1,
        comments: 4,
        created_at: new Date(Date.UTC(2026, 10, 22, 20) - index * 7_200_000).toISOString(),
      },
    };
  });
}

// Numbers of photos that stand for others; the pictures are those of the real ones.
const firstGenerated = 1_000_000;

// A list of `count` cards that are made when they are asked for, so that 100,000 cost nothing. It
// has what page() needs of an array.
export class GeneratedCards {
  #real;
  #asked = new Map(); // those that were asked for by number, which people may have changed

  constructor(real, count) {
    this.#real = real;
    this.length = count;
  }

  at(index) {
    const { card } = this.#real[index % this.#real.length];
    const id = String(firstGenerated + index);
    if (this.#asked.has(id)) return this.#asked.get(id);
    const created = new Date(Date.UTC(2026, 10, 22, 20) - index * 60_000).toISOString();
    return { ...card, id, title: `Photo ${index + 1}`, urls: urlsOf(id), created_at: created };
  }

  slice(from, to) {
    const end = Math.min(to, this.length);
    return Array.from({ length: Math.max(0, end - from) }, (_, step) => this.at(from + step));
  }

  find(id) {
    const index = this.#index(id);
    if (index === undefined) return undefined;
    const card = this.at(index);
    this.#asked.set(id, card);
    return card;
  }

  file(id) {
    const index = this.#index(id);
    return index === undefined ? undefined : this.#real[index % this.#real.length].file;
  }

  #index(id) {
    const index = Number(id) - firstGenerated;
    return index >= 0 && index < this.length ? index : undefined;
  }
}
