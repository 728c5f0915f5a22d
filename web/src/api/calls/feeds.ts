// The streams of photos.
import { call } from "../client";
import { at, page, type Cursor } from "./paths";
import type { List, Photo } from "../types";

export const getHomeFeed = (cursor: Cursor) =>
  call<List<Photo>>("GET", "/v1/feed/home", page(cursor));
export const getRecentFeed = (cursor: Cursor) =>
  call<List<Photo>>("GET", "/v1/feed/recent", page(cursor));
export const listTagPhotos = (tag: string, cursor: Cursor) =>
  call<List<Photo>>("GET", `/v1/tags/${at(tag)}`, page(cursor));
// The list has one page only.
export const getPopular = () => call<List<Photo>>("GET", "/v1/popular");
