// The reasons of reports and decisions, in the words that people choose from.
import type { ComplaintReason, NewDecision } from "../../api";

export type Action = NewDecision["action"];
export type Reason = NonNullable<NewDecision["reason"]>;

export const complaints: readonly (readonly [ComplaintReason, string])[] = [
  ["nudity", "Nudity"],
  ["sexual", "Sexual content"],
  ["violence", "Violence or gore"],
  ["hate", "Hate"],
  ["harassment", "Harassment, or a person exposed"],
  ["spam", "Advertising or spam"],
  ["stolen", "Somebody else's work"],
  ["illegal", "Against the law"],
  ["other", "Something else"],
];

const words: Record<string, string> = {
  ...Object.fromEntries(complaints),
  fine: "Within the rules",
  context: "Allowed in this context",
  blocklisted: "Like a removed photo",
  explicit: "Found explicit",
  suggestive: "Found suggestive",
  models_missing: "Could not be checked",
  new_member: "By a new member",
  processing_failed: "Something went wrong",
};

export function reasonName(reason: string): string {
  return words[reason] ?? reason;
}

// What a decision against the photo most likely is for.
export function likelyReason(reason: string): ComplaintReason {
  return complaints.find(([code]) => code === reason && code !== "other")?.[0] ?? "nudity";
}

export interface Choice {
  action: Action;
  key: string;
  name: string;
  done: string;
}

export const choices: readonly Choice[] = [
  { action: "approve", key: "a", name: "Approve", done: "Approved" },
  { action: "keep_hidden", key: "h", name: "Keep hidden", done: "Kept hidden" },
  { action: "remove", key: "r", name: "Remove", done: "Removed" },
  { action: "suspend", key: "s", name: "Suspend the account", done: "Account suspended" },
];
