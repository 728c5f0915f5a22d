// Questions over tables in files, and what nobody gets by asking.
#include "warehouse/query.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "storage/scratch_directory_test.h"
#include "warehouse/enclosure.h"
#include "warehouse/table_writer.h"
#include "warehouse/test_engine.h"

namespace picsharz::warehouse {
namespace {

using storage::ScratchDirectory;
using Type = Column::Type;

// An answer as texts, a row a line.
struct Told {
  std::vector<QueryColumn> columns;
  std::vector<std::string> rows;
  std::expected<Answered, QueryFailure> end = Answered{};
};

std::string text_of(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&cell)) return std::to_string(*real);
  if (const auto* text = std::get_if<std::string_view>(&cell)) return std::string(*text);
  if (const auto* bytes = std::get_if<Bytes>(&cell)) return "x" + std::string(bytes->view);
  return "NULL";
}

class QueryTest : public testing::Test {
 protected:
  void SetUp() override {
    NEEDS_DUCKDB;
    write(Format::parquet);
  }

  // Three accounts, one of them without a name.
  void write(Format format) {
    const std::vector<Column> columns = {{"id", Type::integer},
                                         {"handle", Type::text},
                                         {"score", Type::real},
                                         {"avatar", Type::bytes},
                                         {"password_hash", Type::text}};
    const std::string name = "accounts." + std::string(name_of(format));
    const auto writer = write_table(test::engine(), format, folder_ / name, columns);
    writer->row(std::array<Cell, 5>{std::int64_t{1}, "mei", 0.5, Bytes{"\x01"}, "$argon2id$1"});
    writer->row(std::array<Cell, 5>{std::int64_t{2}, "", 1.5, Cell{}, "$argon2id$2"});
    writer->row(std::array<Cell, 5>{std::int64_t{3}, Cell{}, -0.25, Bytes{""}, "$argon2id$3"});
    writer->finish();
    question_.folder = folder_.path();
    question_.tables = {{"accounts", name, format, columns, {"password_hash"}}};
  }

  Told ask_for(const std::string& sql) {
    question_.sql = sql;
    Told told;
    told.end = ask(test::engine(), question_, cancellation_,
                   {.columns =
                        [&](std::span<const QueryColumn> columns) {
                          told.columns.assign(columns.begin(), columns.end());
                        },
                    .row =
                        [&](std::span<const Cell> cells) {
                          std::string& line = told.rows.emplace_back();
                          for (const Cell& cell : cells) {
                            if (!line.empty()) line += '|';
                            line += text_of(cell);
                          }
                        }});
    return told;
  }

  // What is said to a question that is not answered.
  std::string refusal(const std::string& sql) {
    const Told told = ask_for(sql);
    if (told.end) return "answered";
    EXPECT_EQ(told.end.error().end, QueryEnd::wrong) << sql;
    EXPECT_TRUE(told.rows.empty()) << sql;
    return told.end.error().message;
  }

  std::string content() const {
    std::string names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      names += entry.path().filename().string() + " " + std::to_string(entry.file_size()) + "\n";
    }
    return names;
  }

  ScratchDirectory folder_;
  Cancellation cancellation_;
  Question question_{.folder = {}, .tables = {}, .sql = {}, .limits = {.time = 120 * second}};
};

using Rows = std::vector<std::string>;

TEST_F(QueryTest, AnswersInOrder) {
  const Told told =
      ask_for("select id, handle, score, avatar from accounts order by id desc; -- !");
  ASSERT_TRUE(told.end) << told.end.error().message;
  EXPECT_EQ(told.rows, (Rows{"3|NULL|-0.250000|x", "2||1.500000|NULL", "1|mei|0.500000|x\x01"}));
  EXPECT_EQ(told.end->rows, 3);
  EXPECT_FALSE(told.end->truncated);
  ASSERT_EQ(told.columns.size(), 4U);
  EXPECT_EQ(told.columns[0].name, "id");
  EXPECT_EQ(told.columns[0].type, "BIGINT");
  EXPECT_EQ(told.columns[0].kind, Type::integer);
  EXPECT_EQ(told.columns[1].kind, Type::text);
  EXPECT_EQ(told.columns[2].kind, Type::real);
  EXPECT_EQ(told.columns[3].kind, Type::bytes);
}

