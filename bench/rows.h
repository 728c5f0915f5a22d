// Many rows with one statement: they travel as one JSON text, which both engines take apart.
//
// What:      one statement a row would cost PostgreSQL a round trip a row.
// Use:       Rows likes(database, BENCH_INSERT("likes", "photo_id, account_id, created_at",
//                                              "CAST(j.value ->> 0 AS BIGINT), ..."));
//            likes.add(photo, account, now); ... likes.finish();
// Threads:   one at a time.
// Failures:  those of the database.
#pragma once

#include <string>

#include "base/json.h"
#include "db/database.h"

namespace picsharz::bench {

#define BENCH_INSERT(table, columns, cells)                                                        \
  ::picsharz::db::Sql("INSERT INTO " table " (" columns ") SELECT " cells " FROM json_each($1) j", \
                      "INSERT INTO " table " (" columns ") SELECT " cells                          \
                      " FROM json_array_elements(CAST($1 AS JSON)) AS j (value)")

// On PostgreSQL foreign keys are not checked one by one: the generator keeps them by construction.
inline void begin_bulk(db::Tx& tx) {
  if (tx.engine() == db::Engine::postgres) {
    tx.script("SET LOCAL session_replication_role = replica");
  }
}

class Rows {
 public:
  // `parents`: what these rows point at; it is written before them.
  Rows(db::Database& database, const db::Sql& sql, Rows* parents = nullptr)
      : database_(database), sql_(sql), parents_(parents) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  template <class... Values>
  void add(const Values&... values) {
    json_ += json_.empty() ? '[' : ',';
    JsonWriter out(json_);
    out.begin_array();
    (out.value(values), ...);
    out.end_array();
    if (++count_ == rows_max) finish();
  }
  void finish() {
    if (count_ == 0) return;
    if (parents_) parents_->finish();
    json_ += ']';
    database_.write([&](db::Tx& tx) {
      begin_bulk(tx);
      tx.exec(sql_, json_);
    });
    json_.clear();
    count_ = 0;
  }

 private:
  static constexpr int rows_max = 5'000;

  db::Database& database_;
  const db::Sql sql_;
  Rows* const parents_;
  std::string json_;
  int count_ = 0;
};

}  // namespace picsharz::bench
