#include "http/responder.h"

#include <atomic>
#include <utility>

namespace picsharz::http {

struct Responder::State {
  std::function<void(Response)> deliver;
  std::function<Response()> if_dropped;
  std::atomic<bool> answered{false};

  State(std::function<void(Response)> to, std::function<Response()> dropped)
      : deliver(std::move(to)), if_dropped(std::move(dropped)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (!answered.load(std::memory_order_acquire)) deliver(if_dropped());
  }
};

Responder::Responder(std::function<void(Response)> deliver, std::function<Response()> if_dropped)
    : state_(std::make_shared<State>(std::move(deliver), std::move(if_dropped))) {}

void Responder::answer(Response response) const {
  if (!state_->answered.exchange(true, std::memory_order_acq_rel)) {
    state_->deliver(std::move(response));
  }
}

}  // namespace picsharz::http
