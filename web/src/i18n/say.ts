// Loads catalogues, and chooses the language of the document.
import { languageNow, learn, speak, type Area, type Catalogue } from "./index";
import { isPseudo } from "./pseudo";

const files = import.meta.glob<Catalogue>(["./*/*.json", "!./en/core.json"], {
  import: "default",
});
const loaded = new Map<Area, Promise<void>>([["core", Promise.resolve()]]); // in English

async function read(language: string, area: Area): Promise<boolean> {
  const load = files[`./${language}/${area}.json`];
  if (load) learn(await load());
  return load !== undefined;
}

// A catalogue says all that the English one says, so that is not wanted as well: the checks see to
// it. What cannot be had is in English for now.
async function load(area: Area): Promise<void> {
  const language = languageNow();
  const own = language !== "en" && !isPseudo(language);
  if (own && (await read(language, area).catch(() => false))) return;
  await read("en", area);
}

// What a page of these areas says can be said once this is fulfilled. It is asked for again where
// it failed.
export async function say(areas: readonly Area[]): Promise<void> {
  const wanted = areas.map((area) => {
    const known = loaded.get(area) ?? load(area);
    loaded.set(area, known);
    known.catch(() => loaded.delete(area));
    return known;
  });
  await Promise.all(wanted);
}

// The person's own choice, else what the server found out.
function chosen(): string {
  const cookie = /(?:^|;\s*)lang=([\w-]+)/.exec(document.cookie)?.[1];
  const known = (language: string | undefined) =>
    language !== undefined &&
    (language === "en" || isPseudo(language) || `./${language}/core.json` in files);
  return [cookie, document.documentElement.lang].find(known) ?? "en";
}

// Before anything is drawn. Where the catalogue cannot be had, it is English.
export async function startLanguage(): Promise<void> {
  const language = chosen();
  speak(language, navigator.languages);
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar-XB" ? "rtl" : "ltr";
  if (language === "en" || isPseudo(language)) return;
  loaded.delete("core");
  await say(["core", "errors"]).catch(() => {});
}
