// The streams of photos.
import { call } from "../client";
import { at, page, type Cursor } from "./paths";
import type { List, Photo } from "../types";

export const getHomeFeed = (cursor: Cursor, limit?: number) =>
  call<List<Photo>>("GET", "/v1/feed/home", page(cursor, limit));
export const getRecentFeed = (cursor: Cursor, limit?: number) =>
  call<List<Photo>>("GET", "/v1/feed/recent", page(cursor, limit));
export const listTagPhotos = (tag: string, cursor: Cursor, limit?: number) =>
  call<List<Photo>>("GET", `/v1/tags/${at(tag)}`, page(cursor, limit));
// The list has one page only.
export const getPopular = async () => ({
  ...(await call<List<Photo>>("GET", "/v1/popular")),
  next: null,
});
