// Search.
import { call } from "../client";
import { type Cursor } from "./paths";
import type { Found, SearchSort, SearchSuggestion, SearchType } from "../types";

// A page may be empty and have a next one, where very much was looked through.
export async function search<T>(
  q: string,
  type: SearchType,
  sort: SearchSort,
  cursor: Cursor,
  limit?: number,
): Promise<Found<T>> {
  const query = { q, type, sort, cursor, limit };
  let found = await call<Found<T>>("GET", "/v1/search", { query });
  for (let round = 1; round < 5 && found.items.length === 0 && found.next !== null; round += 1) {
    query.cursor = found.next;
    found = await call<Found<T>>("GET", "/v1/search", { query });
  }
  return found;
}
export const suggest = (q: string, signal: AbortSignal) =>
  call<{ items: SearchSuggestion[] }>("GET", "/v1/search/suggest", { query: { q }, signal });
