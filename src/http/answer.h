// A handler written as Result<Response>: an Error becomes its problem document in one place.
#pragma once

#include <utility>

#include "http/router.h"

namespace picsharz::http {

template <class F>
Handler answer(F handle) {
  return [handle = std::move(handle)](Request& request) -> Response {
    Result<Response> response = handle(request);
    if (!response) return problem(response.error(), request.request_id);
    return *std::move(response);
  };
}

}  // namespace picsharz::http
