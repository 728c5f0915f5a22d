// What the server tells of one's own photos: one line for the whole page, open while somebody
// listens.
type Listener = (id: string) => void;

const listeners = new Set<Listener>();
let source: EventSource | null = null;

// `listener` gets the id of each photo whose state changed. The function that is returned ends it.
export function onPhotoEvent(listener: Listener): () => void {
  listeners.add(listener);
  source ??= open();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    source?.close();
    source = null;
  };
}

// The browser opens a broken line again by itself.
function open(): EventSource {
  const opened = new EventSource("/v1/events");
  opened.addEventListener("photo", (event: MessageEvent<string>) => {
    const { id } = JSON.parse(event.data) as { id: string };
    for (const listener of listeners) listener(id);
  });
  return opened;
}
