// What the renditions of a photo measure, and the srcset that follows from it.
import type { Photo } from "../api/types";

type Urls = Photo["urls"];
type Shown = Pick<Photo, "width" | "height" | "urls">;

// A picture that has so much of the screen's pixels is taken: with the next larger one nobody sees
// more, and it has three times the bytes. In what sizes.json says of phones it is contained.
export const enough = 0.82;

const sizes = [320, 640, 1280, 2048] as const;
const avifSizes = [640, 1280] as const;

// A rendition N fits N wide and 2N high; a panorama wider than 3:1 is N/3 high and at most 4N wide.
// Never enlarged. The server uses the same rule.
export function extent(width: number, height: number, size: number) {
  const panorama = width > 3 * height;
  const scale = panorama
    ? Math.min(1, size / 3 / height, (4 * size) / width)
    : Math.min(1, size / width, (2 * size) / height);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

export function srcset(photo: Shown): string {
  return list(photo, sizes, (size) => photo.urls[size]);
}

// "" where there are none: only photos that many look at have them.
export function avifSrcset(photo: Shown): string {
  return list(photo, avifSizes, (size) => photo.urls[`${size}.avif`]);
}

function list<Size extends number>(
  photo: Shown,
  of: readonly Size[],
  url: (size: Size) => Urls[keyof Urls],
): string {
  return of
    .flatMap((size) => {
      const found = url(size);
      return found ? [`${found} ${extent(photo.width, photo.height, size).width}w`] : [];
    })
    .join(", ");
}

// For what does not read srcset.
export function fallback(photo: Pick<Photo, "urls">): string {
  return photo.urls["640"] ?? photo.urls["320"] ?? photo.urls["1280"] ?? "";
}
