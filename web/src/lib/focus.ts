// Where the focus goes as parts of a page open, close and go, so that nobody who has no mouse has
// to come back from the top of the page. It is moved only where it went away with what was there:
// the body has it by then.
import { tick } from "svelte";

// What is filled in, or what is said to come first.
const first = "input, select, textarea, [data-first]";

const lost = () => document.activeElement === null || document.activeElement === document.body;

// Of a part with neither the last button, which changes nothing: "Keep it", "Cancel".
function enter(part: HTMLElement): void {
  const field = part.querySelector<HTMLElement>(first);
  (field ?? [...part.querySelectorAll("button")].at(-1) ?? part).focus();
}

// Where something was: to the heading of that part of the page, or its first button, else to the
// page.
function leave(around: HTMLElement | null): void {
  const part = around?.isConnected ? around : null;
  const heading = part?.querySelector<HTMLElement>("h1, h2");
  if (heading) heading.tabIndex = -1;
  const there = heading ?? part?.querySelector<HTMLElement>("button:enabled");
  (there ?? document.querySelector("main"))?.focus({ preventScroll: true });
}

const partOf = (node: HTMLElement) => node.closest<HTMLElement>("section, main");

// To attach to what opens, which has the focus then; when it closes, the button has it that says in
// `data-opens`, beside it, that it opens this.
export function holdsFocus(name: string) {
  return (part: HTMLElement): (() => void) => {
    const [beside, around] = [part.parentElement, partOf(part)];
    if (lost()) enter(part);
    return () =>
      void tick().then(() => {
        if (!lost()) return;
        const opener = beside?.querySelector<HTMLElement>(`[data-opens="${name}"]`);
        if (opener?.isConnected) opener.focus();
        else leave(around);
      });
  };
}

// For a button that cannot be pressed while it is at work, and whose row may go with what it does:
// then the same button of the row that has come into its place has the focus, or of the last one.
export async function focusAfter(
  button: HTMLElement,
  action: () => Promise<unknown>,
): Promise<void> {
  const row = button.closest("li");
  const rows = row?.parentElement;
  const at = row && rows ? [...rows.children].indexOf(row) : 0;
  const nth = row ? [...row.querySelectorAll("button")].indexOf(button as HTMLButtonElement) : 0;
  const around = partOf(button);
  const heir = () => {
    if (button.isConnected) return button;
    const next = rows?.isConnected ? (rows.children[at] ?? rows.lastElementChild) : null;
    return next?.querySelectorAll("button")[nth];
  };
  const done = action();
  for (const until of [null, done]) {
    await until;
    await tick();
    if (!lost()) continue;
    const next = heir();
    if (next) next.focus();
    else if (until) leave(around); // while it is at work the buttons there are disabled, too
  }
}
