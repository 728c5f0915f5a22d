// Reads the browser's tables of numbers and dates in another thread (tables.svelte.ts says why).
const patience = 2_000; // ms for its file, which a slow line may keep

// Fulfilled when they are there, or cannot be had in this way: then they are read when needed.
export function readElsewhere(address: string): Promise<void> {
  return new Promise((resolve) => {
    try {
      const worker = new Worker(address);
      const end = () => {
        worker.terminate();
        resolve();
      };
      worker.onmessage = worker.onerror = end;
      setTimeout(end, patience);
    } catch {
      resolve(); // without workers
    }
  });
}
