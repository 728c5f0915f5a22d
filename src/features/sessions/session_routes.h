// The routes of sessions, and who a request comes from.
#pragma once

#include <functional>
#include <string>

#include "features/accounts/account_service.h"
#include "features/accounts/signup_service.h"
#include "features/sessions/session_service.h"
#include "http/server.h"

namespace picsharz::sessions {

struct WebSettings {
  std::string base_url;         // "" where it is not configured: the request's own Host counts
  bool secure_cookies = false;  // base_url is https
};

// Sets the viewer from the session cookie or a bearer token, and refuses
// - a route that the viewer's role may not use (401, 403),
// - a change that another site's page asks for: a request with the cookie that is not a GET needs
//   Sec-Fetch-Site same-origin or none (without that header an Origin of our own), and the header
//   Picsharz-Client, which no form can send.
http::Authenticator make_authenticator(SessionService& sessions, WebSettings settings);

// Who a request comes from, for routes that are open and look only where it matters.
std::function<Viewer(const http::Request&)> make_viewer_finder(SessionService& sessions,
                                                               WebSettings settings);

void add_session_routes(http::Router& router, SessionService& sessions,
                        accounts::SignupService& signups, accounts::PasswordService& passwords,
                        WebSettings settings);

}  // namespace picsharz::sessions
