// Members as administrators see them, and what they do to them.
import { call } from "../client";
import type { AdminAction, List, Member } from "../types";
import { page, type Cursor } from "./paths";

export interface MemberFilter {
  q?: string;
  role?: Member["role"];
  state?: Member["state"];
}

export type MemberChange =
  | { what: "role"; role: Member["role"] }
  | { what: "suspension"; suspended: boolean }
  | { what: "quota"; bytes: number | null }
  | { what: "sessions/end" };

const path = (handle: string) => `/v1/admin/users/${encodeURIComponent(handle)}`;

export const listMembers = (filter: MemberFilter, cursor: Cursor) =>
  call<List<Member>>("GET", "/v1/admin/users", { query: { ...filter, cursor } });
export const getMember = (handle: string) => call<Member>("GET", path(handle));
export const changeMember = (
  handle: string,
  { what, ...wish }: MemberChange,
  reason: string,
) => call<Member>("POST", `${path(handle)}/${what}`, { body: { ...wish, reason } });
export const listAdminActions = (handle: string | undefined, cursor: Cursor) =>
  call<List<AdminAction>>("GET", "/v1/admin/actions", {
    query: { ...page(cursor).query, ...(handle ? { handle } : {}) },
  });
