// read_table() is the inverse of write_table(), bit for bit, in each format.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "storage/scratch_directory_test.h"
#include "warehouse/enclosure.h"
#include "warehouse/table_folder.h"
#include "warehouse/table_reader.h"
#include "warehouse/table_writer.h"
#include "warehouse/test_engine.h"

namespace picsharz::warehouse {
namespace {

using storage::ScratchDirectory;
using Type = Column::Type;

// A cell that owns what it holds, comparable bit for bit.
struct Kept {
  std::size_t kind = 0;
  std::uint64_t bits = 0;
  std::string bytes;
  bool operator==(const Kept&) const = default;
};

Kept keep(const Cell& cell) {
  Kept kept{.kind = cell.index(), .bytes = {}};
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    kept.bits = static_cast<std::uint64_t>(*integer);
  }
  if (const auto* real = std::get_if<double>(&cell))
    kept.bits = std::bit_cast<std::uint64_t>(*real);
  if (const auto* text = std::get_if<std::string_view>(&cell)) kept.bytes = *text;
  if (const auto* bytes = std::get_if<Bytes>(&cell)) kept.bytes = bytes->view;
  return kept;
}

class TableTest : public testing::TestWithParam<Format> {
 protected:
  void SetUp() override {
    if (GetParam() == Format::parquet) NEEDS_DUCKDB;
  }

  Written write(const std::vector<Column>& columns, const std::vector<std::vector<Cell>>& rows) {
    const auto writer = write_table(test::engine(), GetParam(), path_, columns);
    for (const auto& row : rows) writer->row(row);
    return writer->finish();
  }

  std::vector<std::vector<Kept>> read(const std::vector<Column>& columns) {
    std::vector<std::vector<Kept>> rows;
    const auto count =
        read_table(test::engine(), GetParam(), path_, columns, [&](std::span<const Cell> cells) {
          auto& row = rows.emplace_back();
          for (const Cell& cell : cells) row.push_back(keep(cell));
        });
    EXPECT_EQ(count, static_cast<std::int64_t>(rows.size()));
    return rows;
  }

  void round_trip(const std::vector<Column>& columns, const std::vector<std::vector<Cell>>& rows) {
    const Written written = write(columns, rows);
    EXPECT_EQ(written.rows, static_cast<std::int64_t>(rows.size()));
    EXPECT_EQ(written.bytes, static_cast<std::int64_t>(std::filesystem::file_size(path_)));
    std::vector<std::vector<Kept>> wanted;
    for (const auto& row : rows) {
      auto& kept = wanted.emplace_back();
      for (const Cell& cell : row) kept.push_back(keep(cell));
    }
    EXPECT_EQ(read(columns), wanted);
  }

