// What was deleted is in no file of SQLite any more, and everything else is as it was.

#include "db/file_traces.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace picsharz::db {
namespace {

class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "picsharz_traces_XXXXXX").string()) {
    if (!::mkdtemp(path_.data())) throw std::runtime_error("no folder: " + path_);
  }
  ~Folder() {
    std::error_code ignored;  // what stays behind is no reason to fail a test
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path file() const { return std::filesystem::path(path_) / "traces.db"; }

 private:
  std::string path_;
};

constexpr auto at_once = [](Micros) { return true; };

int count_in(const std::filesystem::path& path, std::string_view word) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  int found = 0;
  for (std::size_t at = bytes.find(word); at != bytes.npos; at = bytes.find(word, at + 1)) ++found;
  return found;
}

std::string text_of(int number, std::mt19937& random) {
  const std::string word = (number % 3 == 0 ? "Quagga" : "Others") + std::to_string(number) + " ";
  std::string text;
  for (auto times = 1 + random() % 60; times > 0; --times) text += word;
  return text;
}

// Rows of two people, mixed, so that pages split with both on them.
void fill(Database& database, std::mt19937& random) {
  std::vector<int> numbers(3000);
  std::iota(numbers.begin(), numbers.end(), 1);
  std::ranges::shuffle(numbers, random);
  database.write([&](Tx& tx) {
    tx.exec("CREATE TABLE texts (id INTEGER PRIMARY KEY, owner BIGINT, text TEXT)");
    tx.exec("CREATE TABLE words (word TEXT PRIMARY KEY, owner BIGINT) WITHOUT ROWID");
    for (const int number : numbers) {
      const int owner = number % 3 == 0 ? 1 : 2;
      tx.exec("INSERT INTO texts (id, owner, text) VALUES ($1, $2, $3)",
              number * std::int64_t{7919} % 100'003, owner, text_of(number, random));
      tx.exec("INSERT INTO words (word, owner) VALUES ($1, $2)",
              (owner == 1 ? "Quagga" : "Others") + std::to_string(number), owner);
      if (number % 4 == 0) {
        tx.exec("UPDATE texts SET text = text || $2 WHERE id = $1",
                number * std::int64_t{7919} % 100'003, text_of(number, random));
      }
    }
  });
}

std::string all_of(Database& database) {
  std::string all;
  database.read([&](Tx& tx) {
    tx.each("SELECT id, text FROM texts ORDER BY id",
            [&](const Row& row) { all += row.string(0) + row.string(1); });
    tx.each("SELECT word FROM words ORDER BY word", [&](const Row& row) { all += row.text(0); });
  });
  return all;
}

TEST(FileTracesTest, WhatWasDeletedIsInNoFile) {
  const Folder folder;
  const std::filesystem::path path = folder.file();
  const auto database = open_sqlite({.path = path.string()});
  std::mt19937 random(20260727);
  fill(*database, random);
  for (std::int64_t deleted = 1; deleted > 0;) {
    deleted = database->write([&](Tx& tx) {
      return tx.exec(
                 "DELETE FROM texts WHERE id IN (SELECT id FROM texts WHERE owner = 1 LIMIT 50)") +
             tx.exec(
                 "DELETE FROM words WHERE word IN (SELECT word FROM words WHERE owner = 1"
                 " LIMIT 50)");
    });
  }
  const std::string kept = all_of(*database);
  ASSERT_GT(count_in(path.string() + "-wal", "Quagga") + count_in(path, "Quagga"), 0);
  ASSERT_TRUE(wipe_traces(*database, at_once));
  EXPECT_EQ(count_in(path, "Quagga"), 0);
  EXPECT_EQ(count_in(path.string() + "-wal", "Quagga"), 0);
  EXPECT_GT(count_in(path, "Others"), 0);
  EXPECT_EQ(all_of(*database), kept);
  // What is written to the same pages afterwards brings nothing back.
  database->write([&](Tx& tx) { tx.exec("UPDATE texts SET text = text || 'x' WHERE id % 5 = 0"); });
  ASSERT_TRUE(wipe_traces(*database, at_once));
  EXPECT_EQ(count_in(path, "Quagga"), 0);
  const auto said = database->read([&](Tx& tx) {
    return tx.one("PRAGMA integrity_check", [](const Row& row) { return row.string(0); });
  });
  EXPECT_EQ(said, "ok");
}

TEST(FileTracesTest, ALongReadIsNotDisturbed) {
  const Folder folder;
  const auto database = open_sqlite({.path = folder.file().string()});
  std::mt19937 random(4);
  fill(*database, random);
  database->read([&](Tx& tx) {
    const auto rows = [](const Row& row) { return row.integer(0); };
    const auto before = tx.one("SELECT sum(length(text)) FROM texts", rows);
    database->write([&](Tx& other) { other.exec("DELETE FROM texts WHERE owner = 1"); });
    EXPECT_FALSE(wipe_traces(*database, at_once));  // it needs the log
    EXPECT_EQ(tx.one("SELECT sum(length(text)) FROM texts", rows), before);
  });
  EXPECT_TRUE(wipe_traces(*database, at_once));
}

TEST(FileTracesTest, ItEndsWhenTheProgramDoes) {
  const Folder folder;
  const auto database = open_sqlite({.path = folder.file().string()});
  database->write([&](Tx& tx) {
    tx.exec("CREATE TABLE much (id INTEGER PRIMARY KEY, bytes BYTEA)");
    for (int i = 0; i < 40; ++i) {
      tx.exec("INSERT INTO much (bytes) VALUES ($1)", Param::bytes(std::string(1 << 18, 'x')));
    }
  });
  int steps = 0;
  EXPECT_FALSE(wipe_traces(*database, [&](Micros) { return ++steps < 1; }));
  EXPECT_EQ(steps, 1);
  EXPECT_TRUE(wipe_traces(*database, at_once));
}

}  // namespace
}  // namespace picsharz::db
