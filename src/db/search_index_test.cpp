#include "db/search_index.h"

#include "support/test_database.h"

namespace picsharz::db {
namespace {

class SearchIndexTest : public test::DatabaseSuite {
 protected:
  std::vector<PhotoId> find(std::string_view word) {
    constexpr Sql found("SELECT rowid FROM photo_search WHERE photo_search MATCH $1 ORDER BY 1",
                        "SELECT id FROM photo_search WHERE words @@ to_tsquery('simple', $1)"
                        " ORDER BY 1");
    return db().read([&](Tx& tx) {
      return tx.all(
          found, [](const Row& row) { return row.id<PhotoId>(0); },
          SearchIndex::query(tx.engine(), word));
    });
  }
  void put(PhotoId id, std::string_view words) {
    db().write([&](Tx& tx) { index_.put_photo(tx, id, words, ""); });
  }
  // Rows of the engine's own tables that hold these bytes.
  std::int64_t rows_with(std::string_view bytes) {
    constexpr Sql count(
        "SELECT count(*) FROM photo_search_data WHERE instr(block, CAST($1 AS BLOB))",
        "SELECT count(*) FROM photo_search WHERE strpos(words::text, $1) > 0");
    return db().read([&](Tx& tx) {
      return tx
          .one(
              count, [](const Row& row) { return row.integer(0); }, bytes)
          .value();
    });
  }

  SearchIndex index_;
};
ON_BOTH_ENGINES(SearchIndexTest);

TEST_P(SearchIndexTest, ForgetsWhatWasRemovedOrReplacedAndNothingElse) {
  constexpr int photos = 400;
  for (int i = 1; i <= photos; ++i) put(PhotoId{i}, "harbour number" + std::to_string(i));
  put(PhotoId{7}, "secretive");
  put(PhotoId{8}, "mysterious");
  EXPECT_GT(rows_with("ecretive"), 0);
  db().write([&](Tx& tx) { index_.remove_photo(tx, PhotoId{7}); });
  put(PhotoId{8}, "harbour number8");
  int rests = 0;
  const auto rest = [&rests](Micros step) {
    EXPECT_GE(step, 0);
    return ++rests > 0;
  };
  EXPECT_TRUE(SearchIndex::forget(db(), rest));
  EXPECT_EQ(rests > 0, db().engine() == Engine::sqlite);
  EXPECT_EQ(rows_with("ecretive"), 0);
  EXPECT_EQ(rows_with("ysterious"), 0);
  EXPECT_EQ(find("secretive"), std::vector<PhotoId>{});
  EXPECT_EQ(find("harbour").size(), std::size_t{photos - 1});
  EXPECT_EQ(find("number8"), (std::vector{PhotoId{8}, PhotoId{80}, PhotoId{81}, PhotoId{82},
                                          PhotoId{83}, PhotoId{84}, PhotoId{85}, PhotoId{86},
                                          PhotoId{87}, PhotoId{88}, PhotoId{89}}));
  rests = 0;
  EXPECT_TRUE(SearchIndex::forget(db(), rest));  // there is nothing to do
  EXPECT_EQ(rests, 0);
  EXPECT_EQ(find("harbour").size(), std::size_t{photos - 1});
}

TEST_P(SearchIndexTest, ForgettingThatIsEndedEarlyGoesOnTheNextTime) {
  if (db().engine() != Engine::sqlite) return;  // nothing to forget there
  constexpr int photos = 4'000;                 // whose words take more pages than one step
  for (int i = 1; i <= photos; ++i) {
    const std::string number = std::to_string(i * 7919 % 100'003);
    put(PhotoId{i}, "w" + number + " x" + number + " y" + number);
  }
  put(PhotoId{7}, "secretive");
  db().write([&](Tx& tx) { index_.remove_photo(tx, PhotoId{7}); });
  int ended = 0;
  while (!SearchIndex::forget(db(), [](Micros) { return false; })) ASSERT_LT(++ended, 1'000);
  EXPECT_GT(ended, 1);
  EXPECT_EQ(rows_with("ecretive"), 0);
  EXPECT_EQ(find("x").size(), std::size_t{photos - 1});
}

}  // namespace
}  // namespace picsharz::db
