#include "features/suggestions/suggestion_service.h"

#include <map>
#include <utility>

#include "features/suggestions/suggestion_rules.h"

namespace picsharz::suggestions {

using accounts::Account;

namespace {

Reason reason_of(const Ranked& ranked, const std::map<AccountId, Account>& people) {
  Reason reason{.kind = ranked.kind, .count = ranked.hint.count, .label = ranked.hint.label};
  if (const auto by = people.find(ranked.hint.by); by != people.end()) {
    reason.handle = by->second.handle;
    reason.name = by->second.name;
  }
  return reason;
}

}  // namespace

Hints SuggestionService::gather(db::Tx& tx, const Viewer& viewer) {
  Hints hints{.followed_by = store_.followed_by(tx, viewer),
              .liked = store_.liked(tx, viewer),
              .label = {},
              .active = store_.active(tx, viewer)};
  for (const std::string& label : store_.liked_labels(tx, viewer)) {
    for (Hint& hint : store_.with_label(tx, viewer, label)) hints.label.push_back(std::move(hint));
  }
  return hints;
}

std::vector<Suggestion> SuggestionService::suggest(const Viewer& viewer, int limit) {
  return database_.read([&](db::Tx& tx) {
    const auto ranked = rank(gather(tx, viewer), static_cast<std::size_t>(limit));
    std::vector<AccountId> ids;
    for (const Ranked& one : ranked) {
      ids.push_back(one.account);
      if (one.hint.by.value != 0) ids.push_back(one.hint.by);
    }
    std::map<AccountId, Account> people;
    for (Account& account : store_.accounts(tx, ids)) people.emplace(account.id, account);
    std::vector<Suggestion> suggestions;
    suggestions.reserve(ranked.size());
    for (const Ranked& one : ranked) {
      suggestions.push_back({people.at(one.account), reason_of(one, people)});
    }
    return suggestions;
  });
}

}  // namespace picsharz::suggestions
