// Reads the browser's tables of numbers and dates in a thread of its own (tables.ts says why).
// Fulfilled when they are there, or cannot be had in this way.
export function readElsewhere(address: string): Promise<void> {
  return new Promise((resolve) => {
    try {
      const worker = new Worker(address);
      worker.onmessage = worker.onerror = () => {
        worker.terminate();
        resolve();
      };
    } catch {
      resolve(); // without workers they are read when they are needed
    }
  });
}
