// The languages that mails are written in, each named by itself.
import type { UpdateMe } from "../api";

export type Language = NonNullable<UpdateMe["language"]>;

export const languages: { code: Language; name: string }[] = [
  { code: "ms", name: "Bahasa Melayu" },
  { code: "de", name: "Deutsch" },
  { code: "en", name: "English" },
  { code: "es", name: "Español" },
  { code: "fr", name: "Français" },
  { code: "ta", name: "தமிழ்" },
  { code: "zh-Hans", name: "简体中文" },
];
