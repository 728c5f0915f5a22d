// The part of a long list that is in the document: what is in the window of the browser, and some
// more on both sides. The rest has its room, but no elements. At first it is only what is in the
// window: the more waits until that has its pictures.
//
// Browsers do not draw below some height (2^24 px, less in some), so the element of a list has a
// part of the list's height only: `base` is where in the list the element begins. Where the reader
// comes near an end of the element, both move by one step, and nothing that is seen does.
import { flushSync, tick, untrack } from "svelte";
import { afterFirst, nextFrame } from "../idle";
import { router } from "../router.svelte";
import { isPhone } from "../screen";
import type { Blocks } from "./blocks";
import { between, grown, joined } from "./range";

const tallest = 4_000_000; // px, of the element
const step = 2_000_000; // px, that the base moves by
const low = 500_000; // px, of the reader's place in the element, before it moves
const high = 3_000_000;

// In heights of the browser's window.
const drawnAbove = 1.5;
const drawnBelow = 2.5;
const wantedBelow = 2;
const stride = 0.25; // of it all, each time the browser has nothing better to do
const piece = 0.5; // beyond the window, at once: more would keep a finger waiting
const patience = 3_000; // ms that the first pictures may take
const patienceAlone = 1_000; // and of them the largest

// Where the reader is: an item, and how far its block begins below the top of the window. In a page
// that shows its beginning, how far it is scrolled.
export interface Anchor {
  item: number;
  id: string | undefined;
  below: number;
  scroll: number | null;
}

interface Of {
  blocks: () => Blocks;
  idOf: (item: number) => string | undefined;
  indexOf: (id: string) => number;
  // What was drawn has changed; or there is less below the window than there should be.
  seen: (from: number, to: number) => void; // blocks
  wanted: () => void;
}

export class ListWindow {
  // The blocks from..to are drawn, and `held` as well where that is one: it has the focus.
  from = $state(0);
  to = $state(0);
  held = $state(-1);
  base = $state(0);
  height = $state(0);
  // On the first page of a visit by phone the largest picture has the line for itself; the others
  // of the first draw come after it. Not in a tab for later: there is no frame to wait for.
  alone = $state(isPhone() && !router.moved && !document.hidden);
  #of: Of;
  #node: HTMLElement | null = null;
  #frame = 0;
  #reach = 0; // of what is to be drawn beyond the window, how much is: at first nothing

  constructor(of: Of) {
    this.#of = of;
  }

  // Whether this is the first draw, of what is seen at once.
  get first(): boolean {
    return this.#reach === 0;
  }

  get drawn(): number[] {
    const { from, to, held } = this;
    const blocks = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
    if (held < 0 || held >= this.#of.blocks().count || (held >= from && held < to)) return blocks;
    return held < from ? [held, ...blocks] : [...blocks, held];
  }

  // To attach to the list's element.
  attach = (node: HTMLElement) => {
    this.#node = node;
    const stop = new AbortController();
    const { signal } = stop;
    const more = () => {
      this.#reach = Math.min(1, this.#reach + stride);
      this.look();
      if (this.#reach < 1) afterFirst(more, signal);
    };
    const soon = () => {
      this.#reach = 1;
      this.alone = false;
      this.#soon();
    };
    addEventListener("scroll", soon, { passive: true, signal });
    addEventListener("resize", soon, { signal });
    // Not at once: the focus also goes where what has it is taken out of the document.
    const held = () => queueMicrotask(() => this.#hold());
    node.addEventListener("focusin", held, { signal });
    node.addEventListener("focusout", held, { signal });
    // What stands below the list would take the reader along when more comes.
    const page = document.body.style;
    page.overflowAnchor = "none";
    untrack(() => this.look());
    void this.#largest(node)
      .then(() => this.#pictures(node))
      .then(() => afterFirst(more, signal));
    return () => {
      page.overflowAnchor = "";
      stop.abort();
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#node = null;
    };
  };

  // Draws what is to be seen by now; what is to be beyond it comes with the next frames.
  look(): void {
    this.#look(0);
  }

  #soon(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#look(piece);
    });
  }

  // `grows`: by how much beyond the window at most, in heights of it.
  #look(grows: number): void {
    const node = this.#node;
    if (!node) return;
    const blocks = this.#of.blocks();
    let at = -node.getBoundingClientRect().top; // of the window's top in the element
    const room = blocks.size - this.base;
    if (at > high && room > tallest) at += this.#move(step);
    else if (at < low && this.base > 0) at += this.#move(-step);
    if (!this.#draw(at + this.base, grows)) this.#soon();
    this.height = Math.min(blocks.size - this.base, tallest);
    const left = blocks.size - (at + this.base);
    if (!this.first && left < (1 + wantedBelow) * innerHeight) this.#of.wanted();
  }

  // Fulfilled when what is drawn first has its pictures, or the network is too slow to wait for it.
  async #pictures(node: HTMLElement, atMost = patience): Promise<void> {
    await tick();
    const here = [...node.querySelectorAll("img")].map((img) => img.decode().catch(() => {}));
    await Promise.race([Promise.all(here), new Promise((go) => setTimeout(go, atMost))]);
  }

