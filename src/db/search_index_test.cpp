#include "db/search_index.h"

#include <algorithm>
#include <random>

#include "base/words.h"
#include "db/migrations.h"
#include "db/search_query.h"
#include "support/test_database.h"

namespace picsharz::db {
namespace {

using Docs = std::vector<std::int64_t>;  // ids of photos

// One account and as many photos as a test asks for.
class SearchIndexTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    add_account(AccountId{1}, "mei");
  }
  void add_account(AccountId id, const std::string& handle) {
    db().write([&](Tx& tx) {
      tx.exec(
          "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
          " VALUES ($1, $2, $2, '', $2, 'SG', 0)",
          id, handle);
    });
  }
  void add_photos(int last) {
    db().write([&](Tx& tx) {
      for (int id = photos_ + 1; id <= last; ++id) {
        tx.exec(
            "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width,"
            " height, original, format, bytes, file_name, created_at)"
            " VALUES ($1, 1, '', '', '', 0, 3, 1, 1, '', 0, 1, '', 0)",
            id);
      }
    });
    photos_ = std::max(photos_, last);
  }
  void put(int id, SearchDocument document) {
    add_photos(id);
    if (!document.owner) document.owner = AccountId{1};
    db().write([&](Tx& tx) { index_.put_photo(tx, PhotoId{id}, document); });
  }
  void put_title(int id, const std::string& title) {
    put(id, SearchDocument{.owner = {}, .title = title});
  }
  void remove(int id) {
    db().write([&](Tx& tx) { index_.remove_photo(tx, PhotoId{id}); });
  }

