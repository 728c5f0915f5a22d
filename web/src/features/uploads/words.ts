// What a row says of its file: the state in a word or two, and what more there is to know.
import { locale, t, type Key } from "../../i18n";
import { numberFormat } from "../../i18n/formats";
import { explain, stateName } from "../../lib/states";
import { hasFailed, isUnsent, stateOf, type Row, type State } from "./entry";

export interface Words {
  name: string;
  more: string;
}

const plain: Partial<Record<State, Key>> = {
  waiting: "upload_state.waiting",
  sending: "upload_state.sending",
  paused: "upload_state.paused",
  stopped: "upload_state.stopped",
  lost: "upload_state.lost",
  draft: "upload_state.draft",
  publishing: "upload_state.publishing",
};

const audience: Readonly<Record<Row["said"]["visibility"], Key>> = {
  public: "upload_state.public",
  followers: "upload_state.followers",
  private: "upload_state.private",
};

export function wordsOf(row: Row): Words {
  const state = stateOf(row);
  const key = isUnsent(row) ? "upload_state.unsent" : plain[state];
  const soon = row.wanted && (state === "waiting" || state === "sending");
  if (key) return { name: t(key), more: soon ? t("upload_state.waiting_wanted") : "" };
  if (state === "developing") {
    const wanted = row.wanted || row.out;
    return { name: t(`upload_state.developing${wanted ? "_wanted" : ""}`), more: "" };
  }
  if (state === "published") return { name: t(audience[row.said.visibility]), more: "" };
  const { page } = row;
  if (page && (state === "held" || hasFailed(row)) && state !== "refused") {
    return { name: stateName(page.state), more: explain(page) };
  }
  return { name: row.trouble?.text ?? "", more: "" };
}

export function percent(row: Row): string {
  const whole = row.size > 0 ? Math.floor((row.sent * 100) / row.size) : 0; // 100 when it is all
  return t("percent", { n: whole });
}

const units = { 1: "kilobyte-per-second", 2: "megabyte-per-second" } as const;

// "1.2 MB/s"; nothing where it is not known.
export function speedOf(row: Row): string {
  if (row.speed <= 0) return "";
  const power = row.speed < 1e6 ? 1 : 2;
  return numberFormat(locale(), {
    style: "unit",
    unit: units[power],
    unitDisplay: "short",
    maximumFractionDigits: power === 2 ? 1 : 0,
  }).format(row.speed / 1000 ** power);
}
