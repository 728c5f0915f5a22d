// Lists of what is known to be wrong, which may only become shorter: what is found must be listed,
// and what is listed must still be found.
import assert from "node:assert/strict";

// `found`, `known`: names of faults. `what` says where to look and which list to shorten.
export function assertKnown(found, known, what) {
  const fresh = found.filter((fault) => !known.includes(fault));
  assert.deepEqual(fresh, [], `${what}: new faults`);
  const mended = known.filter((fault) => !found.includes(fault));
  assert.deepEqual(mended, [], `${what}: mended; take them off the list of known ones`);
}