  // Fulfilled when the others may be fetched: what is here by then has been drawn.
  async #largest(node: HTMLElement): Promise<void> {
    if (!this.alone) return;
    await this.#pictures(node, patienceAlone);
    await nextFrame();
    this.alone = false;
  }

  leave(): Anchor | null {
    const node = this.#node;
    const blocks = this.#of.blocks();
    if (!node || blocks.count === 0) return null;
    const top = this.base - node.getBoundingClientRect().top;
    const line = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    if (top + line <= 0) return { item: 0, id: this.#of.idOf(0), below: 0, scroll: scrollY };
    const block = blocks.blockAt(top + line);
    const item = blocks.first(block);
    return { item, id: this.#of.idOf(item), below: blocks.top(block) - top, scroll: null };
  }

  // Goes there again; what is drawn then is there when this returns.
  arrive(anchor: Anchor | null): void {
    if (!this.#node || !anchor) return;
    const top = this.#placeOf(anchor);
    if (top === null) {
      if (this.base !== 0) this.#rise(0, 0);
      if (scrollY !== anchor.scroll) scrollTo({ top: anchor.scroll ?? 0, behavior: "instant" });
    } else if (Math.abs(this.base - this.#node.getBoundingClientRect().top - top) >= 0.5) {
      const fits = this.#of.blocks().size <= tallest || top <= high;
      this.#rise(fits ? 0 : Math.floor((top - step / 2) / step) * step, top);
      const edge = this.#node.getBoundingClientRect().top + scrollY;
      scrollTo({ top: edge + top - this.base, behavior: "instant" });
    }
    this.look();
    flushSync();
  }

  // Of the window's top in the list; null where that is above it, or the list is another one now.
  #placeOf({ item, id, below, scroll }: Anchor): number | null {
    if (scroll !== null) return null;
    const blocks = this.#of.blocks();
    const found = id === undefined ? -1 : this.#of.indexOf(id);
    const now = found < 0 ? item : found;
    const last = blocks.count - 1;
    if (found < 0 && (last < 0 || blocks.blockOf(now) === last)) return null;
    return blocks.top(blocks.blockOf(now)) - below;
  }

  // As high as it has to be, with what is to be seen at a height of the list.
  #rise(base: number, top: number): void {
    this.base = base;
    this.height = Math.min(this.#of.blocks().size - base, tallest);
    this.#draw(top);
    flushSync();
  }

  // Whether all that is to be drawn is.
  #draw(top: number, grows = 0): boolean {
    const blocks = this.#of.blocks();
    const [above, below] = [this.#reach * drawnAbove, this.#reach * drawnBelow];
    const seen = between(blocks, top, top + innerHeight);
    const goal = between(blocks, top - above * innerHeight, top + (1 + below) * innerHeight);
    const kept = joined(this, seen, goal);
    const hurry = seen.from < this.from || seen.to > this.to; // that alone, for now
    const { from, to } = grown(blocks, kept, goal, hurry ? 0 : grows * innerHeight);
    if (from !== this.from || to !== this.to) {
      this.from = from;
      this.to = to;
      this.#of.seen(from, to);
    }
    return from === goal.from && to === goal.to;
  }

  // What is in the element goes the other way than the window: nothing is seen of it.
  #move(by: number): number {
    const goal = scrollY - by; // the element may have become too short for what is scrolled now
    this.base += by;
    this.height = Math.min(this.#of.blocks().size - this.base, tallest);
    flushSync();
    scrollTo({ top: goal, behavior: "instant" });
    return -by;
  }

  #hold(): void {
    const block = document.activeElement?.closest<HTMLElement>("[data-block]");
    this.held = block && this.#node?.contains(block) ? Number(block.dataset.block) : -1;
  }
}
