// Files on their way in.
import { type Fields, uploadResumably, type Watch } from "../tus";
import type { Photo } from "../types";
import { getPhoto } from "./photos";

export { uploadArchive } from "../tus";

export const uploadPhoto = async (file: File, fields: Fields, watch: Watch): Promise<Photo> =>
  getPhoto(await uploadResumably(file, fields, watch), watch.signal);
