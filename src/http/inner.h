// A route asks another one of the same server for what it would answer the same person.
//
// What:      a page carries what the API says (pages), made by the API's own handlers: nothing else
//            writes it, and nothing else decides what may be seen. Only a GET with a handler, and
//            whoever may not use that route is refused as if they had asked by themselves.
// Threads:   thread-safe once the server runs; the handler runs on the caller's thread, which must
//            be one for that route's pool or better.
// Failures:  a refusal is the Response that its sender would be given; exceptions pass.
#pragma once

#include <functional>
#include <string>

#include "http/router.h"

namespace picsharz::http {

// Whether a viewer may use a route: what the Authenticator asks as well.
using AccessCheck = std::function<Result<void>(const Viewer&, const Route&)>;

class InnerRoutes {
 public:
  InnerRoutes(const Router& router, AccessCheck may_use)
      : router_(router), may_use_(std::move(may_use)) {}
  // `path` as Request::path has it, decoded and without a query.
  Response get(const Request& outer, std::string path) const;
  // What it would answer somebody who is not signed in.
  Response get_as_visitor(const Request& outer, std::string path) const;

 private:
  Response ask(const Viewer& viewer, const Request& outer, std::string path) const;

  const Router& router_;
  const AccessCheck may_use_;
};

// The body of an answer that holds text, taken out of it.
std::string take_text(Response& response);

}  // namespace picsharz::http
