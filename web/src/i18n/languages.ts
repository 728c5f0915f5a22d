// The languages that mails are written in, each named by itself.
export const languages = [
  { code: "ms", name: "Bahasa Melayu" },
  { code: "de", name: "Deutsch" },
  { code: "en", name: "English" },
  { code: "es", name: "Español" },
  { code: "fr", name: "Français" },
  { code: "ta", name: "தமிழ்" },
  { code: "zh-Hans", name: "简体中文" },
] as const;

export type Language = (typeof languages)[number]["code"];