TEST_F(QueryTest, ReadsEveryFormatAlike) {
  const std::string sql = "select id, handle, score, avatar from accounts order by id";
  const Rows wanted = ask_for(sql).rows;
  ASSERT_EQ(wanted.size(), 3U);
  for (const Format format : {Format::json, Format::csv}) {
    write(format);
    const Told told = ask_for(sql);
    ASSERT_TRUE(told.end) << told.end.error().message;
    EXPECT_EQ(told.rows, wanted) << name_of(format);
  }
}

TEST_F(QueryTest, MakesFourTypesOfAll) {
  const Told told = ask_for(
      "select true, 7::UTINYINT, sum(id), 1.25::DECIMAL(6,2), 1.0 / 0, DATE '2026-11-29', "
      "TIMESTAMPTZ '2026-11-29 01:02:03+00', [1, 2], {'a': 'b'}, INTERVAL 2 day, "
      "'00000000-0000-0000-0000-000000000001'::UUID, NULL, 'x'::BLOB from accounts");
  ASSERT_TRUE(told.end) << told.end.error().message;
  EXPECT_EQ(told.rows, (Rows{"1|7|6|1.250000|NULL|2026-11-29|2026-11-29 01:02:03+00|[1, 2]|"
                             "{'a': b}|2 days|00000000-0000-0000-0000-000000000001|NULL|xx"}));
  EXPECT_EQ(told.columns[0].type, "BOOLEAN");
  EXPECT_EQ(told.columns[2].kind, Type::integer) << "a sum that fits";
  EXPECT_EQ(told.columns[3].type, "DECIMAL(6,2)");
}

// What is wider than 64 bits keeps every digit, as text.
TEST_F(QueryTest, MakesFourTypesOfAllThatIsWide) {
  const Told hashes = ask_for("select 9223372036854775808::UBIGINT, 1::UBIGINT, 2::UHUGEINT");
  ASSERT_TRUE(hashes.end) << hashes.end.error().message;
  EXPECT_EQ(hashes.rows, Rows{"9223372036854775808|1|2"});
  for (const QueryColumn& column : hashes.columns) EXPECT_EQ(column.kind, Type::text);
  EXPECT_EQ(ask_for("select hash(id) from accounts").rows.size(), 3U);
  const Told sums = ask_for("select sum(1793491200000000), sum(1), max(range) from range(10000)");
  ASSERT_TRUE(sums.end) << sums.end.error().message;
  EXPECT_EQ(sums.rows, Rows{"17934912000000000000|10000|9999"});
  EXPECT_EQ(sums.columns[0].kind, Type::text);
  EXPECT_EQ(sums.columns[2].kind, Type::integer);
  const Told edges = ask_for(
      "select '-9223372036854775808'::HUGEINT, '9223372036854775807'::HUGEINT, NULL::HUGEINT");
  ASSERT_TRUE(edges.end) << edges.end.error().message;
  EXPECT_EQ(edges.rows, Rows{"-9223372036854775808|9223372036854775807|NULL"});
  EXPECT_EQ(edges.columns[0].kind, Type::integer);
}

