// What the addresses of several areas are made of.
export const at = encodeURIComponent;
export type Cursor = string | null;
export const page = (cursor: Cursor, limit?: number) => ({ query: { cursor, limit } });
export const account = (handle: string) => `/v1/accounts/${at(handle)}`;
