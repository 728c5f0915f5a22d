// What the server tells while somebody looks (/v1/events): one line for the whole page, open while
// anything listens.
type Listener = (data: unknown) => void;

const listeners = new Map<string, Set<Listener>>();
let source: EventSource | null = null;
// The photo whose page is open, "" for none, and what to do when its line is there (again): what
// happened before that was not heard.
let watched = "";
let caughtUp = (): void => {};

// The function that is returned ends it.
export function onEvent<T>(name: string, told: (data: T) => void): () => void {
  const listener: Listener = (data) => told(data as T);
  let those = listeners.get(name);
  if (!those) listeners.set(name, (those = new Set()));
  those.add(listener);
  if (!source) open();
  else if (those.size === 1) source.addEventListener(name, dispatch);
  return () => {
    those.delete(listener);
    if (those.size > 0) return;
    listeners.delete(name);
    source?.removeEventListener(name, dispatch);
    if (listeners.size > 0) return;
    source?.close();
    source = null;
  };
}

// From now on, until the function that is returned is called, what happens to this photo is heard
// as well (`comments`, `unseen`). One photo at a time: the newest page wins.
export function watch(photo: string, heard: () => void): () => void {
  watched = photo;
  caughtUp = heard;
  if (source) open();
  return () => {
    if (watched !== photo || caughtUp !== heard) return;
    watched = "";
    caughtUp = () => {};
    if (source) open();
  };
}

// The browser opens a broken line again by itself.
function open(): void {
  source?.close();
  const query = watched ? `?photo=${encodeURIComponent(watched)}` : "";
  source = new EventSource(`/v1/events${query}`);
  source.addEventListener("open", () => caughtUp());
  for (const name of listeners.keys()) source.addEventListener(name, dispatch);
}

function dispatch(event: MessageEvent<string>) {
  const data: unknown = JSON.parse(event.data);
  for (const listener of listeners.get(event.type) ?? []) listener(data);
}
