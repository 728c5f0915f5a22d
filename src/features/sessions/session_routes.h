// The routes of sessions, and who a request comes from.
#pragma once

#include <functional>
#include <string>

#include "features/accounts/account_service.h"
#include "features/accounts/signup_service.h"
#include "features/sessions/log_in_service.h"
#include "features/sessions/session_service.h"
#include "features/sessions/token_service.h"
#include "http/inner.h"
#include "http/server.h"

namespace picsharz::sessions {

struct WebSettings {
  std::string base_url;         // "" where it is not configured: the request's own Host counts
  bool secure_cookies = false;  // base_url is https
  bool visitors = true;         // false: for members only (session_rules.h)
};

// Sets the viewer from the session cookie or a bearer token, and refuses
// - a token of a program that is unknown or over (401), or whose scopes the route does not name
//   (403): a route that names none is reached by no token,
// - a route that the viewer's role may not use (401, 403),
// - where there are no visitors, everybody who is not signed in, but for what for_everybody()
// names,
// - a change that another site's page asks for: a request with the cookie that is not a GET needs
//   Sec-Fetch-Site same-origin or none (without that header an Origin of our own), and the header
//   Picsharz-Client, which no form can send,
// - such a change that names another account than the cookie's in Picsharz-Account.
http::Authenticator make_authenticator(SessionService& sessions, TokenService& tokens,
                                       WebSettings settings);

// Of these the role and the visitors, for a viewer who is known: where a route asks another one.
http::AccessCheck make_access_check(WebSettings settings);

// Who a request comes from, for routes that are open and look only where it matters.
std::function<Viewer(const http::Request&)> make_viewer_finder(SessionService& sessions,
                                                               TokenService& tokens,
                                                               WebSettings settings);

// Who it was a moment ago, for asynchronous changes of members: they start on the I/O thread, and
// decide in their own transaction by a confirmer. By sessions only.
http::Recaller make_recaller(SessionService& sessions, WebSettings settings);
using ConfirmerOf = std::function<SessionService::Confirm(const http::Request&)>;
ConfirmerOf make_confirmer(SessionService& sessions, WebSettings settings);

// Set-Cookie of an answer after which the session is over.
std::string ended_cookie(bool secure);

// What the routes of sessions use.
struct SessionRooms {
  SessionService& sessions;
  LogInService& log_ins;
  accounts::SignupService& signups;
  accounts::PasswordService& passwords;
};

void add_session_routes(http::Router& router, const SessionRooms& rooms, WebSettings settings);

}  // namespace picsharz::sessions
