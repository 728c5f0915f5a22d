// Who sees a collection, in a few words.
import type { Visibility } from "../../api/types";
import { t, type Key } from "../../i18n";

const words: Record<Visibility, Key> = {
  public: "seen_by.public",
  followers: "seen_by.followers",
  private: "seen_by.private",
};

export const visibilities = ["public", "followers", "private"] as const;
export const seenBy = (visibility: Visibility) => t(words[visibility]);
