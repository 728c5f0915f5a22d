// Files on their way in.
export { giveUpload, uploadArchive, uploadPhoto, type Memory, type Watch } from "../tus";
