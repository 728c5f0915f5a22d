// The operations of the contract that the pages use, one line each.
import { call } from "./client";
import { type Fields, uploadResumably, type Watch } from "./resumable";
export { uploadArchive } from "./resumable";
import type {
  Account,
  Appeal,
  Case,
  CaseCard,
  Collection,
  Bounce,
  Comment,
  CommentsLeft,
  ChosenKind,
  ComplaintReason,
  Decision,
  DecisionNotice,
  Deleted,
  DeletedMe,
  EditCollection,
  EditPhoto,
  EmailState,
  Found,
  Instance,
  Invitation,
  InvitationView,
  Likes,
  List,
  Job,
  MadeInvitation,
  MadeToken,
  Mail,
  Outgoing,
  Me,
  NewCollection,
  NewDecision,
  NewInvitation,
  NewToken,
  ExportState,
  ImportState,
  NewImport,
  NewTotp,
  RefusedImport,
  Notification,
  NotificationSettings,
  Photo,
  PhotoCollections,
  PhotoPage,
  Profile,
  RecoveryCodes,
  Relation,
  RenewedSession,
  Report,
  SearchSort,
  SearchSuggestion,
  SearchType,
  Session,
  SetUp,
  SignedIn,
  SignUp,
  Token,
  Terms,
  TotpState,
  Suggestion,
  Thread,
  Subscription,
  UpdateMe,
  UpdateNotificationKind,
} from "./types";

export { ApiError } from "./client";
export type * from "./types";

const at = encodeURIComponent;
type Cursor = string | null;
const page = (cursor: Cursor) => ({ query: { cursor } });

export const getInstance = () => call<Instance>("GET", "/v1/instance");

export const getTerms = () => call<Terms>("GET", "/v1/instance/terms");

export const getInvitation = (token: string) =>
  call<InvitationView>("GET", `/v1/invitations/${at(token)}`);
const invitations = "/v1/me/invitations";
export const listInvitations = (cursor: Cursor) =>
  call<List<Invitation>>("GET", invitations, page(cursor));
export const createInvitation = (body: NewInvitation) =>
  call<MadeInvitation>("POST", invitations, { body });
export const revokeInvitation = (id: string) =>
  call<null>("DELETE", `${invitations}/${at(id)}`);

export const setUp = (body: SetUp) => call<SignedIn>("POST", "/v1/setup", { body });
export const signUp = (body: SignUp) => call<Account>("POST", "/v1/accounts", { body });
export const verify = (email: string, code: string) =>
  call<SignedIn>("POST", "/v1/accounts/verify", { body: { email, code } });
export const resendCode = (email: string) =>
  call<null>("POST", "/v1/accounts/verify/resend", { body: { email } });

// `restore`: takes a deleted account back.
export const logIn = (login: string, password: string, totp: string, restore = false) =>
  call<SignedIn>("POST", "/v1/sessions", {
    body: { login, password, ...(totp ? { totp } : {}), ...(restore ? { restore } : {}) },
  });
export const logOut = () => call<null>("DELETE", "/v1/sessions/current");
export const listSessions = () => call<List<Session>>("GET", "/v1/sessions");
export const endOtherSessions = () => call<null>("DELETE", "/v1/sessions");
export const endSession = (id: string) => call<null>("DELETE", `/v1/sessions/${at(id)}`);
export const forgotPassword = (login: string) =>
  call<null>("POST", "/v1/password/forgot", { body: { login } });
export const resetPassword = (token: string, password: string) =>
  call<null>("POST", "/v1/password/reset", { body: { token, password } });

export const deleteMe = (password: string, totp: string) =>
  call<DeletedMe>("DELETE", "/v1/me", { body: { password, ...(totp ? { totp } : {}) } });
export const changePassword = (password: string, new_password: string) =>
  call<RenewedSession>("POST", "/v1/me/password", { body: { password, new_password } });
export const getEmail = () => call<EmailState>("GET", "/v1/me/email");
export const changeEmail = (email: string, password: string) =>
  call<null>("POST", "/v1/me/email", { body: { email, password } });
export const withdrawEmail = () => call<null>("DELETE", "/v1/me/email");
export const confirmEmail = (code: string) =>
  call<EmailState>("POST", "/v1/me/email/confirm", { body: { code } });
const emailChange = (token: string) => `/v1/email-changes/${at(token)}`;
export const getEmailChange = (token: string) => call<EmailState>("GET", emailChange(token));
export const agreeToEmailChange = (token: string) => call<EmailState>("PUT", emailChange(token));
export const stopEmailChange = (token: string) => call<null>("DELETE", emailChange(token));
export const getTotp = () => call<TotpState>("GET", "/v1/me/totp");
export const beginTotp = (password: string) =>
  call<NewTotp>("POST", "/v1/me/totp", { body: { password } });
export const turnTotpOn = (code: string) =>
  call<RecoveryCodes>("POST", "/v1/me/totp/on", { body: { code } });
export const turnTotpOff = (password: string, code: string) =>
  call<null>("POST", "/v1/me/totp/off", { body: { password, code } });
export const renewRecoveryCodes = (password: string, code: string) =>
  call<RecoveryCodes>("POST", "/v1/me/totp/recovery-codes", { body: { password, code } });
export const getExport = () => call<ExportState>("GET", "/v1/me/export");
export const beginExport = (body: { password: string; code?: string }) =>
  call<ExportState>("POST", "/v1/me/export", { body });
