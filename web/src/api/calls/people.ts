// People, and how one stands to them.
import { call } from "../client";
import { account, at, page, type Cursor } from "./paths";
import type { Account, List, Profile, Relation, Suggestion } from "../types";

export const getAccount = (handle: string) => call<Profile>("GET", account(handle));
export const listFollowers = (handle: string, cursor: Cursor) =>
  call<List<Account>>("GET", `${account(handle)}/followers`, page(cursor));
export const listFollowing = (handle: string, cursor: Cursor) =>
  call<List<Account>>("GET", `${account(handle)}/following`, page(cursor));
export const setFollow = (handle: string, follow: boolean) =>
  call<Relation>(follow ? "PUT" : "DELETE", `${account(handle)}/follow`);
export const setBlock = (handle: string, block: boolean) =>
  call<Relation>(block ? "PUT" : "DELETE", `${account(handle)}/block`);
export const setMute = (handle: string, mute: boolean) =>
  call<Relation>(mute ? "PUT" : "DELETE", `${account(handle)}/mute`);
export const removeFollower = (handle: string) =>
  call<Relation>("DELETE", `/v1/me/followers/${at(handle)}`);
export const listFollowRequests = (cursor: Cursor) =>
  call<List<Account>>("GET", "/v1/me/follow-requests", page(cursor));
export const answerFollow = (handle: string, approve: boolean) =>
  call<Relation>(approve ? "PUT" : "DELETE", `/v1/me/follow-requests/${at(handle)}`);
export const listMutes = (cursor: Cursor) =>
  call<List<Account>>("GET", "/v1/me/mutes", page(cursor));
export const listBlocks = (cursor: Cursor) =>
  call<List<Account>>("GET", "/v1/me/blocks", page(cursor));
export const listSuggestions = () => call<List<Suggestion>>("GET", "/v1/suggestions");
