// Search of photos by word, tag and label, and of people by name.
//
// What:      features/search/search_rules.h has the language, db/search_index.h what a word is.
// Only
//            what the viewer may see is found.
// Order:     newest: by the time of upload. relevance: how much of the query is in the title, the
//            tags and so on (db/search_query.h), of the 500 newest that match; then the newest.
//            likes: of the same 500, the most liked first. People: the most followed first.
// Pages:     a page may be shorter than asked for, even empty, and have a next one, where very much
//            was examined that the viewer may not see or that the operators leave out.
// Threads:   thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "base/generation_map.h"
#include "features/cards/card_service.h"
#include "features/search/index_query_service.h"
#include "features/search/search_store.h"

namespace picsharz::search {

class SearchService {
 public:
  SearchService(db::Database& database, cards::CardService& cards)
      : database_(database), cards_(cards) {}

  cards::CardPage photos(const Viewer& viewer, const Query& query, Sort sort,
                         const PageRequest& page);
  Page<accounts::Account> people(const Viewer& viewer, const Query& query, const PageRequest& page);
  // People while a name is typed.
  std::vector<accounts::Account> suggest(const Viewer& viewer, const Query& query, int limit);

 private:
  struct Wanted {
    db::SearchQuery words;
    std::string text;  // the same for the engine
    Window window;
    db::IndexQuery index{};  // the same for PostgreSQL's index
  };
  struct Found {
    std::vector<PhotoId> photos;
    std::optional<Position> next{};
  };

  Wanted wanted(db::Tx& tx, const Viewer& viewer, const Query& query);
  // On SQLite everything; on PostgreSQL the newest `documents`.
  // Where it is known that so many hold fewer matches than are wanted: as next_look() has it.
  Look first_look(db::Tx& tx, const Wanted& wanted, std::int64_t documents, int matches);
  // On PostgreSQL, below `below`: the smallest blocks that should hold so many matches, where that
  // share of the documents before matched. Otherwise everything.
  static Look next_look(const Wanted& wanted, std::int64_t below, double share, double matches);
  Found newest(db::Tx& tx, const Viewer& viewer, const Query& query, const PageRequest& page);
  // The newest ranked_max that match, best first.
  std::vector<Ranked> ranking(db::Tx& tx, const Wanted& wanted, Sort sort);
  Found ranked(db::Tx& tx, const Viewer& viewer, const Query& query, Sort sort,
               const PageRequest& page);

  // What share of the documents matched when somebody last looked; 1 where that is forgotten. A
  // hint only: it decides where PostgreSQL looks first.
  double known_share(const std::string& query);
  void note_share(const std::string& query, double share);

  db::Database& database_;
  cards::CardService& cards_;
  SearchStore search_;
  std::mutex mutex_;
  GenerationMap<std::string, double> shares_{std::size_t{1} << 20};  // bytes
};

}  // namespace picsharz::search