export const getImport = () => call<ImportState>("GET", "/v1/me/import");
export const beginImport = (body: NewImport) =>
  call<ImportState>("POST", "/v1/me/import", { body });
export const cancelImport = () => call<ImportState>("DELETE", "/v1/me/import");
export const listRefused = (cursor: Cursor) =>
  call<List<RefusedImport>>("GET", "/v1/me/import/refused", page(cursor));
export const listTokens = () => call<List<Token>>("GET", "/v1/me/tokens");
export const createToken = (body: NewToken) =>
  call<MadeToken>("POST", "/v1/me/tokens", { body });
export const endToken = (id: string) => call<null>("DELETE", `/v1/me/tokens/${at(id)}`);

export const getMe = () => call<Me>("GET", "/v1/me");
export const updateMe = (body: UpdateMe) => call<Me>("PATCH", "/v1/me", { body });
export const setAvatar = (file: File) => {
  const form = new FormData();
  form.set("file", file);
  return call<Me>("PUT", "/v1/me/avatar", { form });
};
export const removeAvatar = () => call<Me>("DELETE", "/v1/me/avatar");
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

export const listLikes = (id: string, cursor: Cursor) =>
  call<List<Account>>("GET", `/v1/photos/${at(id)}/likes`, page(cursor));
export const listMyLikes = (cursor: Cursor) =>
  call<List<Photo>>("GET", "/v1/me/likes", page(cursor));

export const getHomeFeed = (cursor: Cursor) =>
  call<List<Photo>>("GET", "/v1/feed/home", page(cursor));
export const getRecentFeed = (cursor: Cursor) =>
  call<List<Photo>>("GET", "/v1/feed/recent", page(cursor));

export const listTagPhotos = (tag: string, cursor: Cursor) =>
  call<List<Photo>>("GET", `/v1/tags/${at(tag)}`, page(cursor));

export const createCollection = (body: NewCollection) =>
  call<Collection>("POST", "/v1/collections", { body });
const collection = (id: string) => `/v1/collections/${at(id)}`;
export const getCollection = (id: string) => call<Collection>("GET", collection(id));
export const editCollection = (id: string, body: EditCollection) =>
  call<Collection>("PATCH", collection(id), { body });
export const deleteCollection = (id: string) => call<null>("DELETE", collection(id));
export const listCollectionPhotos = (id: string, cursor: Cursor) =>
  call<List<Photo>>("GET", `${collection(id)}/photos`, page(cursor));
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
export const listSaved = (cursor: Cursor) =>
  call<List<Photo>>("GET", "/v1/me/saved", page(cursor));

// The list has one page only.
export const getPopular = () => call<List<Photo>>("GET", "/v1/popular");

export const listNotifications = (cursor: Cursor) =>
  call<List<Notification>>("GET", "/v1/notifications", page(cursor));
export const countNotifications = () =>
  call<{ unread: number }>("GET", "/v1/notifications/unread");
export const readNotifications = (up_to: string) =>
  call<{ unread: number }>("POST", "/v1/notifications/read", { body: { up_to } });
const told = "/v1/me/notifications";
export const getNotificationSettings = () => call<NotificationSettings>("GET", told);
export const setDigestHour = (digest_hour: number) =>
  call<NotificationSettings>("PATCH", told, { body: { digest_hour } });
export const updateNotificationKind = (kind: ChosenKind, body: UpdateNotificationKind) =>
  call<NotificationSettings>("PATCH", `${told}/${kind}`, { body });
const link = (token: string) => `/v1/unsubscribe/${at(token)}`;
export const getSubscription = (token: string) => call<Subscription>("GET", link(token));
export const unsubscribe = (token: string) => call<Subscription>("POST", link(token));

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
  call<{ items: SearchSuggestion[] }>("GET", "/v1/search/suggest", { query: { q }, signal });

const comments = (photo: string) => `/v1/photos/${at(photo)}/comments`;
const comment = (id: string) => `/v1/comments/${at(id)}`;
export const listComments = (photo: string, cursor: Cursor, limit: number) =>
  call<List<Thread>>("GET", comments(photo), { query: { cursor, limit } });
export const listReplies = (id: string, cursor: Cursor) =>
  call<List<Comment>>("GET", `${comment(id)}/replies`, { query: { cursor, limit: 100 } });
// `key`: the same for the repetitions of one wish.
export const writeComment = (photo: string, text: string, replyTo: string | null, key: string) =>
  call<Comment>("POST", comments(photo), { body: { text, reply_to: replyTo }, key });
export const editComment = (id: string, text: string) =>
  call<Comment>("PATCH", comment(id), { body: { text } });
export const deleteComment = (id: string) => call<CommentsLeft>("DELETE", comment(id));
export const reportComment = (id: string, reason: ComplaintReason, note: string) =>
  call<Report>("POST", `${comment(id)}/reports`, { body: { reason, note } });
export const getCommentDecision = (id: string) =>
  call<DecisionNotice>("GET", `${comment(id)}/decision`);
export const appealForComment = (id: string, text: string) =>
  call<Appeal>("POST", `${comment(id)}/appeal`, { body: { text } });

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
export const getOutbox = () => call<Outgoing>("GET", "/v1/admin/outbox");
export const listBounces = (cursor: Cursor) =>
  call<List<Bounce>>("GET", "/v1/admin/bounces", page(cursor));
export const listMailbox = (cursor: Cursor) =>
  call<List<Mail>>("GET", "/v1/admin/mailbox", page(cursor));
