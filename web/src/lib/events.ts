// What the server tells while somebody looks (/v1/events): one line for the whole page, open while
// anything listens and the page is seen. A browser opens few lines to one server at a time: pages
// that nobody looks at must not hold them, nor one that waits behind another for Back.
//
// Where no line can be had (a proxy that holds answers back, too many pages of one member), what
// it would tell is asked for once a minute, and a line is tried again now and then. Nobody is told:
// the page is only a little later.
type Listener = (data: unknown) => void;
type Again = () => void;

const listeners = new Map<string, Map<Listener, Again | undefined>>();
let source: EventSource | null = null;
const failuresMax = 3; // in a row, without a line in between
const askEvery = 60_000; // ms
const tryEvery = 300_000; // ms
let failures = 0;
let missed = false; // the line was broken: what happened meanwhile is to be asked for
let asking: ReturnType<typeof setInterval> | undefined;
let trying: ReturnType<typeof setTimeout> | undefined;
// The photo whose page is open, "" for none, and what to do when its line is there (again): what
// happened before that was not heard.
let watched = "";
let caughtUp = (): void => {};

// `again` is called when the page is seen again, and when a broken line is there again: what
// happened meanwhile is to be asked for. The function that is returned ends it.
export function onEvent<T>(name: string, told: (data: T) => void, again?: Again): () => void {
  const listener: Listener = (data) => told(data as T);
  let those = listeners.get(name);
  if (!those) listeners.set(name, (those = new Map()));
  those.set(listener, again);
  if (listeners.size === 1 && those.size === 1) hear(true);
  if (source && those.size === 1) source.addEventListener(name, dispatch);
  else open();
  return () => {
    those.delete(listener);
    if (those.size > 0) return;
    listeners.delete(name);
    source?.removeEventListener(name, dispatch);
    if (listeners.size > 0) return;
    hear(false);
    rest();
  };
}

function hear(on: boolean): void {
  const change = on ? "addEventListener" : "removeEventListener";
  document[change]("visibilitychange", look);
  window[change]("pagehide", rest);
  window[change]("pageshow", shownAgain as EventListener);
}

// From now on, until the function that is returned is called, what happens to this photo is heard
// as well (`comments`, `likes`, `unseen`). One photo at a time: the newest page wins.
export function watch(photo: string, heard: () => void): () => void {
  watched = photo;
  caughtUp = heard;
  reopen();
  return () => {
    if (watched !== photo || caughtUp !== heard) return;
    watched = "";
    caughtUp = () => {};
    reopen();
  };
}

function open(): void {
  if (source || asking !== undefined || document.hidden) return;
  // The browser opens a broken line again by itself.
  const query = watched ? `?photo=${encodeURIComponent(watched)}` : "";
  source = new EventSource(`/v1/events${query}`);
  source.addEventListener("open", opened);
  source.addEventListener("error", failed);
  for (const name of listeners.keys()) source.addEventListener(name, dispatch);
}

function opened(): void {
  failures = 0;
  if (missed) ask();
  else caughtUp();
  missed = false;
}

// A refusal closes the line for good; a line that cannot be had is tried again by the browser.
function failed(): void {
  failures += 1;
  missed = true;
  if (source?.readyState !== EventSource.CLOSED && failures < failuresMax) return;
  close();
  asking = setInterval(ask, askEvery);
  trying = setTimeout(tryAgain, tryEvery);
}

function ask(): void {
  for (const those of listeners.values()) {
    for (const again of those.values()) again?.();
  }
  caughtUp();
}

function tryAgain(): void {
  rest();
  open();
}

function close(): void {
  source?.close();
  source = null;
}

// Neither hears nor asks.
function rest(): void {
  close();
  clearInterval(asking);
  clearTimeout(trying);
  asking = trying = undefined;
  failures = 0;
}

function reopen(): void {
  if (!source) return;
  close();
  open();
}

function look(): void {
  rest();
  if (document.hidden) return;
  open();
  for (const those of listeners.values()) {
    for (const again of those.values()) again?.();
  }
}

// It came back as it was left.
function shownAgain(event: PageTransitionEvent): void {
  if (event.persisted) look();
}

function dispatch(event: MessageEvent<string>) {
  const data: unknown = JSON.parse(event.data);
  for (const listener of listeners.get(event.type)?.keys() ?? []) listener(data);
}
