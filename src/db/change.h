// What the log of changes says (db/change_log.h). Plain structs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"

namespace picsharz::db {

enum class ChangeKind {
  photo = 1,
  account = 2,
  moderation_case = 3,
  relations = 4,     // of an account, whom it follows, blocks, mutes, and who blocks it
  comments = 5,      // the id is their photo's
  notification = 6,  // of an account
};

struct Change {
  ChangeKind kind = ChangeKind::photo;
  std::int64_t id = 0;
  AccountId owner{};  // of a photo; 0 where an older program wrote it
};

// What was committed between two snapshots.
struct Changes {
  bool missed = false;  // some of them are gone: anything may have changed
  std::vector<Change> changes;
};

// Of photos, each once, by id; of their comments as well where that is asked for.
inline std::vector<PhotoId> photos_of(std::span<const Change> changes, bool with_comments = false) {
  std::vector<PhotoId> ids;
  for (const Change& change : changes) {
    const bool wanted =
        change.kind == ChangeKind::photo || (with_comments && change.kind == ChangeKind::comments);
    if (wanted) ids.push_back(PhotoId{change.id});
  }
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  return ids;
}

}  // namespace picsharz::db
