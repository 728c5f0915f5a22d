// Loads catalogues, and chooses the language of the document.
import { languageNow, learn, speak, type Area, type Catalogue } from "./index";
import { isPseudo } from "./pseudo";

type Areas = Readonly<Record<string, () => Promise<unknown>>>;

// What every page says in a language, and where its other areas are: whoever reads one language has
// no use for the names of all the files of the others.
interface Spoken {
  core: Catalogue;
  areas: Areas;
}

const languages = import.meta.glob<Spoken>("./spoken-*.ts");
const english: Areas = import.meta.glob(["./en/*.json", "!./en/core.json"], { import: "default" });
const loaded = new Map<Area, Promise<void>>([["core", Promise.resolve()]]); // in English

async function readOwn(language: string, area: Area): Promise<boolean> {
  const spoken = await languages[`./spoken-${language}.ts`]?.();
  if (area === "core" && spoken) {
    learn(spoken.core);
    return true;
  }
  return read(spoken?.areas[`./${language}/${area}.json`]);
}

async function read(load: Areas[string] | undefined): Promise<boolean> {
  if (load) learn((await load()) as Catalogue);
  return load !== undefined;
}

// A catalogue says all that the English one says, so that is not wanted as well: the checks see to
// it. What cannot be had is in English for now.
async function load(area: Area): Promise<void> {
  const language = languageNow();
  const own = language !== "en" && !isPseudo(language);
  if (own && (await readOwn(language, area).catch(() => false))) return;
  const inEnglish = await read(english[`./en/${area}.json`]);
  if (own && !inEnglish) throw new Error(`no texts of ${area}`); // they are asked for again
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

// Whether there are catalogues of it.
export function isSpoken(language: string): boolean {
  return language === "en" || `./spoken-${language}.ts` in languages;
}

const kept = 400 * 24 * 60 * 60; // seconds; no browser keeps a cookie for longer

// For the next document: the server and startLanguage() read it.
export function chooseLanguage(language: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `lang=${language}; Path=/; Max-Age=${kept}; SameSite=Lax${secure}`;
}

function choice(): string | undefined {
  return /(?:^|;\s*)lang=([\w-]+)/.exec(document.cookie)?.[1];
}

// The cookie follows the language of whoever is signed in, wherever that was chosen. True: this
// document is in another one, and is to be loaded anew; not where no cookie stays, or it would be
// for ever. Disguised English is nobody's.
export function followLanguage(language: string): boolean {
  if (isPseudo(languageNow()) || !isSpoken(language)) return false;
  if (choice() !== language) chooseLanguage(language);
  return language !== languageNow() && choice() === language;
}

// The person's own choice, else what the server found out.
function chosen(): string {
  const known = (language: string | undefined) =>
    language !== undefined && (isPseudo(language) || isSpoken(language));
  return [choice(), document.documentElement.lang].find(known) ?? "en";
}

// Before anything is drawn. Where the catalogue cannot be had, it is English.
export async function startLanguage(): Promise<void> {
  const language = chosen();
  speak(language, navigator.languages);
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar-XB" ? "rtl" : "ltr";
  if (language === "en" || isPseudo(language)) return;
  loaded.delete("core");
  await say(["core"]).catch(() => {});
}
