// Who sees a collection, in a few words.
import type { Visibility } from "../../api/types";

export const seenBy: Record<Visibility, string> = {
  public: "Everybody",
  followers: "Your followers",
  private: "Only you",
};
