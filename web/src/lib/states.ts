// What a photo's state means, in plain words.
import type { Photo } from "../api/types";
import { languageNow, t, type Key } from "../i18n";

type State = Photo["state"];

export function developing(photo: Pick<Photo, "state">): boolean {
  return ["received", "decoding", "classifying"].includes(photo.state);
}

const names: Record<State, Key> = {
  received: "state.decoding",
  decoding: "state.decoding",
  classifying: "state.decoding",
  published: "state.published",
  held: "state.held",
  removed: "state.removed",
  rejected: "state.rejected",
};

export function stateName(state: State): string {
  return t(names[state]);
}

const reasons: Record<string, Key> = {
  suggestive: "why.suggestive",
  blocklisted: "why.blocklisted",
  explicit: "why.explicit",
  models_missing: "why.models_missing",
  new_member: "why.new_member",
  nudity: "why.nudity",
  sexual: "why.sexual",
  violence: "why.violence",
  hate: "why.hate",
  harassment: "why.harassment",
  spam: "why.spam",
  stolen: "why.stolen",
  illegal: "why.illegal",
  other: "why.other",
  image_corrupt: "why.image_corrupt",
  image_too_large: "why.image_too_large",
  image_too_slow: "why.image_too_slow",
  processing_failed: "why.processing_failed",
  image_empty: "why.image_empty",
  unsupported_format: "why.unsupported_format",
};

const fallbacks: Partial<Record<State, Key>> = {
  held: "why.state_held",
  removed: "why.state_removed",
  rejected: "why.state_rejected",
};

// Of a decision: in English as the server says it, which knows the reasons of later versions, too.
export function reasonText(reason: string, english: string): string {
  const key = languageNow() === "en" ? undefined : reasons[reason];
  return key ? t(key) : english;
}

// Why a photo is not published; "" where there is nothing to explain.
export function explain(photo: Pick<Photo, "state" | "reason">): string {
  const fallback = fallbacks[photo.state];
  if (fallback === undefined) return "";
  return t((photo.reason && reasons[photo.reason]) || fallback);
}
