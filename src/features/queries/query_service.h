// Asks a backup a question: finds its tables, hides what nobody is shown, and has it answered by a
// process that can do nothing else (warehouse/query.h). Production is never asked.
//
// What:      backups lie in one folder, a folder each with a manifest.json. What is asked is the
//            one named, or of full ones that can be read the newest that is proved, or else the
//            newest: an archive is made right behind a full one, and has no answer to most
//            questions. At most two questions run at the same time.
// Threads:   thread-safe; a question holds its thread until it is answered.
// Failures:  query_wrong (what DuckDB says is in the field "sql"), query_too_slow, query_too_large,
//            query_cancelled, query_crashed; query_busy where two run already, query_running where
//            one of this id does; no_backup, backup_sealed; query_unavailable where DuckDB or the
//            kernel's sandbox is missing.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file_handle.h"
#include "features/queries/query.h"
#include "warehouse/query.h"
#include "warehouse/table_writer.h"

namespace picsharz::queries {

struct QueryOptions {
  warehouse::Engine engine;
  std::string backups;  // the folder of all of them
  std::string scratch;  // where downloads are made; made where it is not there
  Micros time = 30 * second;
  std::int64_t memory = std::int64_t{512} << 20;
};

// Of a download.
struct AnswerFile {
  std::shared_ptr<const FileHandle> file;  // it has no name any more, and goes when it is closed
  warehouse::Format format{};
  std::int64_t rows = 0;
  bool truncated = false;
};

// Writes an answer into a file, as it comes. CSV is opened in spreadsheets: no text of it is one of
// their formulas. Failures are those of a TableWriter.
class AnswerWriter {
 public:
  // `engine` outlives it.
  AnswerWriter(const warehouse::Engine& engine, warehouse::Format format, std::string path);
  // Once, before the rows.
  void begin(std::span<const warehouse::QueryColumn> columns);
  void row(std::span<const warehouse::Cell> cells);
  warehouse::Written finish();

 private:
  const warehouse::Engine& engine_;
  const warehouse::Format format_;
  const std::string path_;
  std::unique_ptr<warehouse::TableWriter> writer_;
};

class QueryService {
 public:
  explicit QueryService(QueryOptions options) : options_(std::move(options)) {}

  Result<Answer> ask(const Asking& asking);
  Result<AnswerFile> download(const Asking& asking, warehouse::Format format);
  // What a question asks, in words that stay: "20261129t001500z accounts, photos". It is said
  // before DuckDB has looked at the question, so that every table is in it whose name is a word of
  // the question, be that a column's: rather one too many than one too few.
  static std::string described(const Asking& asking, const AskedBackup& backup);
  // False where no such question runs.
  bool cancel(std::string_view id);
  // What can be asked. `id` empty: of the one that is asked then.
  Result<AskedBackup> backup(std::string_view id);
  // Every one that can be named, the newest first; not each can be read.
  std::vector<ListedBackup> backups() const;

 private:
  class Running;
  std::vector<std::string> names() const;
  ListedBackup look_at(const std::string& name) const;
  std::string newest() const;
  Result<warehouse::Answered> run(const Asking& asking, const AskedBackup& backup,
                                  const warehouse::QueryLimits& limits,
                                  const warehouse::AnswerSink& sink);

  const QueryOptions options_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<warehouse::Cancellation>, std::less<>> running_;
};

// A cell that outlives its row; bytes are hexadecimal.
Value value_of(const warehouse::Cell& cell);
// The tables of a backup as they are asked.
std::vector<warehouse::QueryTable> tables_of(const AskedBackup& backup);
// A backup's manifest.json in `folder`.
Result<AskedBackup> open_backup(const std::string& folder);

}  // namespace picsharz::queries