// Many rows were sent as whole numbers before one comes that is none.
TEST_F(QueryTest, SaysWhereAWideNumberComesTooLate) {
  question_.limits.rows = 1'000'000;
  const std::string sql =
      "select case when range = 999999 then '17934912000000000000'::HUGEINT else range end as n "
      "from range(1000000)";
  const Told late = ask_for(sql);
  ASSERT_FALSE(late.end);
  EXPECT_EQ(late.end.error().end, QueryEnd::wrong);
  EXPECT_NE(late.end.error().message.find("::VARCHAR"), std::string::npos);
  EXPECT_EQ(late.end.error().message.find("LINE"), std::string::npos);
  const Told text = ask_for("select n::VARCHAR from (" + sql + ") where n > 999998");
  EXPECT_EQ(text.rows, Rows{"17934912000000000000"});
}

TEST_F(QueryTest, TellsWhichTablesItRead) {
  question_.tables.push_back(question_.tables[0]);
  question_.tables.back().name = "handle";
  using Names = std::vector<std::string>;
  EXPECT_EQ(ask_for("select handle from accounts").end->tables, Names{"accounts"});
  EXPECT_EQ(ask_for("select 'accounts' as accounts").end->tables, Names{});
  EXPECT_EQ(ask_for("select count(*) from memory.main.\"Handle\" accounts").end->tables,
            Names{"handle"});
  EXPECT_EQ(ask_for("from accounts where id in (select id from handle)").end->tables,
            (Names{"accounts", "handle"}));
  EXPECT_EQ(ask_for("summarize accounts").end->tables, Names{"accounts"});
  question_.limits.rows = 1;
  EXPECT_EQ(ask_for("select id from accounts, range(1000000)").end->tables, Names{"accounts"});
}

TEST_F(QueryTest, AnswersWhatIsSelectedInOtherWords) {
  EXPECT_EQ(ask_for("from accounts select count(*)").rows, Rows{"3"});
  EXPECT_EQ(ask_for("with a as (select id from accounts) select max(id) from a").rows, Rows{"3"});
  EXPECT_EQ(ask_for("values (1), (2)").rows, (Rows{"1", "2"}));
  EXPECT_EQ(ask_for("show tables").rows, Rows{"accounts"});
  EXPECT_EQ(ask_for("describe accounts").rows.size(), 4U);
  EXPECT_EQ(ask_for("summarize accounts").rows.size(), 4U);
  EXPECT_EQ(ask_for("select count(*) from memory.main.accounts").rows, Rows{"3"});
  EXPECT_EQ(ask_for("select count(*) from MAIN.accounts").rows, Rows{"3"});
  EXPECT_EQ(ask_for("select table_name from information_schema.tables").rows, Rows{"accounts"});
  EXPECT_EQ(ask_for("select view_name from duckdb_views where not internal").rows,
            Rows{"accounts"});
  EXPECT_EQ(ask_for("select viewname from pg_catalog.pg_views where viewname = 'accounts'").rows,
            Rows{"accounts"});
  EXPECT_EQ(ask_for("show tables from main").rows, Rows{"accounts"});
  EXPECT_EQ(ask_for("from (pivot accounts on id in (1, 2) using count(*))").rows.size(), 3U);
  EXPECT_EQ(ask_for("select x from range(3) t(x)").rows, (Rows{"0", "1", "2"}));
  EXPECT_EQ(ask_for("with recursive r(x) as (select 1 union all select x + 1 from r where x < 4) "
                    "select max(x) from r")
                .rows,
            Rows{"4"});
  EXPECT_EQ(ask_for("select ')\"; drop table accounts; --'").rows,
            Rows{")\"; drop table accounts; --"});
}

// What of these is not refused, as bits. It is where DuckDB is, whatever that would do.
int allowed_when_enclosed(const std::string& file, const std::string& fresh) {
  if (!enclose({.read = {file}, .write = {}}).complete()) return 98;
  int allowed = 0;
  const auto note = [&allowed](int bit, bool done) { allowed |= done ? 1 << bit : 0; };
  note(0, ::open(file.c_str(), O_RDONLY | O_CLOEXEC) < 0);  // the one that it may read
  note(1, ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0);
  note(2, ::open(file.c_str(), O_WRONLY | O_CLOEXEC) >= 0);
  note(3, ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0);
  note(4, ::socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM);
  note(5, ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM);
  const std::array<const char*, 4> words{"sh", "-c", "exit 99", nullptr};
  ::execv("/bin/sh", const_cast<char* const*>(words.data()));  // 99, where it is allowed
  return allowed;
}

