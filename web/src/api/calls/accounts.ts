// The instance, joining it, and one's own account.
import { call } from "../client";
import { at, page, type Cursor } from "./paths";
import type {
  Account,
  DeletedMe,
  EmailState,
  Instance,
  Invitation,
  InvitationView,
  List,
  MadeInvitation,
  Me,
  NewInvitation,
  RenewedSession,
  SetUp,
  SignUp,
  SignedIn,
  Terms,
  UpdateMe,
} from "../types";

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
export const getMe = () => call<Me>("GET", "/v1/me");
// `leaving`: the request goes on without the document.
export const updateMe = (body: UpdateMe, leaving = false) =>
  call<Me>("PATCH", "/v1/me", { body, leaving });
export const setAvatar = (file: File) => {
  const form = new FormData();
  form.set("file", file);
  return call<Me>("PUT", "/v1/me/avatar", { form });
};
export const removeAvatar = () => call<Me>("DELETE", "/v1/me/avatar");
