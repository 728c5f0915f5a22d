// An asynchronous handler's answer, made of what its service tells when it is done.
//
// What:      gives the callback that the service takes: (exception, Result). An exception is a
//            database that is down, an Error becomes its problem document, as in http/answer.h.
// Threads:   the callback runs on whatever thread the service calls it.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "http/request.h"
#include "http/responder.h"

namespace picsharz::http {

inline Error database_down() {
  Error error{ErrorKind::unavailable, "unavailable", "The site cannot do this just now.",
              "Try again in a moment."};
  error.retry_after_seconds = 2;
  return error;
}

// `make`: the answer to what went well.
template <class F>
auto late_answer(const Responder& responder, std::string request_id, F make) {
  return [responder, id = std::move(request_id), make = std::move(make)](
             const std::exception_ptr& failure, const auto& result) {
    responder.answer(failure   ? problem(database_down(), id)
                     : !result ? problem(result.error(), id)
                               : make(*result));
  };
}

}  // namespace picsharz::http
