#include "features/backups/kept_rules.h"

#include <algorithm>
#include <array>
#include <utility>

namespace picsharz::backups {

namespace {

using Reason = std::pair<std::string_view, std::string_view>;

constexpr std::string_view made_anew = "the search index is made anew from the rows";
constexpr std::string_view of_a_process =
    "what running processes forget by: a restored one has none";

constexpr std::array reasons{
    Reason{"account_search", made_anew},
    Reason{"backups", "what lies in the target is read there"},
    Reason{"changes", of_a_process},
    Reason{"changes_pruned", of_a_process},
    Reason{"export_photos", "an export is made anew when it is asked for"},
    Reason{"exports", "an export is made anew when it is asked for"},
    Reason{"idempotency_keys", "answers of the last day, to programs that ask this very instance"},
    Reason{"photo_search", made_anew},
    Reason{"schema_migrations", "the manifest has the number of the last one"},
    Reason{"search_name_words", made_anew},
    Reason{"search_photo_terms", made_anew},
    Reason{"search_renamed", made_anew},
    Reason{"search_shares", made_anew},
    Reason{"search_spellings", made_anew},
    Reason{"search_term_words", made_anew},
    Reason{"search_terms", made_anew},
    Reason{"search_walk", made_anew},
    Reason{"search_words", made_anew},
    Reason{"uploads", "a body that is still arriving is nobody's yet; its client sends it again"},
};

}  // namespace

std::optional<std::string_view> left_out(std::string_view table) {
  const auto found = std::ranges::find(reasons, table, &Reason::first);
  return found == reasons.end() ? std::nullopt : std::optional(found->second);
}

// Numbers, days and codes. No id, name, address, text, hash of bytes or place, and no table of who
// did what with whom (likes, follows, comments).
std::span<const ArchivedTable> archived() {
  static const std::vector<ArchivedTable> tables{
      {"accounts", {"country", "created_at", "language", "photos", "role", "state"}},
      {"active_counts", {"daily", "day", "monthly", "weekly"}},
      {"analytics_days", {"count", "day", "kind"}},
      {"analytics_decisions", {"action", "count", "day", "reason"}},
      {"analytics_delays", {"day", "seconds"}},
      {"moderation_decisions",
       {"action", "created_at", "reason", "reason_before", "state_after", "state_before"}},
      {"photos",
       {"bytes", "comments", "created_at", "format", "height", "labels", "likes", "state",
        "visibility", "width"}},
      {"retention_weeks", {"active", "cohort", "members", "week"}},
      {"usage_days", {"amount", "count", "day", "kind", "label"}},
  };
  return tables;
}

}  // namespace picsharz::backups
