// A question in SQL over the tables of a folder, answered where it can do no harm.
//
// What:      DuckDB runs it in a process of its own that sees the folder's files and may only read
//            them (Landlock), has no network and starts nothing (seccomp), and has so much memory
//            and time. Each table is a view. One SELECT at a time: no other statement is run, and
//            none that names a file, a schema of its own or a function that reads a file.
//            Cancelling is killing that process (docs/adr/0042).
// Threads:   ask() blocks its thread, which must not end before it returns. Cancellation::cancel()
//            may be called from any thread, before, while and after.
// Failures:  what is wrong with the question, or takes too long or too much, is a QueryFailure. An
//            engine that is missing, a folder that cannot be read or a kernel without the layers of
//            the sandbox is a WarehouseError.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/function_ref.h"
#include "warehouse/table.h"

namespace picsharz::warehouse {

struct QueryTable {
  std::string name;
  std::string file;  // below the folder: "tables/photos.parquet"
  Format format = Format::parquet;
  std::vector<Column> columns;  // all of the file's
  // Columns of it that nobody is shown: what lets people log in. A question that names one fails.
  std::vector<std::string> hidden{};
};

struct QueryLimits {
  Micros time = 30 * second;  // of the clock
  std::int64_t memory = std::int64_t{512} << 20;
  std::int64_t rows = 10'000;
  std::int64_t bytes = std::int64_t{16} << 20;  // of all cells
  // Of the cells of one row, which is in memory whole: where one has more, the answer is too large.
  std::int64_t row_bytes = std::int64_t{8} << 20;
};

struct Question {
  std::string folder;  // the backup's
  std::vector<QueryTable> tables;
  std::string sql;
  QueryLimits limits{};
};

struct QueryColumn {
  std::string name;
  std::string type;  // DuckDB's: "BIGINT", "TIMESTAMP"
  // Of its cells: whole numbers of 64 bits and truth (0, 1) are integers, other numbers real, and
  // what is none of the four is text as DuckDB writes it: so are hashes (UBIGINT), and sums
  // (HUGEINT) where one of the answer is wider. What is not finite is NULL.
  Column::Type kind = Column::Type::text;
};

struct Answered {
  std::int64_t rows = 0;
  bool truncated = false;  // there are more
  Micros time = 0;
  std::vector<std::string> tables{};  // of the backup, that DuckDB's parser found in the question
};

enum class QueryEnd { wrong, too_slow, too_large, cancelled, crashed };

struct QueryFailure {
  QueryEnd end = QueryEnd::wrong;
  std::string message;  // DuckDB's sentence, where it has one
};

class Cancellation {
 public:
  Cancellation();
  ~Cancellation();
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;
  void cancel();
  bool cancelled() const { return cancelled_; }
  // Readable once it is cancelled.
  int descriptor() const { return descriptor_; }

 private:
  std::atomic<bool> cancelled_ = false;
  int descriptor_;
};

// What comes of a question, as it comes.
struct AnswerSink {
  FunctionRef<void(std::span<const QueryColumn>)> columns;  // once, before the rows
  FunctionRef<void(std::span<const Cell>)> row;
};

std::expected<Answered, QueryFailure> ask(const Engine& engine, const Question& question,
                                          const Cancellation& cancellation, const AnswerSink& sink);

}  // namespace picsharz::warehouse
