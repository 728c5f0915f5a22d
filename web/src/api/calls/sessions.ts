// Signing in, and what proves who one is.
import { call } from "../client";
import { at } from "./paths";
import type {
  List,
  MadeToken,
  NewToken,
  NewTotp,
  RecoveryCodes,
  Session,
  SignedIn,
  Token,
  TotpState,
} from "../types";

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
export const getTotp = () => call<TotpState>("GET", "/v1/me/totp");
export const beginTotp = (password: string) =>
  call<NewTotp>("POST", "/v1/me/totp", { body: { password } });
export const turnTotpOn = (code: string) =>
  call<RecoveryCodes>("POST", "/v1/me/totp/on", { body: { code } });
export const turnTotpOff = (password: string, code: string) =>
  call<null>("POST", "/v1/me/totp/off", { body: { password, code } });
export const renewRecoveryCodes = (password: string, code: string) =>
  call<RecoveryCodes>("POST", "/v1/me/totp/recovery-codes", { body: { password, code } });
export const listTokens = () => call<List<Token>>("GET", "/v1/me/tokens");
export const createToken = (body: NewToken) =>
  call<MadeToken>("POST", "/v1/me/tokens", { body });
export const endToken = (id: string) => call<null>("DELETE", `/v1/me/tokens/${at(id)}`);
