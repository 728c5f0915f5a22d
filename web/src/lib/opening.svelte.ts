// The first draw of a visit comes in pieces, each a task of its own (ADR 0050): the bars, the page,
// what the page can do without for a frame, and what nobody sees yet: the bars of other widths,
// what is told when something happens. Every later page is drawn at once.
import { nextFrame, nextTask, pageDrawn } from "./idle";

let page = $state(false);
let whole = $state(false);
let all = $state(false);

export const opening = {
  get page() {
    return page;
  },
  get whole() {
    return whole;
  },
  get all() {
    return all;
  },
};

// `bars` draws them where nobody sees them, `show` puts them into the document.
export async function open(bars: () => void, show: () => void): Promise<void> {
  bars();
  await nextTask();
  show();
  page = true;
  await nextFrame();
  whole = true;
  pageDrawn();
  await nextTask();
  all = true;
}
