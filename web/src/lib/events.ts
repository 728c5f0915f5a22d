// What the server tells while somebody looks (/v1/events): one line for the whole page, open while
// anything listens.
type Listener = (data: unknown) => void;

const listeners = new Map<string, Set<Listener>>();
let source: EventSource | null = null;

// The function that is returned ends it.
export function onEvent<T>(name: string, told: (data: T) => void): () => void {
  const listener: Listener = (data) => told(data as T);
  let those = listeners.get(name);
  if (!those) listeners.set(name, (those = new Set()));
  those.add(listener);
  // The browser opens a broken line again by itself.
  source ??= new EventSource("/v1/events");
  if (those.size === 1) source.addEventListener(name, dispatch);
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

function dispatch(event: MessageEvent<string>) {
  const data: unknown = JSON.parse(event.data);
  for (const listener of listeners.get(event.type) ?? []) listener(data);
}
