#include "db/snapshot.h"

#include <algorithm>
#include <charconv>

#include "db/programmer_error.h"

namespace picsharz::db {

namespace {

std::int64_t take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{}) programmer_error("a snapshot that is none");
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);  // ':' or ','
  return number;
}

}  // namespace

Snapshot Snapshot::parse(std::string_view text) {
  Snapshot snapshot;
  snapshot.oldest_running_ = take_number(text);
  snapshot.next_ = take_number(text);
  while (!text.empty()) snapshot.running_.push_back(take_number(text));
  std::ranges::sort(snapshot.running_);
  return snapshot;
}

bool Snapshot::sees(std::int64_t transaction) const {
  return transaction < next_ && !std::ranges::binary_search(running_, transaction);
}

bool Snapshot::covers(const Snapshot& other) const {
  const auto unseen = [&](std::int64_t transaction) { return !other.sees(transaction); };
  return next_ >= other.next_ && std::ranges::all_of(running_, unseen);
}

}  // namespace picsharz::db
