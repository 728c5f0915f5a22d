#include "features/suggestions/suggestion_rules.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

namespace picsharz::suggestions {

namespace {

std::int64_t points_of(ReasonKind kind, const Hint& hint) {
  switch (kind) {
    case ReasonKind::followed_by:
    case ReasonKind::liked:
      return 2 * hint.count;
    case ReasonKind::label:
      return 1;  // of labels like "person" there is no end
    case ReasonKind::active:
      break;
  }
  return 0;
}

struct Gathered {
  Ranked ranked;
  std::int64_t best = -1;  // points of its reason
};

void gather(std::map<AccountId, Gathered>& people, ReasonKind kind,
            const std::vector<Hint>& hints) {
  for (const Hint& hint : hints) {
    Gathered& person = people[hint.account];
    const std::int64_t points = points_of(kind, hint);
    person.ranked.account = hint.account;
    person.ranked.points += points;
    if (points <= person.best) continue;
    person.best = points;
    person.ranked.kind = kind;
    person.ranked.hint = hint;
  }
}

}  // namespace

std::vector<Ranked> rank(const Hints& hints, std::size_t most) {
  std::map<AccountId, Gathered> people;
  gather(people, ReasonKind::followed_by, hints.followed_by);
  gather(people, ReasonKind::liked, hints.liked);
  gather(people, ReasonKind::label, hints.label);
  gather(people, ReasonKind::active, hints.active);
  std::vector<Ranked> ranked;
  ranked.reserve(people.size());
  for (auto& [id, person] : people) ranked.push_back(std::move(person.ranked));
  std::ranges::sort(ranked, std::greater{},
                    [](const Ranked& one) { return std::pair(one.points, one.account); });
  if (ranked.size() > most) ranked.resize(most);
  return ranked;
}

}  // namespace picsharz::suggestions
