// How much is new for who is signed in: asked for once, then told.
import { countNotifications } from "../../api";
import { onEvent } from "../../lib/events";
import { afterFirst } from "../../lib/idle";

let unread = $state(0);

export const news = {
  get unread() {
    return unread;
  },
};

// A number that cannot be had is no reason to trouble anybody: the next event brings it.
function ask(): void {
  countNotifications().then(
    (answer) => (unread = answer.unread),
    () => {},
  );
}

// While somebody is signed in; the function that is returned ends it.
export function watchNews(): () => void {
  const ended = new AbortController();
  afterFirst(ask, ended.signal);
  const stop = onEvent<{ unread: number }>("notification", (told) => (unread = told.unread), ask);
  return () => {
    ended.abort();
    stop();
    unread = 0;
  };
}

// The server counts up to 100.
export function count(unread: number): string {
  return unread > 99 ? "99+" : String(unread);
}
