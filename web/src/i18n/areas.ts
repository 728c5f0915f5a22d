// The catalogues of one language, an area a file: core is what every page needs, the others come
// with the pages that name them. The types know what the English ones hold.
import type account from "./en/account.json";
import type core from "./en/core.json";
import type photo from "./en/photo.json";
import type search from "./en/search.json";
import type settings from "./en/settings.json";
import type social from "./en/social.json";

// One line an area.
export type Key =
  | keyof typeof core
  | keyof typeof account
  | keyof typeof photo
  | keyof typeof search
  | keyof typeof settings
  | keyof typeof social;
export type Area =
  | "core"
  | "account"
  | "photo"
  | "search"
  | "settings"
  | "social"
  | "errors"; // by the codes of the contract; the server says them in English
