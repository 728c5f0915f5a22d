// What can be told about a file before a byte of it is sent.
import type { Instance } from "../../api";
import { bytes, either } from "../../lib/text";

const names: Record<string, string> = {
  "image/jpeg": "JPEG",
  "image/png": "PNG",
  "image/webp": "WebP",
  "image/gif": "GIF",
  "image/avif": "AVIF",
  "image/heic": "HEIC",
};

export function formatName(type: string): string {
  return names[type] ?? (type.replace(/^image\//, "") || "a file of unknown kind");
}

type Facts = Pick<File, "name" | "size" | "type">;

// Why the server would refuse it, in a sentence with what to do; "" where it would not, as far as
// one can see from here.
export function refusal(file: Facts, instance: Pick<Instance, "formats" | "limits">): string {
  if (file.size === 0) return `${file.name} is empty. Choose the original.`;
  if (!instance.formats.includes(file.type)) {
    const accepted = either(instance.formats.map(formatName));
    return `${file.name} is ${formatName(file.type)}. Export it as ${accepted} and try again.`;
  }
  const limit = instance.limits.photo_bytes;
  if (file.size > limit) {
    const size = `${file.name} has ${bytes(file.size)}; the limit is ${bytes(limit)}.`;
    return `${size} Export a smaller copy and try again.`;
  }
  return "";
}
