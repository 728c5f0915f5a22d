// Answers a request later, from any thread.
//
// What:      an asynchronous handler keeps its Responder (or a copy of it) until the answer is
// known:
//            a small durable write answers from the writer's thread, without holding a worker.
// Threads:   copies may be used from any thread; the first answer counts, further ones are ignored.
// Ownership: the Request and its views live until the answer is given; do not touch them
// afterwards. Failures:  when the last copy goes without an answer, the request is answered with
// 500.
#pragma once

#include <functional>
#include <memory>

#include "http/request.h"

namespace picsharz::http {

class Responder {
 public:
  // `deliver` is called exactly once, from the thread that answers. `if_dropped` makes the answer
  // of a request that nobody answered.
  Responder(std::function<void(Response)> deliver, std::function<Response()> if_dropped);
  void answer(Response response) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace picsharz::http
