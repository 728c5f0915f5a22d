// The full-text index: FTS5 on SQLite, tsvector with GIN on PostgreSQL, both given the words of
// base/words.h, so that both find the same (docs/adr/0020-search.md).
//
// What:      stores that change text call it inside their transaction, so what is committed is
//            found. With a photo's words it keeps the terms of what is public (db/search_terms.h).
//            features/search reads both.
// Threads:   stateless.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/ids.h"
#include "db/database.h"
#include "db/search_terms.h"

namespace picsharz::db {

// What is indexed of a published photo.
struct SearchDocument {
  AccountId owner;
  std::string title{};
  std::string description{};
  std::string alt{};
  std::vector<std::string> tags{};          // typed by people
  std::vector<std::string> labels{};        // from the classifier
  std::vector<std::string> shown_labels{};  // those of them that a page shows
  std::string handle{};                     // the owner's
  std::string name{};
  std::string camera{};  // where everybody may see it
  bool is_public = false;
  Micros created_at = 0;
};

enum class Indexed { same, missing, other, surplus };

class SearchIndex {
 public:
  // Replaces what is indexed of a photo.
  void put_photo(Tx& tx, PhotoId id, const SearchDocument& document);
  void remove_photo(Tx& tx, PhotoId id);
  void put_account(Tx& tx, AccountId id, std::string_view handle, std::string_view name);
  void remove_account(Tx& tx, AccountId id);

  // What the index holds of a photo, compared with what it should.
  Indexed compare(Tx& tx, PhotoId id, const SearchDocument& document);
  Indexed compare_account(Tx& tx, AccountId id, std::string_view handle, std::string_view name);
  bool holds(Tx& tx, PhotoId id);
  // Whether SQLite finds its index sound; it reads all of it. rebuild() makes it anew from the
  // texts that it keeps, in one transaction.
  static bool sound(Database& database);
  static void rebuild(Database& database);
  // Numbers in SQLite's index that no photo has, above `after`.
  std::vector<std::int64_t> orphans(Tx& tx, std::int64_t after, int limit);
  void remove_orphan(Tx& tx, std::int64_t doc);

  // What was removed or replaced stays in SQLite's index, where no query finds it. This takes it
  // out of the file: the whole index is written anew, in transactions of a few milliseconds. `rest`
  // is called after each with the time that it took, and ends the work with false. False: it was
  // ended so; the next call goes on with what is left.
  static bool forget(Database& database, FunctionRef<bool(Micros)> rest);

 private:
  SearchTerms terms_;
};

}  // namespace picsharz::db
