#include "features/pages/sitemap_store.h"

#include "base/viewer.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::pages {

namespace {

const Viewer nobody{};

}  // namespace

std::vector<PhotoId> SitemapStore::photos(db::Tx& tx, std::int64_t skip, std::int64_t limit) {
  return tx.all(
      "SELECT p.id FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.state = 3 AND p.visibility = 0 AND o.private = 0 AND " PICSHARZ_PHOTO_LISTED
      " ORDER BY p.id DESC LIMIT $4 OFFSET $3",
      [](const db::Row& row) { return row.id<PhotoId>(0); }, nobody.account, nobody.role, skip,
      limit);
}

std::int64_t SitemapStore::count_photos(db::Tx& tx, std::int64_t most) {
  return *tx.one(
      "SELECT count(*) FROM (SELECT p.id FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.state = 3 AND p.visibility = 0 AND o.private = 0 AND " PICSHARZ_PHOTO_LISTED
      " LIMIT $3) AS shown",
      [](const db::Row& row) { return row.integer(0); }, nobody.account, nobody.role, most);
}

std::vector<std::string> SitemapStore::people(db::Tx& tx, std::int64_t limit) {
  return tx.all(
      "SELECT a.handle FROM accounts a WHERE a.private = 0 AND EXISTS (SELECT 1 FROM photos p"
      " JOIN accounts o ON o.id = p.owner_id WHERE p.owner_id = a.id AND " PICSHARZ_PHOTO_LISTED
      ") ORDER BY a.id DESC LIMIT $3",
      [](const db::Row& row) { return row.string(0); }, nobody.account, nobody.role, limit);
}

}  // namespace picsharz::pages
