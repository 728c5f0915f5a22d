// What the server would refuse, told before a byte is sent.
import type { Instance, Me } from "../../api/types";
import { t } from "../../i18n";
import { refusal } from "../../lib/pictures";
import { bytes, number } from "../../lib/text";
import type { Extent, Format } from "./header";

export const atOnce = 50; // files that are not published yet

// The caps of src/image/caps.h, which a test compares.
export const pixelCaps: Readonly<Record<Format, number>> = {
  jpeg: 100_000_000,
  webp: 100_000_000,
  png: 64_000_000,
  gif: 25_000_000,
};
export const sideCap = 20_000;

// What an account has left: bytes, and photos of today.
export interface Room {
  bytes: number;
  photos: number;
  photosLimit: number;
}

export function roomOf({ bytes: space, photos_a_day: day }: Me["quotas"]): Room {
  return {
    bytes: Math.max(0, space.limit - space.used),
    photos: Math.max(0, day.limit - day.used),
    photosLimit: day.limit,
  };
}

type Facts = Pick<File, "name" | "size" | "type">;

// Why the server would refuse it, and what to do; "" where it would not, as far as one can see.
// `room` is null where it is not known.
export function reasonAgainst(
  file: Facts,
  extent: Extent | null,
  instance: Pick<Instance, "formats" | "limits">,
  room: Room | null,
): string {
  return refusal(file, instance) || tooLarge(file.name, extent) || noRoom(file, room);
}

function tooLarge(name: string, extent: Extent | null): string {
  if (!extent) return "";
  const { format, width, height } = extent;
  const cap = pixelCaps[format];
  if (width * height > cap) {
    const megapixels = (count: number) => number(Math.ceil(count / 1e6));
    return t("upload.too_many_pixels", {
      name,
      megapixels: megapixels(width * height),
      limit: megapixels(cap),
    });
  }
  if (Math.max(width, height) <= sideCap) return "";
  const side = number(Math.max(width, height));
  return t("upload.too_long", { name, side, limit: number(sideCap) });
}

function noRoom(file: Facts, room: Room | null): string {
  if (!room) return "";
  if (file.size > room.bytes) {
    const [size, left] = [bytes(file.size), bytes(room.bytes)];
    return t("upload.no_room", { name: file.name, size, left });
  }
  return room.photos > 0
    ? ""
    : t("upload.no_photos", { name: file.name, limit: number(room.photosLimit) });
}
