// Whether the bars are away: they leave while somebody scrolls down and come back on the way up.
export interface Hiding {
  away: boolean;
  turn: number; // where the last movement the other way began
}

export const still: Hiding = { away: false, turn: 0 };

const enough = 8; // px; a finger trembles

// `top`: to where the bar belongs to the top of the page. Further than a window at once is no
// scrolling: the page has gone somewhere by itself.
export function scrolled(before: Hiding, from: number, to: number, top: number, window: number) {
  if (to <= top) return { away: false, turn: to };
  if (Math.abs(to - from) > window) return { ...before, turn: to };
  // As far as it goes on in the direction of what it is, the turn goes with it.
  const turn = before.away ? Math.max(before.turn, to) : Math.min(before.turn, to);
  const far = Math.abs(to - turn) > enough;
  return far ? { away: !before.away, turn: to } : { away: before.away, turn };
}