TEST_F(QueryTest, TheKernelRefusesWhatDuckdbWouldHaveToRefuse) {
  if (!available_enclosure().complete()) GTEST_SKIP() << "this kernel has no Landlock or seccomp";
  const std::string file = folder_ / "accounts.parquet";
  const std::string before = content();
  const pid_t child = ::fork();
  if (child == 0) {
    int allowed = 97;
    try {
      allowed = allowed_when_enclosed(file, file + ".new");
    } catch (const std::exception&) {  // this process never goes on with the tests
    }
    ::_exit(allowed);
  }
  int status = 0;
  ASSERT_EQ(child, ::waitpid(child, &status, 0));
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(0, WEXITSTATUS(status));
  EXPECT_EQ(before, content());
}

// Each of its compressed pages begins with zstd's magic number.
TEST_F(QueryTest, ParquetIsCompressedWithZstd) {
  const std::vector<Column> columns = {{"id", Type::integer}, {"words", Type::text}};
  const std::string path = folder_ / "words.parquet";
  const auto writer = write_table(test::engine(), Format::parquet, path, columns);
  const std::string words(400, 'w');
  for (std::int64_t id = 0; id < 5'000; ++id) {
    const std::string each = words + std::to_string(id);
    writer->row(std::array<Cell, 2>{id, std::string_view(each)});
  }
  writer->finish();
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(bytes.find("\x28\xB5\x2F\xFD"), std::string::npos);
  EXPECT_LT(bytes.size(), 5'000U * words.size() / 10);
}

TEST_F(QueryTest, HasABoundOfRows) {
  question_.limits.rows = 2;
  const Told told = ask_for("select id from accounts order by id");
  ASSERT_TRUE(told.end) << told.end.error().message;
  EXPECT_EQ(told.rows, (Rows{"1", "2"}));
  EXPECT_TRUE(told.end->truncated);
  question_.limits.rows = 3;
  EXPECT_FALSE(ask_for("select id from accounts").end->truncated);
}

TEST_F(QueryTest, HasABoundOfBytes) {
  question_.limits.bytes = 1'000;
  const Told told = ask_for("select repeat('x', 400) from range(100)");
  ASSERT_TRUE(told.end) << told.end.error().message;
  EXPECT_EQ(told.rows.size(), 2U);
  EXPECT_TRUE(told.end->truncated);
}

TEST_F(QueryTest, HasABoundOfARow) {
  question_.limits.row_bytes = 1'000;
  EXPECT_EQ(ask_for("select repeat('x', 990)").rows.size(), 1U);
  for (const char* sql : {"select repeat('x', 1001)", "select repeat('x', 600), repeat('y', 600)",
                          "select repeat('x', 600)::BLOB, repeat('y', 600)::BLOB"}) {
    const Told told = ask_for(sql);
    ASSERT_FALSE(told.end) << sql;
    EXPECT_EQ(told.end.error().end, QueryEnd::too_large) << sql;
    EXPECT_TRUE(told.rows.empty()) << sql;
  }
}

TEST_F(QueryTest, TakesNoLargeCellIntoMemory) {
  const Told told = ask_for("select repeat('x', 200000000)");
  ASSERT_FALSE(told.end);
  EXPECT_EQ(told.end.error().end, QueryEnd::too_large);
  const Told next = ask_for("select repeat('x', 8000000)");
  ASSERT_TRUE(next.end) << next.end.error().message;
  EXPECT_EQ(next.rows.size(), 1U);
}

TEST_F(QueryTest, SaysWhatIsWrong) {
  EXPECT_NE(refusal("select nothing from accounts").find("nothing"), std::string::npos);
  EXPECT_NE(refusal("selec 1").find("selec"), std::string::npos);
  EXPECT_EQ(refusal("create table t (x integer)"), "Only a SELECT is answered.");
  EXPECT_NE(refusal("select 1; select 2").find("one"), std::string::npos);
  EXPECT_NE(refusal("").find("question"), std::string::npos);
  EXPECT_NE(refusal("select $1"), "answered");
  EXPECT_NE(refusal("select 'x'::INTEGER"), "answered");
  EXPECT_NE(refusal("select error('stop') from accounts"), "answered");
  EXPECT_NE(refusal(std::string("select 1\0", 9)), "answered");
}

// Where it is in the question may be said, and nothing of the statement that is made of it.
TEST_F(QueryTest, SaysNothingOfItsOwnStatement) {
  const std::string wrong = refusal("select handle,\n  nothing from accounts");
  EXPECT_NE(wrong.find("LINE 2:   nothing from accounts"), std::string::npos) << wrong;
  for (const char* sql :
       {"select handle::INTEGER from accounts", "select 'x'::INTEGER",
        "select handle::UBIGINT from accounts", "select id::VARCHAR::BOOLEAN from accounts"}) {
    const std::string said = refusal(sql);
    EXPECT_NE(said.find("Conversion Error"), std::string::npos) << said;
    EXPECT_EQ(said.find("LINE"), std::string::npos) << said;
    EXPECT_EQ(said.find("CAST(c0"), std::string::npos) << said;
  }
}

TEST_F(QueryTest, ShowsNobodyWhatIsHidden) {
  EXPECT_NE(refusal("select password_hash from accounts").find("password_hash"), std::string::npos);
  EXPECT_EQ(ask_for("select * from accounts").columns.size(), 4U);
  const std::string file = "'" + (folder_ / "accounts.parquet") + "'";
  for (const std::string& sql :
       {"select * from read_parquet(" + file + ")",
        "select * from " + file,
        "select * from parquet_scan(" + file + ")",
        "select * from query($$select * from read_parquet(" + file + ")$$)",
        "select * from query_table(" + file + ")",
        "select * from parquet_metadata(" + file + ")",
        "select * from read_blob(" + file + ")",
        "describe " + file,
        "select (select max(password_hash) from read_parquet(" + file + "))",
        "with a as (select * from READ_PARQUET(" + file + ")) select * from a",
        "select * from \"" + (folder_ / "accounts.parquet") + "\"",
        "summarize (select * from " + file + ")",
        "select * from system.main.read_parquet(" + file + ")",
        "from sniff_csv(" + file + ")",
        "from histogram(" + file + ", password_hash)",
        "explain select * from " + file,
        std::string("from json_execute_serialized_sql(json_serialize_sql('select 1'))"),
        "create macro m() as table select * from " + file,
        "select list_transform([1], lambda x: (select max(password_hash) from " + file + "))",
        "copy accounts from " + file,
        "import database " + file,
        std::string("execute p"),
        std::string("call glob('*')")}) {
    EXPECT_NE(refusal(sql), "answered") << sql;
  }
}

// DuckDB makes one name of catalog, schema and table before it looks whether that is a file's.
TEST_F(QueryTest, TakesNoSchemaForAFolder) {
  for (const Format format : {Format::parquet, Format::json, Format::csv}) {
    write(format);
    const std::string file = "\"" + (folder_ / "accounts") + "\"." + std::string(name_of(format));
    for (const std::string& sql : {"select * from " + file, "describe " + file, "summarize " + file,
                                   "select (select max(password_hash) from " + file + ")",
                                   "pivot " + file + " on id in (1, 2) using max(password_hash)"}) {
      EXPECT_NE(refusal(sql).find("files cannot be asked"), std::string::npos) << sql;
    }
  }
}

TEST_F(QueryTest, TakesNoSchemaForAFolderWhereverItStands) {
  const std::string file = "\"" + (folder_ / "accounts") + "\".parquet";
  for (const std::string& sql :
       {"table " + file, "show " + file, "from (describe " + file + ")",
        "from (summarize " + file + ")", "from accounts where exists (from " + file + ")",
        "from (pivot " + file + " on id in (1, 2) using max(password_hash))",
        "unpivot " + file + " on password_hash", "with a as (from " + file + ") from a",
        "with recursive a as (select 1 union all select id from " + file + ") from a",
        "select * from accounts join " + file + " using (id)",
        "select 1 union all select id from " + file,
        "select 1 order by (select max(password_hash) from " + file + ")",
        "select row_number() over w from accounts window w as (order by (select 1 from " + file +
            "))",
        "select columns(c -> (select true from " + file + ")) from accounts",
        "values ((select max(password_hash) from " + file + "))", "show tables from " + file,
        "from " + file + ".x", "from memory." + file,
        "from main.\"" + (folder_ / "accounts.parquet") + "\""}) {
    EXPECT_NE(refusal(sql).find("files cannot be asked"), std::string::npos) << sql;
  }
}

// Behind the reading of names stands another barrier: what DuckDB calls to read a file that a
// question names is a macro, which reads none.
TEST_F(QueryTest, HasNoFunctionThatReadsAFile) {
  const std::string macros =
      "select function_name from duckdb_functions() where function_type = 'table_macro'";
  const std::string those = "'parquet_scan', 'read_csv_auto', 'read_json_auto', 'read_parquet'";
  EXPECT_EQ(ask_for(macros + " and function_name in (" + those + ")").rows.size(), 4U);
  const Told left = ask_for(
      "select distinct function_name from duckdb_functions() where function_type = 'table' and "
      "regexp_matches(function_name, 'read_|csv|parquet|blob|glob|scan_file') and function_name "
      "not in (" +
      macros + ")");
  ASSERT_TRUE(left.end) << left.end.error().message;
  EXPECT_EQ(left.rows, Rows{});
}

TEST_F(QueryTest, ReadsNoOtherFile) {
  std::ofstream(folder_ / "manifest.json") << "{\"secret\":1}";
  for (const std::string& sql :
       {std::string("select * from read_text('/etc/passwd')"), std::string("from '/etc/passwd'"),
        std::string("select * from read_csv('/etc/passwd')"),
        std::string("select * from read_csv('/proc/self/environ')"),
        std::string("select * from glob('/etc/*')"),
        "select * from glob('" + folder_.path() + "/*')",
        "select * from read_json('" + (folder_ / "manifest.json") + "')",
        "select * from '" + (folder_ / "manifest.json") + "'", std::string("select getenv('PATH')"),
        std::string("select * from sniff_csv('/etc/passwd')"),
        std::string("select * from sqlite_scan('/etc/passwd', 'x')")}) {
    EXPECT_NE(refusal(sql), "answered") << sql;
  }
}

TEST_F(QueryTest, WritesNothing) {
  const std::string before = content();
  const std::string evil = folder_ / "evil";
  for (const std::string& sql : {
           "copy (select 1) to '" + evil + "'",
           "copy accounts to '" + (folder_ / "accounts.parquet") + "'",
           "export database '" + evil + "'",
           "explain analyze copy (select 1) to '" + evil + "'",
           "attach '" + evil + "'",
           "select * from enable_logging(storage := 'file', storage_path := '" + evil + "')",
           "call enable_logging(storage := 'file', storage_path := '" + evil + "')",
           std::string("create table t as select 1"),
           std::string("create secret s (type http)"),
           std::string("insert into accounts values (4)"),
           std::string("drop view accounts"),
           std::string("update accounts set handle = 'x'"),
           std::string("delete from accounts"),
           std::string("checkpoint"),
           "pragma enable_profiling; pragma profiling_output='" + evil + "'",
       }) {
    EXPECT_NE(refusal(sql), "answered") << sql;
  }
  EXPECT_EQ(content(), before);
}

TEST_F(QueryTest, LoosensNoLock) {
  for (const char* sql :
       {"set enable_external_access = true", "pragma enable_external_access = true",
        "set lock_configuration = false", "reset lock_configuration", "set memory_limit = '99GB'",
        "set threads = 16", "set temp_directory = '/tmp'", "set allowed_directories = ['/']",
        "install httpfs", "load httpfs", "load '/tmp/x.duckdb_extension'",
        "force install spatial from community", "set global autoload_known_extensions = true",
        "pragma database_list", "call pragma_version()", "prepare p as select 1", "begin",
        "select set_config('memory_limit', '99GB', false)"}) {
    EXPECT_NE(refusal(sql), "answered") << sql;
  }
}

TEST_F(QueryTest, HasNoNetwork) {
  for (const char* sql :
       {"select * from read_csv('http://127.0.0.1:9/x')", "from 'https://127.0.0.1:9/x.parquet'",
        "select * from read_parquet('s3://bucket/x.parquet')",
        "attach 'http://127.0.0.1:9/x.db'"}) {
    EXPECT_NE(refusal(sql), "answered") << sql;
  }
}

TEST_F(QueryTest, EndsWhatTakesTooLong) {
  question_.limits.time = 3 * second;
  const Told endless = ask_for(
      "with recursive r(x) as (select 1 union all select x + 1 from r) select count(*) from r");
  ASSERT_FALSE(endless.end);
  EXPECT_TRUE(endless.end.error().end == QueryEnd::too_slow ||
              endless.end.error().end == QueryEnd::too_large);
  const Told slow = ask_for("select count(*) from range(1000000000000) where range % 7 = 3");
  ASSERT_FALSE(slow.end);
  EXPECT_EQ(slow.end.error().end, QueryEnd::too_slow);
}

TEST_F(QueryTest, EndsWhatTakesTooMuchMemory) {
  question_.limits.memory = std::int64_t{64} << 20;
  for (const char* sql :
       {"select string_agg(repeat('x', 1000000), '') from range(1000)",
        "select count(*) from (select distinct range, random() from range(100000000))",
        "select length(repeat('x', 2000000000))",
        "select len(list_transform(range(400000000), lambda x: x + 1))"}) {
    const Told told = ask_for(sql);
    ASSERT_FALSE(told.end) << sql;
    EXPECT_EQ(told.end.error().end, QueryEnd::too_large) << sql << ": " << told.end.error().message;
  }
  EXPECT_EQ(ask_for("select count(*) from accounts").rows, Rows{"3"});
}

TEST_F(QueryTest, SurvivesADeepQuestion) {
  const Told told =
      ask_for("select " + std::string(100'000, '(') + "1" + std::string(100'000, ')'));
  EXPECT_FALSE(told.end);
  std::string sum = "select 1";
  for (int i = 0; i < 50'000; ++i) sum += "+1";
  const Told many = ask_for(sum);
  EXPECT_TRUE(!many.end || many.rows.size() == 1);
}

TEST_F(QueryTest, CanBeCancelled) {
  std::thread other([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    cancellation_.cancel();
  });
  const Told told = ask_for("select count(*) from range(1000000000000) where range % 7 = 3");
  other.join();
  ASSERT_FALSE(told.end);
  EXPECT_EQ(told.end.error().end, QueryEnd::cancelled);
}

TEST_F(QueryTest, SaysWhichTableCannotBeRead) {
  std::filesystem::remove(folder_ / "accounts.parquet");
  EXPECT_THROW(ask_for("select 1"), WarehouseError);
  std::ofstream(folder_ / "accounts.parquet") << "not a table";
  EXPECT_THROW(ask_for("select 1"), WarehouseError);
}

}  // namespace
}  // namespace picsharz::warehouse
