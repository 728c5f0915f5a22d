// The operations of the contract that the pages use, one line each.
import { call } from "./client";
import { type Fields, uploadResumably, type Watch } from "./resumable";
import type {
  Account,
  Appeal,
  Case,
  CaseCard,
  ComplaintReason,
  Decision,
  DecisionNotice,
  Deleted,
  EditPhoto,
  Found,
  Instance,
  Likes,
  List,
  Job,
  Mail,
  Me,
  NewDecision,
  Photo,
  PhotoPage,
  Profile,
  Relation,
  Report,
  SearchSort,
  SearchType,
  Session,
  SetUp,
  SignedIn,
  SignUp,
  Suggestion,
  UpdateMe,
} from "./types";

export { ApiError } from "./client";
export type * from "./types";

const at = encodeURIComponent;
type Cursor = string | null;
const page = (cursor: Cursor) => ({ query: { cursor } });

export const getInstance = () => call<Instance>("GET", "/v1/instance");

export const setUp = (body: SetUp) => call<SignedIn>("POST", "/v1/setup", { body });
export const signUp = (body: SignUp) => call<Account>("POST", "/v1/accounts", { body });
export const verify = (email: string, code: string) =>
  call<SignedIn>("POST", "/v1/accounts/verify", { body: { email, code } });
export const resendCode = (email: string) =>
  call<null>("POST", "/v1/accounts/verify/resend", { body: { email } });

export const logIn = (login: string, password: string) =>
  call<SignedIn>("POST", "/v1/sessions", { body: { login, password } });
export const logOut = () => call<null>("DELETE", "/v1/sessions/current");
export const listSessions = () => call<List<Session>>("GET", "/v1/sessions");
export const endSession = (id: string) => call<null>("DELETE", `/v1/sessions/${at(id)}`);
export const forgotPassword = (login: string) =>
  call<null>("POST", "/v1/password/forgot", { body: { login } });
export const resetPassword = (token: string, password: string) =>
  call<null>("POST", "/v1/password/reset", { body: { token, password } });

export const getMe = () => call<Me>("GET", "/v1/me");
export const updateMe = (body: UpdateMe) => call<Me>("PATCH", "/v1/me", { body });
export const listMyPhotos = (cursor: Cursor) =>
  call<List<Photo>>("GET", "/v1/me/photos", page(cursor));

const account = (handle: string) => `/v1/accounts/${at(handle)}`;
export const getAccount = (handle: string) => call<Profile>("GET", account(handle));
export const listAccountPhotos = (handle: string, cursor: Cursor) =>
  call<List<Photo>>("GET", `${account(handle)}/photos`, page(cursor));
export const listFollowers = (handle: string, cursor: Cursor) =>
  call<List<Account>>("GET", `${account(handle)}/followers`, page(cursor));
export const listFollowing = (handle: string, cursor: Cursor) =>
  call<List<Account>>("GET", `${account(handle)}/following`, page(cursor));
export const setFollow = (handle: string, follow: boolean) =>
  call<Relation>(follow ? "PUT" : "DELETE", `${account(handle)}/follow`);
export const setBlock = (handle: string, block: boolean) =>
  call<Relation>(block ? "PUT" : "DELETE", `${account(handle)}/block`);

export const uploadPhoto = async (file: File, fields: Fields, watch: Watch): Promise<Photo> =>
  getPhoto(await uploadResumably(file, fields, watch), watch.signal);
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

export const getHomeFeed = (cursor: Cursor) =>
  call<List<Photo>>("GET", "/v1/feed/home", page(cursor));
export const getRecentFeed = (cursor: Cursor) =>
  call<List<Photo>>("GET", "/v1/feed/recent", page(cursor));

// The list has one page only.
export const getPopular = () => call<List<Photo>>("GET", "/v1/popular");

// A page may be empty and have a next one, where very much was looked through.
export async function search<T>(
  q: string,
  type: SearchType,
  sort: SearchSort,
  cursor: Cursor,
): Promise<Found<T>> {
  const query = { q, type, sort, cursor };
  let found = await call<Found<T>>("GET", "/v1/search", { query });
  for (let round = 1; round < 5 && found.items.length === 0 && found.next !== null; round += 1) {
    query.cursor = found.next;
    found = await call<Found<T>>("GET", "/v1/search", { query });
  }
  return found;
}
export const suggest = (q: string, signal: AbortSignal) =>
  call<{ items: Suggestion[] }>("GET", "/v1/search/suggest", { query: { q }, signal });

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

export const listDeadJobs = (cursor: Cursor) =>
  call<List<Job>>("GET", "/v1/admin/jobs", page(cursor));
export const retryJob = (id: string) => call<null>("POST", `/v1/admin/jobs/${id}/retry`);
export const listMailbox = (cursor: Cursor) =>
  call<List<Mail>>("GET", "/v1/admin/mailbox", page(cursor));
