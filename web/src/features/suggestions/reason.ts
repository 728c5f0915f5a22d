// Why somebody is suggested, in a sentence.
import type { Suggestion } from "../../api/types";
import { counted } from "../../lib/text";

export function reasonText({ kind, count, by, label }: Suggestion["reason"]): string {
  switch (kind) {
    case "followed_by": {
      const others = count - 1;
      if (others < 1) return `Followed by ${by?.name}`;
      return `Followed by ${by?.name} and ${counted(others, "other", "others")}`;
    }
    case "liked":
      return `You liked ${counted(count, "photo", "photos")} of theirs`;
    case "label":
      return `${counted(count, "photo", "photos")} of what you like: ${label}`;
    case "active":
      return `${counted(count, "new photo", "new photos")}`;
  }
}
