// The catalogues of one language, an area a file: core is what every page needs, the others come
// with the pages that name them. The types know what the English ones hold.
import type account from "./en/account.json";
import type admin from "./en/admin.json";
import type analytics from "./en/analytics.json";
import type appearance from "./en/appearance.json";
import type backups from "./en/backups.json";
import type core from "./en/core.json";
import type costs from "./en/costs.json";
import type help from "./en/help.json";
import type installation from "./en/installation.json";
import type members from "./en/members.json";
import type moderation from "./en/moderation.json";
import type photo from "./en/photo.json";
import type queries from "./en/queries.json";
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
  | keyof typeof analytics
  | keyof typeof appearance
  | keyof typeof backups
  | keyof typeof costs
  | keyof typeof help
  | keyof typeof installation
  | keyof typeof members
  | keyof typeof moderation
  | keyof typeof photo
  | keyof typeof queries
  | keyof typeof report
  | keyof typeof search
  | keyof typeof settings
  | keyof typeof social
  | keyof typeof upload;
export type Area =
  | "core"
  | "account"
  | "admin"
  | "analytics"
  | "appearance"
  | "backups"
  | "costs"
  | "help"
  | "installation"
  | "members"
  | "moderation"
  | "photo"
  | "queries"
  | "report" // and decisions, to those whom they are about
  | "search"
  | "settings"
  | "social"
  | "upload"
  | "errors"; // by the codes of the contract; the server says them in English
