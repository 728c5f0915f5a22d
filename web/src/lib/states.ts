// What a photo's state means, in plain words.
import type { Photo } from "../api/types";

type State = Photo["state"];

export function developing(photo: Pick<Photo, "state">): boolean {
  return ["received", "decoding", "classifying"].includes(photo.state);
}

const names: Record<State, string> = {
  received: "Developing",
  decoding: "Developing",
  classifying: "Developing",
  published: "Published",
  held: "Waiting for review",
  removed: "Removed",
  rejected: "Rejected",
};

export function stateName(state: State): string {
  return names[state];
}

const reasons: Record<string, string> = {
  suggestive: "It may show more than everybody should see. A moderator looks at it first.",
  blocklisted: "It looks like a photo that was removed here before.",
  explicit: "It looks explicit, which the rules of this instance do not allow.",
  models_missing: "It could not be checked automatically. A moderator looks at it first.",
  new_member: "A moderator looks at the first photos of new members.",
  nudity: "It shows nudity that is not allowed here.",
  sexual: "It shows sexual content, which is not allowed here.",
  violence: "It shows violence or gore that is not allowed here.",
  hate: "It attacks people for what they are.",
  harassment: "It harasses or exposes a person.",
  spam: "It is advertising or spam.",
  stolen: "It seems to be the work of somebody else.",
  illegal: "It shows or offers something that is against the law.",
  other: "A moderator decided so.",
  image_corrupt: "The file is damaged or incomplete. Export it again and upload the copy.",
  image_too_large: "It has more pixels than allowed. Export a smaller copy and upload that.",
  image_too_slow: "It took too long to read. Export it as a plain JPEG and upload that.",
  processing_failed: "Something went wrong on the server. If it does not appear, upload it again.",
  image_empty: "The file is empty. Choose the original and upload it again.",
  unsupported_format: "Its format is not accepted. Export it as JPEG, PNG or WebP.",
};

const fallbacks: Partial<Record<State, string>> = {
  held: "A moderator looks at it first. Until then only you can see it.",
  removed: "A moderator took it down.",
  rejected: "It could not be read. Export it as JPEG and upload the copy.",
};

// Why a photo is not published; "" where there is nothing to explain.
export function explain(photo: Pick<Photo, "state" | "reason">): string {
  const fallback = fallbacks[photo.state];
  if (fallback === undefined) return "";
  return (photo.reason && reasons[photo.reason]) || fallback;
}
