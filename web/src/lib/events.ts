// What the server tells while somebody looks (/v1/events): one line for the whole page, open while
// anything listens and the page is seen. A browser opens few lines to one server at a time: pages
// that nobody looks at must not hold them.
type Listener = (data: unknown) => void;
type Again = () => void;

const listeners = new Map<string, Map<Listener, Again | undefined>>();
let source: EventSource | null = null;
// The photo whose page is open, "" for none, and what to do when its line is there (again): what
// happened before that was not heard.
let watched = "";
let caughtUp = (): void => {};

// `again` is called when the page is seen again: what happened meanwhile is to be asked for. The
// function that is returned ends it.
export function onEvent<T>(name: string, told: (data: T) => void, again?: Again): () => void {
  const listener: Listener = (data) => told(data as T);
  let those = listeners.get(name);
  if (!those) listeners.set(name, (those = new Map()));
  those.set(listener, again);
  if (listeners.size === 1 && those.size === 1) {
    document.addEventListener("visibilitychange", look);
  }
  if (source && those.size === 1) source.addEventListener(name, dispatch);
  else open();
  return () => {
    those.delete(listener);
    if (those.size > 0) return;
    listeners.delete(name);
    source?.removeEventListener(name, dispatch);
    if (listeners.size > 0) return;
    document.removeEventListener("visibilitychange", look);
    close();
  };
}

// From now on, until the function that is returned is called, what happens to this photo is heard
// as well (`comments`, `unseen`). One photo at a time: the newest page wins.
export function watch(photo: string, heard: () => void): () => void {
  watched = photo;
  caughtUp = heard;
  if (source) reopen();
  return () => {
    if (watched !== photo || caughtUp !== heard) return;
    watched = "";
    caughtUp = () => {};
    if (source) reopen();
  };
}

function open(): void {
  if (source || document.hidden) return;
  // The browser opens a broken line again by itself.
  const query = watched ? `?photo=${encodeURIComponent(watched)}` : "";
  source = new EventSource(`/v1/events${query}`);
  source.addEventListener("open", () => caughtUp());
  for (const name of listeners.keys()) source.addEventListener(name, dispatch);
}

function close(): void {
  source?.close();
  source = null;
}

function reopen(): void {
  close();
  open();
}

function look(): void {
  if (document.hidden) return close();
  open();
  for (const those of listeners.values()) {
    for (const again of those.values()) again?.();
  }
}

function dispatch(event: MessageEvent<string>) {
  const data: unknown = JSON.parse(event.data);
  for (const listener of listeners.get(event.type)?.keys() ?? []) listener(data);
}
