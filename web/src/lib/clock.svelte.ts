// The time now, for what says how long ago something was: it is drawn again as minutes pass, and
// when somebody comes back to the page.
let minute = $state(0);

export function now(): Date {
  void minute;
  return new Date();
}

export function startClock(): void {
  const move = () => {
    if (!document.hidden) minute += 1;
  };
  setInterval(move, 60_000);
  document.addEventListener("visibilitychange", move);
}
