// Why somebody is suggested, in a sentence.
import type { Suggestion } from "../../api/types";
import { t } from "../../i18n";

export function reasonText({ kind, count, by, label }: Suggestion["reason"]): string {
  switch (kind) {
    case "followed_by": {
      const others = count - 1;
      const name = by?.name ?? "";
      if (others < 1) return t("reason.followed_by", { name });
      return t("reason.followed_by_others", { name, n: others });
    }
    case "liked":
      return t("reason.liked", { n: count });
    case "label":
      return t("reason.label", { n: count, label: label ?? "" });
    case "active":
      return t("reason.active", { n: count });
  }
}
