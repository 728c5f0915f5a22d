// What the addresses of several areas are made of.
export const at = encodeURIComponent;
export type Cursor = string | null;
export const page = (cursor: Cursor) => ({ query: { cursor } });
export const account = (handle: string) => `/v1/accounts/${at(handle)}`;
