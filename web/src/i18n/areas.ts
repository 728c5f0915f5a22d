// The catalogues of one language, an area a file: core is what every page needs, the others come
// with the pages that name them. The types know what the English ones hold.
import type account from "./en/account.json";
import type admin from "./en/admin.json";
import type appearance from "./en/appearance.json";
import type core from "./en/core.json";
import type help from "./en/help.json";
import type moderation from "./en/moderation.json";
import type photo from "./en/photo.json";
import type report from "./en/report.json";
import type search from "./en/search.json";
import type settings from "./en/settings.json";
import type social from "./en/social.json";
import type upload from "./en/upload.json";

// One line an area.
export type Key =
  | keyof typeof core
  | keyof typeof account
  | keyof typeof admin
  | keyof typeof appearance
  | keyof typeof help
  | keyof typeof moderation
  | keyof typeof photo
  | keyof typeof report
  | keyof typeof search
  | keyof typeof settings
  | keyof typeof social
  | keyof typeof upload;
export type Area =
  | "core"
  | "account"
  | "admin"
  | "appearance"
  | "help"
  | "moderation"
  | "photo"
  | "report" // and decisions, to those whom they are about
  | "search"
  | "settings"
  | "social"
  | "upload"
  | "errors"; // by the codes of the contract; the server says them in English