  Docs find(const SearchQuery& query) {
    constexpr Sql found(
        "SELECT d.photo_id FROM photo_search s JOIN search_documents d ON d.doc = s.rowid"
        " WHERE photo_search MATCH $1 ORDER BY 1",
        "SELECT d.photo_id FROM photo_search s JOIN search_documents d ON d.doc = s.doc"
        " WHERE s.words @@ CAST(CAST($1 AS TEXT) AS tsquery) ORDER BY 1");
    auto docs = db().read([&](Tx& tx) {
      return tx.all(
          found, [](const Row& row) { return row.integer(0); }, engine_query(tx.engine(), query));
    });
    if (db().engine() == Engine::postgres) expect_index_finds(query, docs);
    return docs;
  }
  // PostgreSQL's index knows words in another way (index_query).
  void expect_index_finds(const SearchQuery& query, const Docs& docs) {
    constexpr Sql indexed("SELECT 1",
                          "SELECT d.photo_id FROM photo_search s"
                          " JOIN search_documents d ON d.doc = s.doc"
                          " WHERE search_tokens(s.words) @@ CAST(CAST($1 AS TEXT) AS tsquery)"
                          " ORDER BY 1");
    const IndexQuery by_index = index_query(query);
    const auto found = db().read([&](Tx& tx) {
      return tx.all(
          indexed, [](const Row& row) { return row.integer(0); }, by_index.text);
    });
    if (by_index.exact) {
      EXPECT_EQ(found, docs) << by_index.text;
    } else {
      EXPECT_TRUE(std::ranges::includes(found, docs)) << by_index.text;
    }
  }
  Docs find(const std::string& token, bool prefix = false) {
    return find(SearchQuery{{{{{{token}, prefix}}}}});
  }
  // On PostgreSQL only, which numbers its blocks.
  Docs find_in_blocks(const std::string& token, std::int64_t from, std::int64_t last, int bits) {
    const std::string query = query_in_blocks(
        engine_query(Engine::postgres, {{{{{{token}}, {{"xylophone"}}}}}}), from, last, bits);
    return db().read([&](Tx& tx) {
      return tx.all(
          "SELECT d.photo_id FROM photo_search s JOIN search_documents d ON d.doc = s.doc"
          " WHERE s.words @@ CAST(CAST($1 AS TEXT) AS tsquery) ORDER BY 1",
          [](const Row& row) { return row.integer(0); }, query);
    });
  }
  void number_document(int photo, std::int64_t doc) {
    add_photos(photo);
    db().write([&](Tx& tx) {
      tx.exec("UPDATE search_documents SET doc = $2 WHERE photo_id = $1", photo, doc);
    });
  }
  std::int64_t number(const Sql& sql) {
    return db().read([&](Tx& tx) {
      return tx.one(sql, [](const Row& row) { return row.integer(0); }).value_or(-1);
    });
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

 private:
  int photos_ = 0;
};
ON_BOTH_ENGINES(SearchIndexTest);

SearchPhrase word(const std::string& form) { return {{form}}; }
SearchClause all_of(SearchPhrase phrase) { return {{std::move(phrase)}}; }
SearchClause none_of(SearchPhrase phrase) { return {{std::move(phrase)}, true}; }

TEST_P(SearchIndexTest, AWordIsFoundAsItIsWrittenAndByItsStem) {
  put_title(1, "Old Guitars");
  put(2, {.owner = {}, .description = "running in Zürich"});
  EXPECT_EQ(find("guitars"), Docs{1});
  EXPECT_EQ(find("guitar"), Docs{1});
  EXPECT_EQ(find("guit", true), Docs{1});
  EXPECT_EQ(find("guit"), Docs{});
  EXPECT_EQ(find("run"), Docs{2});
  EXPECT_EQ(find("runni", true), Docs{2});
  EXPECT_EQ(find("zurich"), Docs{2});
  EXPECT_EQ(find(std::string(search_token::everything)), (Docs{1, 2}));
}

TEST_P(SearchIndexTest, APhraseIsNeighbouringWordsOfOneText) {
  put(1, {.owner = {}, .title = "old red boat", .description = "boat on", .alt = "the river"});
  put(2, {.owner = {}, .title = "red and old", .tags = {"boat", "house"}});
  put(3, {.owner = {}, .description = "boats run"});
  const auto phrase = [&](std::vector<std::string> tokens, bool prefix = false) {
    return find(SearchQuery{{{{{std::move(tokens), prefix}}}}});
  };
  EXPECT_EQ(phrase({"red", "boat"}), Docs{1});
  EXPECT_EQ(phrase({"boat", "red"}), Docs{});
  EXPECT_EQ(phrase({"old", "re"}, true), Docs{1});
  EXPECT_EQ(phrase({"on", "the"}), Docs{}) << "two texts";
  EXPECT_EQ(phrase({"old", "boat"}), Docs{}) << "title and tag";
  EXPECT_EQ(phrase({"boat", "house"}), Docs{}) << "two tags";
  EXPECT_EQ(phrase({"boat", "run"}), Docs{}) << "two stems";
}

TEST_P(SearchIndexTest, ClausesAreAllOfOneOfAndNoneOf) {
  put_title(1, "red boat");
  put_title(2, "blue boat");
  put_title(3, "red car");
  const SearchClause color{{word("red"), word("blue")}};
  EXPECT_EQ(find(SearchQuery{{color, all_of(word("boat"))}}), (Docs{1, 2}));
  EXPECT_EQ(find(SearchQuery{{all_of(word("red")), none_of(word("boat"))}}), Docs{3});
  EXPECT_EQ(find(SearchQuery{{none_of(word("boat"))}}), Docs{3});
  EXPECT_EQ(find(SearchQuery{{none_of(word("boat")), none_of(word("car"))}}), Docs{});
  EXPECT_EQ(find(SearchQuery{}), (Docs{1, 2, 3}));
}

TEST_P(SearchIndexTest, WholeTagsOwnersAndCamerasHaveTokensOfTheirOwn) {
  add_account(AccountId{2}, "ada");
  put(1, {.owner = AccountId{1}, .tags = {"golden-hour", "sea"}, .labels = {"sea"}});
  put(2, {.owner = AccountId{2}, .tags = {"hour"}, .camera = "FUJIFILM X-T5"});
  const std::string mark(search_token::tag);
  const auto tag = [&](std::vector<std::string> words) {
    words.insert(words.begin(), mark);
    words.push_back(mark);
    return find(SearchQuery{{{{{words}}}}});
  };
  EXPECT_EQ(tag({"golden", "hour"}), Docs{1});
  EXPECT_EQ(tag({"hour"}), Docs{2});
  EXPECT_EQ(tag({"sea"}), Docs{1});
  EXPECT_EQ(find(search_token::owner(AccountId{1})), Docs{1});
  EXPECT_EQ(find(search_token::owner(AccountId{2})), Docs{2});
  EXPECT_EQ(find(search_token::owner(AccountId{3})), Docs{});
  EXPECT_EQ(find(search_token::camera("fujifilm")), Docs{2});
  EXPECT_EQ(find("fujifilm"), Docs{}) << "a camera is no word of the photo";
  EXPECT_NE(search_token::owner(AccountId{1LL << 15}), search_token::owner(AccountId{1}));
}

TEST_P(SearchIndexTest, WhatIsIndexedIsComparedWithWhatShouldBe) {
  SearchDocument document{.owner = AccountId{1}, .title = "Boat", .tags = {"sea"}};
  document.is_public = true;
  put(1, document);
  const auto compare = [&](int id, const SearchDocument& wanted) {
    return db().read([&](Tx& tx) { return index_.compare(tx, PhotoId{id}, wanted); });
  };
  EXPECT_EQ(compare(1, document), Indexed::same);
  EXPECT_EQ(compare(2, document), Indexed::missing);
  SearchDocument other = document;
  other.title = "Boats";
  EXPECT_EQ(compare(1, other), Indexed::other);
  other = document;
  other.is_public = false;
  EXPECT_EQ(compare(1, other), Indexed::other) << "its terms would be counted";
  remove(1);
  EXPECT_EQ(compare(1, document), Indexed::missing);
  EXPECT_TRUE(SearchIndex::sound(db()));
}

TEST_P(SearchIndexTest, PostgresIsAskedForBlocksOfDocuments) {
  constexpr std::int64_t far = (std::int64_t{1} << 40) + 5;
  const std::vector<std::int64_t> docs = {8'191, 8'192, 600'000, far};
  for (int id = 1; id <= 4; ++id) {
    number_document(id, docs[static_cast<std::size_t>(id - 1)]);
    put_title(id, "boat");
  }
  if (db().engine() == Engine::sqlite) {
    EXPECT_EQ(rows_with(search_token::block(8'192, 13)), 0) << "FTS5 has an order of its own";
    return;
  }
  EXPECT_EQ(find_in_blocks("boat", 0, 8'191, 13), Docs{1});
  EXPECT_EQ(find_in_blocks("boat", 8'192, 8'192, 13), Docs{2});
  EXPECT_EQ(find_in_blocks("boat", 100, 9'000, 13), (Docs{1, 2})) << "whole blocks";
  EXPECT_EQ(find_in_blocks("boat", 0, 8'191, 16), (Docs{1, 2}));
  EXPECT_EQ(find_in_blocks("boat", 524'288, 600'000, 19), Docs{3});
  EXPECT_EQ(find_in_blocks("boat", far - 10, far, 19), Docs{4});
  EXPECT_EQ(find_in_blocks("car", 0, 600'000, 19), Docs{});
}

TEST_P(SearchIndexTest, TheMigrationGivesOlderDocumentsTheirBlocks) {
  const SearchDocument document{.owner = AccountId{1}, .title = "boat"};
  const std::vector<std::int64_t> docs = {1, 8'192, 600'000, (std::int64_t{1} << 40) + 5};
  for (int id = 1; id <= 4; ++id) {
    number_document(id, docs[static_cast<std::size_t>(id - 1)]);
    put(id, document);
  }
  const auto step = std::ranges::find(migrations(), 31, &Migration::number);
  ASSERT_NE(step, migrations().end());
  db().write([&](Tx& tx) {
    for (const std::int64_t doc : docs) {
      for (const int bits : block_bits) {
        if (tx.engine() == Engine::sqlite) continue;
        tx.exec("UPDATE photo_search SET words = ts_delete(words, $1) WHERE doc = $2",
                search_token::block(doc, bits), doc);
      }
    }
    tx.script(for_engine(step->sql, tx.engine()));
  });
  for (int id = 1; id <= 4; ++id) {
    EXPECT_EQ(db().read([&](Tx& tx) { return index_.compare(tx, PhotoId{id}, document); }),
              Indexed::same)
        << id;
  }
}

TEST_P(SearchIndexTest, ADeletedPhotoLeavesTheIndexWhoeverDeletesIt) {
  SearchDocument document{.owner = AccountId{1}, .title = "Secret", .tags = {"quokka"}};
  document.is_public = true;
  put(1, document);
  EXPECT_EQ(number("SELECT photos FROM search_terms"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM search_words WHERE word = 'quokka'"), 1);
  db().write([&](Tx& tx) { tx.exec("DELETE FROM photos"); });
  add_photos(1);
  put_title(2, "Other");
  EXPECT_EQ(find("secret"), Docs{});
  for (const Sql& sql :
       {Sql("SELECT count(*) FROM search_terms"), Sql("SELECT count(*) FROM search_shares"),
        Sql("SELECT count(*) FROM search_photo_terms"),
        Sql("SELECT count(*) FROM search_words WHERE word = 'quokka'"),
        Sql("SELECT count(*) FROM search_spellings WHERE word = 'quokka'")}) {
    EXPECT_EQ(number(sql), 0) << sql.text(db().engine());
  }
}

TEST_P(SearchIndexTest, TermsAreCountedAsLongAsEverybodySeesThem) {
  SearchDocument document{.owner = AccountId{1}, .tags = {"Guitars"}, .labels = {"guitar"}};
  document.shown_labels = document.labels;
  document.is_public = true;
  put(1, document);
  document.tags.clear();
  put(2, document);
  document.is_public = false;
  put(3, document);
  const auto counts = [&] {
    return std::pair(number("SELECT photos FROM search_terms WHERE key = 'guitar'"),
                     number("SELECT tagged FROM search_terms WHERE key = 'guitar'"));
  };
  const auto wrong = [&] { return db().read([](Tx& tx) { return SearchTerms::count_wrong(tx); }); };
  EXPECT_EQ(counts(), std::pair(2L, 1L));
  const auto set = [&](const Sql& sql) { db().write([&](Tx& tx) { tx.exec(sql); }); };
  set("UPDATE accounts SET private = 1");
  EXPECT_EQ(counts(), std::pair(0L, 0L));
  set("UPDATE accounts SET state = 1, private = 0");
  EXPECT_EQ(counts(), std::pair(0L, 0L));
  set("UPDATE accounts SET state = 0");
  EXPECT_EQ(counts(), std::pair(2L, 1L));
  EXPECT_EQ(wrong(), 0);
  set("UPDATE search_terms SET photos = 7");
  EXPECT_EQ(wrong(), 1);
  db().write([](Tx& tx) { SearchTerms::recount(tx); });
  EXPECT_EQ(wrong(), 0);
  EXPECT_EQ(counts(), std::pair(2L, 1L));
  remove(1);
  EXPECT_EQ(counts(), std::pair(1L, 0L));
  remove(2);
  EXPECT_EQ(number("SELECT count(*) FROM search_terms"), 0);
}

TEST_P(SearchIndexTest, ForgetsWhatWasRemovedOrReplacedAndNothingElse) {
  constexpr int photos = 400;
  for (int i = 1; i <= photos; ++i) put_title(i, "harbour number" + std::to_string(i));
  put_title(7, "secretive");
  put_title(8, "mysterious");
  EXPECT_GT(rows_with("ecretiv"), 0);
  remove(7);
  put_title(8, "harbour number8");
  int rests = 0;
  const auto rest = [&rests](Micros step) {
    EXPECT_GE(step, 0);
    return ++rests > 0;
  };
  EXPECT_TRUE(SearchIndex::forget(db(), rest));
  EXPECT_EQ(rests > 0, db().engine() == Engine::sqlite);
  EXPECT_EQ(rows_with("ecretiv"), 0);
  EXPECT_EQ(rows_with("ysterious"), 0);
  EXPECT_EQ(find("secretive"), Docs{});
  EXPECT_EQ(find("harbour").size(), std::size_t{photos - 1});
  EXPECT_EQ(find("number8", true), (Docs{8, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89}));
  rests = 0;
  EXPECT_TRUE(SearchIndex::forget(db(), rest));  // there is nothing to do
  EXPECT_EQ(rests, 0);
  EXPECT_EQ(find("harbour").size(), std::size_t{photos - 1});
}

TEST_P(SearchIndexTest, ForgettingThatIsEndedEarlyGoesOnTheNextTime) {
  if (db().engine() != Engine::sqlite) return;  // nothing to forget there
  constexpr int photos = 4'000;                 // whose words take more pages than one step
  add_photos(photos);
  db().write([&](Tx& tx) {
    for (int i = 1; i <= photos; ++i) {
      const std::string number = std::to_string(i * 7919 % 100'003);
      index_.put_photo(
          tx, PhotoId{i},
          {.owner = AccountId{1}, .title = "w" + number + " x" + number + " y" + number});
    }
  });
  put_title(7, "secretive");
  remove(7);
  int ended = 0;
  while (!SearchIndex::forget(db(), [](Micros) { return false; })) ASSERT_LT(++ended, 1'000);
  EXPECT_GT(ended, 1);
  EXPECT_EQ(rows_with("ecretiv"), 0);
  EXPECT_EQ(find("x", true).size(), std::size_t{photos - 1});
}

TEST(SearchTermsTest, TwoWordsOneErrorApartShareASpelling) {
  const auto share = [](std::string_view one, std::string_view other) {
    const auto mine = spellings_of(one);
    const auto others = spellings_of(other);
    return std::ranges::any_of(
        mine, [&](std::int64_t each) { return std::ranges::find(others, each) != others.end(); });
  };
  for (const char* typed : {"guitar", "gutar", "guittar", "guitsr", "giutar", "guita", "xguitar"}) {
    EXPECT_TRUE(share("guitar", typed)) << typed;
  }
  EXPECT_TRUE(share("müller", "möller"));
  EXPECT_FALSE(share("guitar", "piano"));
  EXPECT_TRUE(spellings_of("cat").empty());
  EXPECT_TRUE(spellings_of("2026").empty());
  EXPECT_TRUE(spellings_of(std::string(25, 'x')).empty());
}

TEST(SearchTermsTest, MonthsFollowEachOther) {
  EXPECT_EQ(month_of(0), 1970 * 12);
  EXPECT_EQ(month_of(1'798'761'599LL * second), 2026 * 12 + 11);
  EXPECT_EQ(month_of(1'798'761'600LL * second), 2027 * 12);
}

}  // namespace
}  // namespace picsharz::db
