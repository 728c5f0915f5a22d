// One's data: taken out, brought in.
import { call } from "../client";
import { page, type Cursor } from "./paths";
import type { ExportState, ImportState, List, NewImport, RefusedImport } from "../types";

export const getExport = () => call<ExportState>("GET", "/v1/me/export");
export const beginExport = (body: { password: string; code?: string }) =>
  call<ExportState>("POST", "/v1/me/export", { body });
export const getImport = () => call<ImportState>("GET", "/v1/me/import");
export const beginImport = (body: NewImport) =>
  call<ImportState>("POST", "/v1/me/import", { body });
export const cancelImport = () => call<ImportState>("DELETE", "/v1/me/import");
export const listRefused = (cursor: Cursor) =>
  call<List<RefusedImport>>("GET", "/v1/me/import/refused", page(cursor));
