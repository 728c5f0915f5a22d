// Questions to a backup.
import { t } from "../../i18n";
import { answer, ApiError, call, ownHeaders } from "../client";
import { at } from "./paths";
import type {
  NewQuery,
  QueryAnswer,
  QueryFormat,
  QuerySchema,
  SavedQuery,
  SavedQueryChange,
} from "../house";

export const getQuerySchema = (backup: string) =>
  call<QuerySchema>("GET", "/v1/admin/query/schema", { query: { backup: backup || null } });
export const listSavedQueries = () =>
  call<{ items: SavedQuery[] }>("GET", "/v1/admin/query/saved");
export const saveQuery = (body: Pick<SavedQuery, "name" | "sql" | "chart">) =>
  call<{ query: SavedQuery }>("POST", "/v1/admin/query/saved", { body });
export const changeSavedQuery = (id: string, body: SavedQueryChange) =>
  call<{ query: SavedQuery }>("PATCH", `/v1/admin/query/saved/${at(id)}`, { body });
export const removeSavedQuery = (id: string) =>
  call<null>("DELETE", `/v1/admin/query/saved/${at(id)}`);
export const askQuery = (body: NewQuery) =>
  call<QueryAnswer>("POST", "/v1/admin/query", { body });
export const cancelQuery = (id: string) => call<null>("DELETE", `/v1/admin/query/${at(id)}`);

// The answer as a file.
export async function downloadQuery(query: NewQuery, format: QueryFormat): Promise<Blob> {
  const response = await fetch("/v1/admin/query/download", {
    method: "POST",
    credentials: "same-origin",
    headers: { ...ownHeaders("POST"), "Content-Type": "application/json" },
    body: JSON.stringify({ ...query, format }),
  }).catch(() => {
    throw new ApiError(0, "offline", t("error.offline"));
  });
  return response.ok ? response.blob() : answer<Blob>(response.status, await response.text());
}
