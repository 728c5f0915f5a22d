// The bars of the window, away or not. They stay while somebody is in one of them or a dialog is
// open; in a window that is very low they do not stand over the page at all (base.css).
import { scrolled, still, type Hiding } from "./hiding";

let state = $state.raw(still);

export const bars = {
  get away() {
    return state.away;
  },
};

const height = 56; // px: --bar

// What stands below a bar follows it (base.css).
function show(next: Hiding): void {
  if (next.away !== state.away) document.documentElement.dataset.bars = next.away ? "away" : "here";
  state = next;
}

const low = () => innerHeight < 400;
const needed = () =>
  low() || document.querySelector(".bar:focus-within, dialog[open]") !== null;

// For as long as the application runs; the function that is returned ends it.
export function startBars(): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let from = 0; // where a document begins; to ask would lay it out before it is drawn
  const here = () => ({ away: false, turn: scrollY });
  const scroll = () => {
    const to = Math.max(0, scrollY); // a page may be pulled beyond its top
    const next = scrolled(state, from, to, height, innerHeight);
    const leaves = next.away && !state.away; // what is away has nothing in it that is needed
    show(low() || (leaves && needed()) ? here() : next);
    from = to;
  };
  const focus = () => needed() && show(here());
  addEventListener("scroll", scroll, { passive: true, signal });
  addEventListener("focusin", focus, { signal });
  return () => stop.abort();
}
