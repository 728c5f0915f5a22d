import { onEvent } from "../../lib/events";

// `listener` gets the id of each own photo whose state changed. The function that is returned ends
// it.
export function onPhotoEvent(listener: (id: string) => void): () => void {
  return onEvent<{ id: string }>("photo", ({ id }) => listener(id));
}
