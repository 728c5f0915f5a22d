// The keys of the page: who is drawn binds them, and the newest binding of a key wins. Off while
// somebody types, with a modifier held, below a dialog that does not say (data-keys) that it has
// some, and where they are switched off altogether (WCAG 2.1.4).
export interface Binding {
  keys: string; // "j", "?", "g h": as they are typed, one after the other
  does: string; // said in the list of keys
  act: () => void;
}

// What is read of a KeyboardEvent.
type Press = Pick<
  KeyboardEvent,
  "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat" | "defaultPrevented" | "timeStamp"
> & { target: unknown; preventDefault: () => void };

const stored = "picsharz-keys";
const together = 1000; // ms between two keys of one binding
// Into a checkbox nobody types; a radio button keeps the arrows for itself.
const fields = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const covering = "dialog[open]:not([data-keys])";
let groups: (readonly Binding[])[] = [];
let begun = { key: "", at: 0 };

// Until the function that is returned is called.
export function bindKeys(bindings: readonly Binding[]): () => void {
  const group = [...bindings];
  groups = [group, ...groups];
  return () => (groups = groups.filter((one) => one !== group));
}

// What leads on and back: what comes next is to the left where text runs from right to left.
export function arrows(): { next: string; previous: string } {
  return document.documentElement.dir === "rtl"
    ? { next: "ArrowLeft", previous: "ArrowRight" }
    : { next: "ArrowRight", previous: "ArrowLeft" };
}

// Up and down move what is larger than its window.
export const upwards = "ArrowUp";
export const downwards = "ArrowDown";

export function boundKeys(): Binding[] {
  const found = new Map<string, Binding>();
  for (const one of groups.flat()) if (!found.has(one.keys)) found.set(one.keys, one);
  return [...found.values()];
}

export function keysAreOn(): boolean {
  try {
    return localStorage.getItem(stored) !== "off";
  } catch {
    return true;
  }
}

export function switchKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(stored);
    else localStorage.setItem(stored, "off");
  } catch {
    // Storage is switched off: they stay as they are.
  }
}

function typing(target: unknown): boolean {
  const element = target as Partial<Element> | null;
  return typeof element?.closest === "function" && element.closest(fields) !== null;
}

export function press(event: Press): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.repeat || typing(event.target) || !keysAreOn()) return;
  if (document.querySelector(covering)) return;
  const first = event.timeStamp - begun.at < together ? begun.key : "";
  const all = boundKeys();
  const found = all.find(({ keys }) => keys === (first ? `${first} ${event.key}` : event.key));
  const begins = all.some(({ keys }) => keys.startsWith(`${event.key} `));
  begun = found || !begins ? { key: "", at: 0 } : { key: event.key, at: event.timeStamp };
  if (!found) return;
  event.preventDefault();
  found.act();
}

export function startKeys(): () => void {
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
