// Reports, decisions and appeals; the queue of moderators.
import { call } from "../client";
import { at, page, type Cursor } from "./paths";
import type {
  Appeal,
  Block,
  Case,
  CaseCard,
  ComplaintReason,
  Decision,
  DecisionNotice,
  Imported,
  List,
  Look,
  NewDecision,
  Report,
} from "../types";

export const reportPhoto = (id: string, reason: ComplaintReason, note: string) =>
  call<Report>("POST", `/v1/photos/${at(id)}/reports`, { body: { reason, note } });
export const getDecision = (id: string) =>
  call<DecisionNotice>("GET", `/v1/photos/${at(id)}/decision`);
export const appeal = (id: string, text: string) =>
  call<Appeal>("POST", `/v1/photos/${at(id)}/appeal`, { body: { text } });
const linked = (token: string) => `/v1/appeals/${at(token)}`;
export const getLinkedDecision = (token: string) => call<DecisionNotice>("GET", linked(token));
export const appealByLink = (token: string, text: string) =>
  call<Appeal>("POST", linked(token), { body: { text } });
export const countCases = () => call<{ waiting: number }>("GET", "/v1/moderation/waiting");
export const listCases = (cursor: Cursor) =>
  call<List<CaseCard>>("GET", "/v1/moderation/queue", page(cursor));
const moderated = (id: string) => `/v1/moderation/cases/${at(id)}`;
export const getCase = (id: string) => call<Case>("GET", moderated(id));
export const decideCase = (id: string, body: NewDecision) =>
  call<Decision>("POST", `${moderated(id)}/decision`, { body });
export const undoDecision = (id: string) => call<Decision>("POST", `${moderated(id)}/undo`);
export const listDecisions = (cursor: Cursor) =>
  call<List<Decision>>("GET", "/v1/moderation/audit", page(cursor));
export const listLooks = (cursor: Cursor) =>
  call<List<Look>>("GET", "/v1/moderation/looks", page(cursor));
const blocklist = "/v1/moderation/blocklist";
// `photo`: only what it looks like.
export const listBlocklist = (photo: string | null, cursor: Cursor) =>
  call<List<Block>>("GET", blocklist, { query: { photo, cursor } });
export const addBlock = (hash: string, note: string) =>
  call<Block>("POST", blocklist, { body: { hash, note } });
export const removeBlock = (id: string) => call<null>("DELETE", `${blocklist}/${at(id)}`);
export const exportedBlocklist = `${blocklist}/export`;
export const importBlocklist = (text: string) =>
  call<Imported>("POST", `${blocklist}/import`, { text });
