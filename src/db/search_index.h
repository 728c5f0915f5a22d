// The full-text index: FTS5 on SQLite, tsvector with GIN on PostgreSQL.
//
// What:      services that change text call it inside their transaction, so what is committed is
//            found. features/search reads it.
// Threads:   stateless.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/ids.h"
#include "db/database.h"

namespace picsharz::db {

class SearchIndex {
 public:
  // Replaces what is indexed of a photo. `tags`: tags and label words; they weigh more.
  void put_photo(Tx& tx, PhotoId id, std::string_view words, std::string_view tags);
  void remove_photo(Tx& tx, PhotoId id);
  void put_account(Tx& tx, AccountId id, std::string_view handle, std::string_view name);
  void remove_account(Tx& tx, AccountId id);

  // What was removed or replaced stays in SQLite's index, where no query finds it. This takes it
  // out of the file: the whole index is written anew, in transactions of a few milliseconds. `rest`
  // is called after each with the time that it took, and ends the work with false. False: it was
  // ended so; the next call goes on with what is left.
  static bool forget(Database& database, FunctionRef<bool(Micros)> rest);

  // A person's words as a query of the engine: every word must occur, each as a prefix. Empty where
  // no word is left. At most 8 words count.
  static std::string query(Engine engine, std::string_view typed);
};

}  // namespace picsharz::db
