#include "features/search/term_service.h"

#include <algorithm>

#include "db/search_terms.h"
#include "features/search/search_rules.h"
#include "features/search/synonyms.h"

namespace picsharz::search {

namespace {

constexpr int people_suggested = 4;
constexpr std::size_t two_errors_from = 8;  // bytes of a word; of two, not all are found

// The words of a query that name a thing: neither operators nor what must not be.
std::string subject_of(std::string_view typed) {
  const auto query = parse_query(typed);
  if (!query) return "";
  std::string subject;
  for (const Clause& clause : query->clauses) {
    if (clause.negative) continue;
    const Unit& unit = clause.any_of.front();
    if (unit.kind == Unit::Kind::from || unit.kind == Unit::Kind::camera) continue;
    if (!subject.empty()) subject += ' ';
    subject += typed.substr(unit.at, unit.size);
  }
  return subject;
}

bool may_be_misspelt(const Unit& unit) {
  return (unit.kind == Unit::Kind::word || unit.kind == Unit::Kind::begin) &&
         !unit.words.front().pair;
}

}  // namespace

Page<Term> TermService::tags(const Viewer& viewer, std::string_view typed,
                             const PageRequest& request) {
  const std::string subject = subject_of(typed);
  const auto rows = database_.read([&](db::Tx& tx) {
    return terms_.beginning(tx, viewer, folded_text(subject), stem_key(subject), request.after,
                            request.limit + 1);
  });
  Page<Term> page;
  for (const TermRow& row : rows) {
    if (&row - rows.data() == request.limit) break;
    page.next = Position{row.all, row.term.id};
    if (row.term.photos > 0) page.items.push_back(row.term);
  }
  if (static_cast<int>(rows.size()) <= request.limit) page.next.reset();
  return page;
}

std::optional<Term> TermService::resolve(db::Tx& tx, const Viewer& viewer, std::string_view typed) {
  const std::string subject = subject_of(typed);
  const std::string key = stem_key(subject);
  if (key.empty()) return std::nullopt;
  if (auto term = terms_.find(tx, viewer, key)) return term;
  for (const std::string& other : synonyms_of(key)) {
    if (auto term = terms_.find(tx, viewer, stem_key(other))) return term;
  }
  auto rows = terms_.beginning(tx, viewer, folded_text(subject), key, std::nullopt, 1);
  if (rows.empty() || rows[0].term.photos <= 0) return std::nullopt;
  return std::move(rows[0].term);
}

Page<Expert> TermService::experts(const Viewer& viewer, std::string_view typed,
                                  const PageRequest& request) {
  const std::int64_t now = db::month_of(clock_.now());
  return database_.read([&](db::Tx& tx) {
    Page<Expert> page;
    const auto term = resolve(tx, viewer, typed);
    if (!term) return page;
    for (ShareRow& row :
         terms_.shares(tx, viewer, term->id, often, request.after, request.limit + 1)) {
      if (static_cast<int>(page.items.size()) == request.limit) {
        page.next = Position{page.items.back().photos, page.items.back().account.id.value};
        break;
      }
      page.items.push_back({std::move(row.account), term->name, row.photos,
                            row.month == now ? row.month_photos : 0});
    }
    return page;
  });
}

void TermService::suggest_terms(db::Tx& tx, const Viewer& viewer, std::string_view typed,
                                std::string_view head, std::vector<Suggestion>& list) {
  for (const TermRow& row : terms_.beginning(tx, viewer, folded_text(typed), stem_key(typed),
                                             std::nullopt, suggestions_max)) {
    if (static_cast<int>(list.size()) == suggestions_max) return;
    if (row.term.photos <= 0) continue;
    list.push_back({.kind = row.term.tagged ? Suggestion::Kind::tag : Suggestion::Kind::label,
                    .q = std::string(head).append(row.term.name),
                    .text = row.term.name,
                    .photos = row.term.photos});
  }
}

std::vector<Suggestion> TermService::suggest(const Viewer& viewer, std::string_view typed) {
  std::vector<Suggestion> list;
  const auto query = parse_query(typed);
  if (!query || query->empty()) return list;
  for (const auto& person : search_.suggest(viewer, *query, people_suggested)) {
    list.push_back({.kind = Suggestion::Kind::person,
                    .q = "from:" + person.handle,
                    .text = person.name,
                    .handle = person.handle,
                    .avatar = person.avatar});
  }
  database_.read([&](db::Tx& tx) {
    const std::size_t before = list.size();
    suggest_terms(tx, viewer, typed, "", list);
    const std::size_t blank = typed.find_last_of(' ');
    if (list.size() > before || blank == std::string_view::npos) return;
    // The last word alone, after what stands before it.
    suggest_terms(tx, viewer, typed.substr(blank + 1), typed.substr(0, blank + 1), list);
  });
  return list;
}

std::optional<std::string> TermService::correct(db::Tx& tx, std::string_view typed,
                                                const Query& query) {
  std::string corrected(typed);
  bool changed = false;
  // From the end, so that places before stay.
  for (auto clause = query.clauses.rbegin(); clause != query.clauses.rend(); ++clause) {
    for (auto unit = clause->any_of.rbegin(); unit != clause->any_of.rend(); ++unit) {
      if (!may_be_misspelt(*unit)) continue;
      const std::string& form = unit->words.front().form;
      if (terms_.knows(tx, form)) continue;
      const int allowed = form.size() < two_errors_from ? 1 : 2;
      const SpeltRow* best = nullptr;
      const auto rows = terms_.spelt(tx, db::spellings_of(form));
      int least = allowed + 1;
      for (const SpeltRow& row : rows) {  // the most used first
        const int errors = distance(form, row.word);
        if (errors < least) {
          least = errors;
          best = &row;
        }
      }
      if (!best) continue;
      corrected.replace(unit->at, unit->size, best->word);
      changed = true;
    }
  }
  if (!changed) return std::nullopt;
  return corrected;
}

bool TermService::finds(const Viewer& viewer, const std::string& typed, Type type) {
  const PageRequest one{.after = std::nullopt, .limit = 1};
  if (type == Type::tags) return !tags(viewer, typed, one).items.empty();
  if (type == Type::experts) return !experts(viewer, typed, one).items.empty();
  const auto query = parse_query(typed);
  if (!query) return false;
  return type == Type::people ? !search_.people(viewer, *query, one).items.empty()
                              : !search_.photos(viewer, *query, Sort::newest, one).items.empty();
}

std::optional<std::string> TermService::did_you_mean(const Viewer& viewer, std::string_view typed,
                                                     const Query& query, Type type) {
  auto corrected = database_.read([&](db::Tx& tx) { return correct(tx, typed, query); });
  if (!corrected || !finds(viewer, *corrected, type)) return std::nullopt;
  return corrected;
}

}  // namespace picsharz::search
