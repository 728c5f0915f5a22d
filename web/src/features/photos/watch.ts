// Follows a photo until it is developed: the server tells, and where its events do not come through
// it is asked again and again, ever more slowly.
import { ApiError, getPhoto, type Photo, type PhotoPage } from "../../api";
import { developing } from "../../lib/states";
import { onPhotoEvent } from "./events";

const first = 1000;
const slowest = 10000;

// Ends when the photo is developed or `signal` says so. A failed request is only a later answer.
export async function watchPhoto(
  photo: Photo,
  changed: (photo: PhotoPage) => void,
  signal: AbortSignal,
): Promise<void> {
  const news = new News();
  const stop = onPhotoEvent((id) => {
    if (id === photo.id) news.arrive();
  });
  let wait = first;
  let now = photo;
  try {
    while (developing(now) && !signal.aborted) {
      await news.wait(wait, signal);
      wait = Math.min(slowest, wait * 1.4);
      if (signal.aborted) return;
      try {
        const newer = await getPhoto(photo.id, signal);
        now = newer;
        if (!signal.aborted) changed(newer);
      } catch (error) {
        if (error instanceof ApiError && error.code === "not_found") return;
      }
    }
  } finally {
    stop();
  }
}

// Something may be new; what arrives while nobody waits is kept for the next wait.
class News {
  private arrived = false;
  private wake: (() => void) | null = null;

  arrive(): void {
    this.arrived = true;
    this.wake?.();
  }

  // Until something arrived, but no longer than `milliseconds`.
  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.wake = null;
        this.arrived = false;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener("abort", done);
      this.wake = done;
      if (this.arrived || signal.aborted) done();
    });
  }
}