  ScratchDirectory folder_;
  const std::string path_ = folder_ / "table";
};

INSTANTIATE_TEST_SUITE_P(Formats, TableTest,
                         testing::Values(Format::parquet, Format::json, Format::csv),
                         [](const auto& format) { return std::string(name_of(format.param)); });

const std::vector<Column> four = {{"id", Type::integer},
                                  {"score", Type::real},
                                  {"a \"name\", with\nall", Type::text},
                                  {"hash", Type::bytes}};

TEST_P(TableTest, GivesBackTheHardestValues) {
  std::vector<std::vector<Cell>> rows;
  for (const std::int64_t number :
       {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min(), (std::int64_t{1} << 53) + 1}) {
    rows.push_back({number, Cell{}, Cell{}, Cell{}});
  }
  using Limits = std::numeric_limits<double>;
  for (const double number : {0.0, -0.0, 0.1, 1e300, -1e-300, 3.0, Limits::max(), Limits::min(),
                              Limits::denorm_min(), 123456789.125, 1e22}) {
    rows.push_back({Cell{}, number, Cell{}, Cell{}});
  }
  for (const std::string_view text : {"",
                                      " ",
                                      "\"",
                                      "\"\"",
                                      ",",
                                      "\n",
                                      "\r\n",
                                      "a\rb",
                                      "NULL",
                                      "null",
                                      "\\N",
                                      "\\",
                                      "\\n",
                                      "'",
                                      "\xEF\xBF\xBD",
                                      "\xEF\xBB\xBF",
                                      "<script>",
                                      "\x01\x1F\x7F",
                                      "\xF0\x9F\x8E\xB8",
                                      "0",
                                      "-0",
                                      "1e5",
                                      "\t x ",
                                      "=cmd()",
                                      "\xE2\x80\xA8"}) {
    rows.push_back({Cell{}, Cell{}, text, Cell{}});
  }
  std::string every_byte(256, '\0');
  for (int i = 0; i < 256; ++i) every_byte[static_cast<std::size_t>(i)] = static_cast<char>(i);
  for (const std::string_view bytes : {std::string_view(), std::string_view("\0", 1),
                                       std::string_view(every_byte), std::string_view("text")}) {
    rows.push_back({Cell{}, Cell{}, Cell{}, Bytes{bytes}});
  }
  rows.push_back({Cell{}, Cell{}, Cell{}, Cell{}});
  round_trip(four, rows);
}

TEST_P(TableTest, GivesBackNothing) { round_trip(four, {}); }

TEST_P(TableTest, GivesBackOneColumnOfNothing) {
  round_trip({{"only", Type::text}}, {{Cell{}}, {Cell{""}}, {Cell{}}, {Cell{}}});
}

TEST_P(TableTest, KeepsTheOrderOfManyRows) {
  constexpr int count = 150'000;
  const std::vector<Column> columns = {{"id", Type::integer}, {"text", Type::text}};
  const auto writer = write_table(test::engine(), GetParam(), path_, columns);
  std::string text;
  const auto text_of = [&](std::int64_t id) -> std::string_view {
    return text = std::string(static_cast<std::size_t>(id % 300), 'x') + std::to_string(id);
  };
  for (std::int64_t id = 0; id < count; ++id) writer->row(std::array<Cell, 2>{id * 7, text_of(id)});
  EXPECT_EQ(writer->finish().rows, count);
  std::int64_t next = 0;
  read_table(test::engine(), GetParam(), path_, columns, [&](std::span<const Cell> cells) {
    ASSERT_EQ(std::get<std::int64_t>(cells[0]), next * 7);
    ASSERT_EQ(std::get<std::string_view>(cells[1]), text_of(next));
    ++next;
  });
  EXPECT_EQ(next, count);
}

TEST_P(TableTest, GivesBackWhatIsRandom) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::vector<std::string> held(2'000);
  std::vector<std::vector<Cell>> rows;
  for (std::string& bytes : held) {
    bytes.resize(random() % 40);
    for (char& byte : bytes) byte = static_cast<char>(random());
    const double real = std::bit_cast<double>(random());
    rows.push_back({random() % 3 == 0 ? Cell{} : Cell{static_cast<std::int64_t>(random())},
                    std::isfinite(real) ? Cell{real} : Cell{}, Cell{}, Bytes{bytes}});
  }
  round_trip(four, rows);
}

TEST_P(TableTest, RefusesWhatNoFormatWouldGiveBack) {
  const double infinite = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<Cell>> wrong = {
      {Cell{std::int64_t{1}}, Cell{}, Cell{}},
      {Cell{"1"}, Cell{}, Cell{}, Cell{}},
      {Cell{}, Cell{infinite}, Cell{}, Cell{}},
      {Cell{}, Cell{-std::nan("")}, Cell{}, Cell{}},
      {Cell{}, Cell{}, Cell{"\xFF"}, Cell{}},
      {Cell{}, Cell{}, Cell{"\xED\xA0\x80"}, Cell{}},
      {Cell{}, Cell{}, Cell{"\xC0\x80"}, Cell{}},
      {Cell{}, Cell{}, Cell{std::string_view("a\0b", 3)}, Cell{}},
      {Cell{}, Cell{}, Bytes{"bytes"}, Cell{}},
  };
  for (const auto& row : wrong) {
    const auto writer = write_table(test::engine(), GetParam(), path_, four);
    EXPECT_THROW(writer->row(row), WarehouseError);
  }
}

TEST_P(TableTest, KnowsAFileWithOtherColumns) {
  write(four, {{Cell{std::int64_t{1}}, Cell{}, Cell{}, Cell{}}});
  auto others = four;
  others[0].name = "photo_id";
  EXPECT_THROW(read(others), WarehouseError);
  others = four;
  others.push_back({"more", Type::text});
  EXPECT_THROW(read(others), WarehouseError);
  others = four;
  others.pop_back();
  EXPECT_THROW(read(others), WarehouseError);
}

TEST_P(TableTest, KnowsAFileThatIsCutOff) {
  write(four, {{Cell{std::int64_t{1}}, Cell{0.5}, Cell{"one"}, Bytes{"1"}},
               {Cell{std::int64_t{2}}, Cell{1.5}, Cell{"two"}, Bytes{"2"}}});
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 3);
  EXPECT_THROW(read(four), WarehouseError);
  EXPECT_THROW(read_table(test::engine(), GetParam(), folder_ / "nowhere", four,
                          [](std::span<const Cell>) {}),
               WarehouseError);
}

TEST_P(TableTest, WhoReadsMayStop) {
  write(four, {{Cell{std::int64_t{1}}, Cell{}, Cell{}, Cell{}}});
  EXPECT_THROW(read_table(test::engine(), GetParam(), path_, four,
                          [](std::span<const Cell>) { throw std::out_of_range("enough"); }),
               std::out_of_range);
}

TEST_P(TableTest, SaysThatItsFolderIsMissing) {
  EXPECT_THROW(write_table(test::engine(), GetParam(), folder_ / "no/table", four), WarehouseError);
}

