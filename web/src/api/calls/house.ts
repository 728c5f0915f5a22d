// The administrator's house: what is counted.
import { t } from "../../i18n";
import { answer, ApiError, call, ownHeaders } from "../client";
import { at } from "./paths";
import type {
  Backup,
  BackupList,
  BackupManifest,
  Board,
  BoardArea,
  BoardRange,
  BookName,
  MonthCosts,
  NewQuery,
  Overview,
  PriceBook,
  Projection,
  QueryAnswer,
  QueryFormat,
  QuerySchema,
  SavedQuery,
  SavedQueryChange,
  TagAnalysis,
} from "../house";

const asked = ({ from, to, step, compare }: BoardRange) => ({
  from,
  to,
  step,
  compare: compare ? "true" : null,
});

export const getOverview = () => call<Overview>("GET", "/v1/admin/overview");
export const getBoard = (area: BoardArea, range: BoardRange, signal?: AbortSignal) =>
  call<Board>("GET", `/v1/admin/analytics/${area}`, { query: asked(range), signal });

// The address of a chart's or a table's numbers, for a link that saves them.
export function csvLink(area: BoardArea, id: string, range: BoardRange): string {
  const { from, to, step, compare } = range;
  const query = new URLSearchParams({ from, to, step, ...(compare ? { compare: "true" } : {}) });
  return `/v1/admin/analytics/${area}/${id}.csv?${query}`;
}

export const getTagAnalysis = () => call<TagAnalysis>("GET", "/v1/admin/analytics/tags");

export const getCosts = (month: string, signal?: AbortSignal) =>
  call<MonthCosts>("GET", "/v1/admin/costs", { query: { month }, signal });
export const getPriceBooks = () =>
  call<{ books: PriceBook[] }>("GET", "/v1/admin/costs/prices");
export const changePrices = (book: BookName, body: Record<string, string | number>) =>
  call<PriceBook>("PUT", `/v1/admin/costs/prices/${book}`, { body });
export const getProjection = () => call<Projection>("GET", "/v1/admin/costs/projection");
export const project = (body: Record<string, string>, signal?: AbortSignal) =>
  call<Projection>("POST", "/v1/admin/costs/projection", { body, signal });

export const listBackups = () => call<BackupList>("GET", "/v1/admin/backups");
export const makeBackup = (kind: Backup["kind"]) =>
  call<Backup>("POST", "/v1/admin/backups", { body: { kind } });
export const removeBackup = (id: string) => call<null>("DELETE", `/v1/admin/backups/${at(id)}`);
export const backupFile = (id: string, path: string) => `/v1/admin/backups/${at(id)}/${path}`;
export const getManifest = (id: string) => call<BackupManifest>("GET", backupFile(id, "manifest"));

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
