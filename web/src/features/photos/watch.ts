// Follows a photo until it is developed: asks again and again, ever more slowly.
import { ApiError, getPhoto, type Photo } from "../../api";
import { developing } from "../../lib/states";

const first = 400;
const slowest = 5000;

// Ends when the photo is developed or `signal` says so. A failed request is only a later answer.
export async function watchPhoto(
  photo: Photo,
  changed: (photo: Photo) => void,
  signal: AbortSignal,
): Promise<void> {
  let wait = first;
  let now = photo;
  while (developing(now) && !signal.aborted) {
    await pause(wait, signal);
    wait = Math.min(slowest, wait * 1.4);
    if (signal.aborted) return;
    try {
      now = await getPhoto(photo.id, signal);
      if (!signal.aborted) changed(now);
    } catch (error) {
      if (error instanceof ApiError && error.code === "not_found") return;
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
