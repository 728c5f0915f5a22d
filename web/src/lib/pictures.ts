// What can be told about a file before a byte of it is sent.
import type { Instance } from "../api";
import { t } from "../i18n";
import { bytes, either } from "./text";

const names: Record<string, string> = {
  "image/jpeg": "JPEG",
  "image/png": "PNG",
  "image/webp": "WebP",
  "image/gif": "GIF",
  "image/avif": "AVIF",
  "image/heic": "HEIC",
  "image/heif": "HEIC",
};

export function formatName(type: string): string {
  return names[type] ?? (type.replace(/^image\//, "") || t("file.unknown"));
}

// "JPEG, PNG, WebP or GIF": each name once, although HEIC has two types.
export function acceptedNames(formats: readonly string[]): string {
  return either([...new Set(formats.map(formatName))]);
}

// For a file picker; HEIC also by its endings, which more systems know than its types.
export function acceptedTypes(formats: readonly string[]): string {
  const endings = formats.includes("image/heic") ? [".heic", ".heif"] : [];
  return [...formats, ...endings].join(",");
}

// Not every system knows the type of a HEIC or AVIF file; their names tell.
function typeOf(file: Facts): string {
  const ending = /\.(heic|heif|avif)$/i.exec(file.name)?.[1]?.toLowerCase();
  return file.type === "" && ending ? `image/${ending}` : file.type;
}

type Facts = Pick<File, "name" | "size" | "type">;

// Why the server would refuse it, in a sentence with what to do; "" where it would not, as far as
// one can see from here.
export function refusal(file: Facts, instance: Pick<Instance, "formats" | "limits">): string {
  if (file.size === 0) return t("file.empty", { name: file.name });
  const type = typeOf(file);
  if (!instance.formats.includes(type)) {
    const accepted = acceptedNames(instance.formats);
    return t("file.format", { name: file.name, format: formatName(type), accepted });
  }
  const limit = instance.limits.photo_bytes;
  if (file.size > limit) {
    return t("file.size", { name: file.name, size: bytes(file.size), limit: bytes(limit) });
  }
  return "";
}
