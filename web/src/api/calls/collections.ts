// Collections, and what is saved.
import { call } from "../client";
import { account, at, page, type Cursor } from "./paths";
import type {
  Collection,
  EditCollection,
  List,
  NewCollection,
  Photo,
  PhotoCollections,
} from "../types";

export const createCollection = (body: NewCollection) =>
  call<Collection>("POST", "/v1/collections", { body });
const collection = (id: string) => `/v1/collections/${at(id)}`;
export const getCollection = (id: string) => call<Collection>("GET", collection(id));
export const editCollection = (id: string, body: EditCollection) =>
  call<Collection>("PATCH", collection(id), { body });
export const deleteCollection = (id: string) => call<null>("DELETE", collection(id));
export const listCollectionPhotos = (id: string, cursor: Cursor, limit?: number) =>
  call<List<Photo>>("GET", `${collection(id)}/photos`, page(cursor, limit));
export const setCollected = (id: string, photo: string, collected: boolean) =>
  call<null>(collected ? "PUT" : "DELETE", `${collection(id)}/photos/${at(photo)}`);
export const orderCollection = (id: string, photos: string[]) =>
  call<null>("PUT", `${collection(id)}/order`, { body: { photos } });
export const listCollections = (handle: string, cursor: Cursor) =>
  call<List<Collection>>("GET", `${account(handle)}/collections`, page(cursor));
export const getPhotoCollections = (id: string) =>
  call<PhotoCollections>("GET", `/v1/photos/${at(id)}/collections`);
export const setSaved = (id: string, saved: boolean) =>
  call<null>(saved ? "PUT" : "DELETE", `/v1/photos/${at(id)}/saved`);
export const listSavedAmong = (photos: string[]) =>
  call<{ items: string[] }>("GET", "/v1/me/saved/ids", { query: { among: photos.join(",") } });
export const listSaved = (cursor: Cursor, limit?: number) =>
  call<List<Photo>>("GET", "/v1/me/saved", page(cursor, limit));
