// The reasons of reports and decisions, in the words that people choose from.
import type { ComplaintReason, Decision, NewDecision } from "../../api";
import { t, type Key } from "../../i18n";

export type Action = NewDecision["action"];

export const complaints: readonly (readonly [ComplaintReason, Key])[] = [
  ["nudity", "reason.nudity"],
  ["sexual", "reason.sexual"],
  ["violence", "reason.violence"],
  ["hate", "reason.hate"],
  ["harassment", "reason.harassment"],
  ["spam", "reason.spam"],
  ["stolen", "reason.stolen"],
  ["illegal", "reason.illegal"],
  ["other", "reason.other"],
];

const words: Readonly<Record<string, Key>> = {
  ...Object.fromEntries(complaints),
  fine: "reason.fine",
  context: "reason.context",
  blocklisted: "reason.blocklisted",
  explicit: "reason.explicit",
  suggestive: "reason.suggestive",
  models_missing: "reason.models_missing",
  new_member: "reason.new_member",
  processing_failed: "reason.processing_failed",
};

export function reasonName(reason: string): string {
  const key = words[reason];
  return key ? t(key) : reason;
}

// What a decision against the photo most likely is for.
export function likelyReason(reason: string): ComplaintReason {
  return complaints.find(([code]) => code === reason && code !== "other")?.[0] ?? "nudity";
}

export interface Choice {
  action: Action;
  key: string;
  name: Key;
}

export const choices: readonly Choice[] = [
  { action: "approve", key: "a", name: "choice.approve" },
  { action: "keep_hidden", key: "h", name: "choice.keep_hidden" },
  { action: "remove", key: "r", name: "choice.remove" },
  { action: "suspend", key: "s", name: "choice.suspend" },
];

// Where a decision leads: the photo, or the comment on it.
export function matterLink({ photo, comment }: Pick<Decision, "photo" | "comment">): string {
  return comment ? `/photo/${photo}#comment-${comment}` : `/photo/${photo}`;
}
