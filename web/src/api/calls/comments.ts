// Comments.
import { call } from "../client";
import { at, type Cursor } from "./paths";
import type {
  Appeal,
  Comment,
  CommentsLeft,
  ComplaintReason,
  DecisionNotice,
  List,
  Report,
  Thread,
} from "../types";

const comments = (photo: string) => `/v1/photos/${at(photo)}/comments`;
const comment = (id: string) => `/v1/comments/${at(id)}`;
export const listComments = (photo: string, cursor: Cursor, limit: number) =>
  call<List<Thread>>("GET", comments(photo), { query: { cursor, limit } });
export const getComment = (id: string) => call<Comment>("GET", comment(id));
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
