#include "features/admin/outbox_service.h"

namespace picsharz::admin {

Outgoing OutboxService::outgoing() {
  return {.server = server_,
          .queue = database_.read([&](db::Tx& tx) { return queue_.stats(tx, jobs::Lane::mail); })};
}

Page<mail::Bounce> OutboxService::bounces(const PageRequest& page) {
  return database_.read([&](db::Tx& tx) { return bounces_.list(tx, page); });
}

}  // namespace picsharz::admin