// A backup's hundred tables take the same way.
TEST_P(TableTest, OneAfterTheOtherInAFolder) {
  TableFolder tables(test::engine(), GetParam(), folder_ / "");
  const std::vector<Column> other{{"word", Type::text}};
  {
    const auto begun = tables.write(folder_ / "a", four);  // and given up
    begun->row(std::array<Cell, 4>{std::int64_t{1}, 0.5, "one", Bytes{"1"}});
  }
  for (std::int64_t round = 1; round <= 3; ++round) {
    const auto first = tables.write(folder_ / "a", four);
    first->row(std::array<Cell, 4>{round, 0.5, "one", Bytes{"1"}});
    EXPECT_EQ(first->finish().rows, 1);
    const auto second = tables.write(folder_ / "b", other);
    for (std::int64_t i = 0; i < round; ++i) second->row(std::array<Cell, 1>{"word"});
    EXPECT_EQ(second->finish().rows, round);
    std::int64_t found = 0;
    tables.read(folder_ / "a", four,
                [&](std::span<const Cell> cells) { found = std::get<std::int64_t>(cells[0]); });
    EXPECT_EQ(found, round);
    EXPECT_THROW(tables.read(folder_ / "a", other, [](std::span<const Cell>) {}), WarehouseError);
    EXPECT_EQ(tables.read(folder_ / "b", other, [](std::span<const Cell>) {}), round);
  }
}

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST(TableText, JsonIsALineARow) {
  const ScratchDirectory folder;
  const std::string path = folder / "table.json";
  const auto writer = write_table(
      {}, Format::json, path,
      {{"id", Type::integer}, {"r", Type::real}, {"t", Type::text}, {"b", Type::bytes}});
  writer->row(std::array<Cell, 4>{std::int64_t{1}, -0.0, "a\"\n<", Bytes{"\xFF\x0A"}});
  writer->row(std::array<Cell, 4>{});
  writer->finish();
  EXPECT_EQ(content_of(path),
            "{\"id\":1,\"r\":-0.0,\"t\":\"a\\\"\\n\\u003c\",\"b\":\"ff0a\"}\n"
            "{\"id\":null,\"r\":null,\"t\":null,\"b\":null}\n");
}

TEST(TableText, CsvTellsNothingFromEmptyText) {
  const ScratchDirectory folder;
  const std::string path = folder / "table.csv";
  const auto writer = write_table({}, Format::csv, path,
                                  {{"id", Type::integer}, {"t", Type::text}, {"b", Type::bytes}});
  writer->row(std::array<Cell, 3>{std::int64_t{1}, "a \"b\"", Bytes{"\xFF"}});
  writer->row(std::array<Cell, 3>{Cell{}, "", Bytes{""}});
  writer->row(std::array<Cell, 3>{});
  writer->finish();
  EXPECT_EQ(content_of(path), "\"id\",\"t\",\"b\"\n1,\"a \"\"b\"\"\",\"ff\"\n,\"\",\"\"\n,,\n");
}

TEST(TableEngine, WritesIntoAPipe) {
  const ScratchDirectory folder;
  const std::string pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  for (const Format format : {Format::csv, Format::json}) {
    EXPECT_EQ(write_table({}, format, pipe, four)->finish().rows, 0);
  }
  ::close(reader);
}

TEST(TableEngine, WritesOneTableOfAFolderAtATime) {
  NEEDS_DUCKDB;
  const ScratchDirectory folder;
  TableFolder tables(test::engine(), Format::parquet, folder / "");
  const auto first = tables.write(folder / "a", four);
  EXPECT_THROW(tables.write(folder / "b", four), WarehouseError);
  EXPECT_EQ(first->finish().rows, 0);
  EXPECT_EQ(tables.write(folder / "b", four)->finish().rows, 0);
}

TEST(TableEngine, OpensNothingOutsideOfItsFolder) {
  NEEDS_DUCKDB;
  const ScratchDirectory folder;
  const ScratchDirectory elsewhere;
  write_table(test::engine(), Format::parquet, elsewhere / "table", four)->finish();
  TableFolder tables(test::engine(), Format::parquet, folder / "");
  try {
    tables.read(elsewhere / "table", four, [](std::span<const Cell>) {});
    EXPECT_FALSE(available_enclosure().landlock);
  } catch (const WarehouseError& failure) {
    EXPECT_NE(std::string(failure.what()).find("Permission denied"), std::string::npos)
        << failure.what();
  }
}

TEST(TableEngine, SaysWhatToDoWithoutDuckdb) {
  const ScratchDirectory folder;
  const Engine missing{.library = "/nowhere/libduckdb.so"};
  const auto writer = write_table(missing, Format::parquet, folder / "table", four);
  try {
    writer->finish();
    FAIL() << "a table was written without a library";
  } catch (const WarehouseError& failure) {
    EXPECT_NE(std::string(failure.what()).find("fetch_duckdb.py"), std::string::npos)
        << failure.what();
  }
}

}  // namespace
}  // namespace picsharz::warehouse
