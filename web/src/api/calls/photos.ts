// Photos, their labels and likes, and the lists of an account.
import { call } from "../client";
import { account, at, page, type Cursor } from "./paths";
import type { Account, Deleted, EditPhoto, Likes, List, Photo, PhotoPage } from "../types";

export const listMyPhotos = (cursor: Cursor, limit?: number) =>
  call<List<Photo>>("GET", "/v1/me/photos", page(cursor, limit));
export const listAccountPhotos = (handle: string, cursor: Cursor, limit?: number) =>
  call<List<Photo>>("GET", `${account(handle)}/photos`, page(cursor, limit));
export const getPhoto = (id: string, signal?: AbortSignal) =>
  call<PhotoPage>("GET", `/v1/photos/${at(id)}`, { signal });
export const listSimilar = (id: string, signal?: AbortSignal) =>
  call<List<Photo>>("GET", `/v1/photos/${at(id)}/similar`, { signal });
export const listDuplicates = (id: string, signal?: AbortSignal) =>
  call<List<Photo>>("GET", `/v1/photos/${at(id)}/duplicates`, { signal });
export const keepDuplicates = (id: string) =>
  call<null>("DELETE", `/v1/photos/${at(id)}/duplicates`);
export const editPhoto = (id: string, body: EditPhoto) =>
  call<PhotoPage>("PATCH", `/v1/photos/${at(id)}`, { body });
export const deletePhoto = (id: string) => call<Deleted>("DELETE", `/v1/photos/${at(id)}`);
const label = (id: string, name: string) => `/v1/photos/${at(id)}/labels/${at(name)}`;
export const makeTag = (id: string, name: string) => call<PhotoPage>("PUT", label(id, name));
export const removeLabel = (id: string, name: string) => call<PhotoPage>("DELETE", label(id, name));
export const setLike = (id: string, like: boolean) =>
  call<Likes>(like ? "PUT" : "DELETE", `/v1/photos/${at(id)}/like`);
export const listLikes = (id: string, cursor: Cursor) =>
  call<List<Account>>("GET", `/v1/photos/${at(id)}/likes`, page(cursor));
export const listMyLikes = (cursor: Cursor, limit?: number) =>
  call<List<Photo>>("GET", "/v1/me/likes", page(cursor, limit));
