#include "features/feed/feed_service.h"

namespace picsharz::feed {

cards::CardPage FeedService::home(const Viewer& viewer, const PageRequest& page) {
  return database_.read([&](db::Tx& tx) {
    auto ids = feeds_.home(tx, viewer.account, cards::before_of(page), page.limit + 1);
    return cards_.page(tx, viewer, std::move(ids), page.limit);
  });
}

cards::CardPage FeedService::recent(const Viewer& viewer, const PageRequest& page) {
  return database_.read([&](db::Tx& tx) {
    auto ids = feeds_.recent(tx, viewer, cards::before_of(page), page.limit + 1);
    return cards_.page(tx, viewer, std::move(ids), page.limit);
  });
}

}  // namespace picsharz::feed
