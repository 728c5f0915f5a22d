// The operations of the contract that the pages use, an area a file. What only administrators ask
// for is taken from its file: it is no part of what everybody loads first.
export { ApiError } from "./client";
export * from "./calls/accounts";
export * from "./calls/collections";
export * from "./calls/comments";
export * from "./calls/data";
export * from "./calls/feeds";
export * from "./calls/moderation";
export * from "./calls/notifications";
export * from "./calls/people";
export * from "./calls/photos";
export * from "./calls/search";
export * from "./calls/sessions";
export type * from "./house";
export type * from "./types";
