// Moving through a list of photos by keys: from where the focus is, else from what is seen first.
import { t } from "../../i18n";
import { arrows, bindKeys } from "../keys";

const items = "[data-block]:not([data-away])";
const link = 'a[href^="/photo/"]';

// What there is to go to, in the order of the list. What is drawn for the focus' sake alone comes
// in its place as well.
function photos(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(items)].flatMap(
    (item) => item.querySelector<HTMLElement>(link) ?? [],
  );
}

function here(list: HTMLElement): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>(items) ?? firstSeen(list);
}

function firstSeen(list: HTMLElement): HTMLElement | null {
  const seen = ({ bottom, top }: DOMRect) => bottom > 0 && top < innerHeight;
  const found = photos(list).find((photo) => seen(photo.getBoundingClientRect()));
  return found?.closest<HTMLElement>(items) ?? null;
}

function move(list: HTMLElement, by: number): void {
  const all = photos(list);
  const at = all.findIndex((photo) => here(list)?.contains(photo));
  const inside = list.contains(document.activeElement);
  all[inside ? at + by : Math.max(0, at)]?.focus();
}

// For as long as the list is in the document; to attach to it.
export function movedByKeys(list: HTMLElement): () => void {
  const on = { does: t("keys.next"), act: () => move(list, 1) };
  const back = { does: t("keys.previous"), act: () => move(list, -1) };
  const { next, previous } = arrows();
  return bindKeys([
    { keys: "j", ...on },
    { keys: "k", ...back },
    { keys: next, ...on },
    { keys: previous, ...back },
  ]);
}

// Where each item has a button for it.
export function likedByKey(list: HTMLElement): () => void {
  const like = () => here(list)?.querySelector<HTMLElement>(".like button")?.click();
  return bindKeys([{ keys: "l", does: t("like.do"), act: like }]);
}
