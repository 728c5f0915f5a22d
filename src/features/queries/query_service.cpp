#include "features/queries/query_service.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/tally.h"
#include "crypto/crypto.h"
#include "features/queries/query_rules.h"

namespace picsharz::queries {
namespace {

namespace fs = std::filesystem;
using warehouse::Cell;
using warehouse::QueryEnd;

constexpr std::size_t running_max = 2;
constexpr int busy_seconds = 5;
constexpr std::int64_t answer_rows = 10'000;
constexpr std::int64_t answer_bytes = std::int64_t{8} << 20;
constexpr std::int64_t download_rows = 1'000'000;
constexpr std::int64_t download_bytes = std::int64_t{256} << 20;
constexpr std::int64_t manifest_max = std::int64_t{4} << 20;

std::unexpected<Error> no_backup() {
  return fail(ErrorKind::not_found, "no_backup", "There is no such backup to ask.",
              "Make one: questions are answered from backups, never from the running site.");
}

std::unexpected<Error> unavailable(const std::string& why) {
  return fail(ErrorKind::unavailable, "query_unavailable", "Questions cannot be answered now.",
              why);
}

std::unexpected<Error> refused(const warehouse::QueryFailure& failure) {
  switch (failure.end) {
    case QueryEnd::wrong: {
      Error error{ErrorKind::unprocessable, "query_wrong", "The question is not right.",
                  failure.message};
      error.fields = {{"sql", "query_wrong", failure.message}};
      return std::unexpected(std::move(error));
    }
    case QueryEnd::too_slow:
      return fail(ErrorKind::unprocessable, "query_too_slow", "The answer took too long.",
                  "Ask for less: fewer rows, fewer joins, a condition more.");
    case QueryEnd::too_large:
      return fail(ErrorKind::unprocessable, "query_too_large", "The answer took too much memory.",
                  "Ask for less: fewer columns, fewer groups, a condition more.");
    case QueryEnd::cancelled:
      return fail(ErrorKind::conflict, "query_cancelled", "The question was cancelled.", "");
    case QueryEnd::crashed:
      break;
  }
  return fail(ErrorKind::unprocessable, "query_crashed", "DuckDB broke down over this question.",
              "Ask in another way. Nothing else was harmed.");
}

std::optional<std::string> content_of(const fs::path& path) {
  std::error_code failure;
  const auto size = fs::file_size(path, failure);
  if (failure || size > static_cast<std::uintmax_t>(manifest_max)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return file ? std::optional(std::move(text).str()) : std::nullopt;
}

std::string hex(std::string_view bytes) { return crypto::hex(bytes); }

// A file that is removed with its owner.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& folder)
      : path_((fs::path(folder) / hex(crypto::random_bytes(16))).string()) {
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
  }
  ~ScratchFile() { ::unlink(path_.c_str()); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::string& path() const { return path_; }

  std::shared_ptr<const FileHandle> open() const {
    const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info {};
    if (descriptor < 0 || ::fstat(descriptor, &info) != 0) {
      throw std::system_error(errno, std::generic_category(), "an answer's file");
    }
    return std::make_shared<const FileHandle>(descriptor, info.st_size);
  }

 private:
  const std::string path_;
};

// As it is billed elsewhere: the files of the tables that were read.
std::int64_t bytes_read(const std::vector<std::string>& tables, const AskedBackup& backup,
                        const fs::path& folder) {
  std::int64_t bytes = 0;
  for (const AskedTable& table : backup.tables) {
    if (std::ranges::find(tables, table.name) == tables.end()) continue;
    std::error_code failure;
    const auto size = fs::file_size(folder / table.file, failure);
    if (!failure) bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

}  // namespace

AnswerWriter::AnswerWriter(const warehouse::Engine& engine, warehouse::Format format,
                           std::string path)
    : engine_(engine), format_(format), path_(std::move(path)) {}

void AnswerWriter::begin(std::span<const warehouse::QueryColumn> columns) {
  std::vector<warehouse::Column> made;
  for (const auto& column : columns) made.push_back({column.name, column.kind});
  writer_ = warehouse::write_table(engine_, format_, path_, made);
}

void AnswerWriter::row(std::span<const Cell> cells) {
  if (format_ != warehouse::Format::csv) return writer_->row(cells);
  std::vector<Cell> plain(cells.begin(), cells.end());
  std::vector<std::string> kept(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (const auto* text = std::get_if<std::string_view>(&cells[i])) {
      plain[i] = std::string_view(kept[i] = plain_for_spreadsheet(*text));
    }
  }
  writer_->row(plain);
}

warehouse::Written AnswerWriter::finish() { return writer_->finish(); }

// A question's place among those that run.
class QueryService::Running {
 public:
  static Result<std::unique_ptr<Running>> enter(QueryService& service, const std::string& id) {
    const std::lock_guard lock(service.mutex_);
    if (service.running_.contains(id)) {
      return fail(ErrorKind::conflict, "query_running", "A question with this id runs already.",
                  "Choose another id.");
    }
    if (service.running_.size() >= running_max) {
      Error busy{ErrorKind::unavailable, "query_busy", "Two questions are being answered already.",
                 "Ask again in a moment, or cancel one."};
      busy.retry_after_seconds = busy_seconds;
      return std::unexpected(std::move(busy));
    }
    auto cancellation = std::make_shared<warehouse::Cancellation>();
    service.running_.emplace(id, cancellation);
    return std::unique_ptr<Running>(new Running(service, id, std::move(cancellation)));
  }
  ~Running() {
    const std::lock_guard lock(service_.mutex_);
    service_.running_.erase(id_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  const warehouse::Cancellation& cancellation() const { return *cancellation_; }

 private:
  Running(QueryService& service, std::string id, std::shared_ptr<warehouse::Cancellation> given)
      : service_(service), id_(std::move(id)), cancellation_(std::move(given)) {}

  QueryService& service_;
  const std::string id_;
  const std::shared_ptr<warehouse::Cancellation> cancellation_;
};

Value value_of(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return *integer;
  if (const auto* real = std::get_if<double>(&cell)) return *real;
  if (const auto* text = std::get_if<std::string_view>(&cell)) return std::string(*text);
  if (const auto* bytes = std::get_if<warehouse::Bytes>(&cell)) return hex(bytes->view);
  return {};
}

std::vector<warehouse::QueryTable> tables_of(const AskedBackup& backup) {
  std::vector<warehouse::QueryTable> tables;
  tables.reserve(backup.tables.size());
  for (const AskedTable& table : backup.tables) {
    tables.push_back({table.name, table.file, table.format, table.columns, table.hidden});
  }
  return tables;
}

Result<AskedBackup> open_backup(const std::string& folder) {
  const auto text = content_of(fs::path(folder) / "manifest.json");
  if (!text) return no_backup();
  auto backup = read_backup(*text);
  if (!backup) {
    return fail(ErrorKind::conflict, "backup_damaged", "This backup's manifest cannot be read.",
                "Ask another backup, and look at its proof.");
  }
  if (backup->sealed) {
    // By design: DuckDB reads files, so that asking would lay all rows open on this host's disk.
    return fail(ErrorKind::conflict, "backup_sealed",
                "This backup is sealed, and questions read files as they lie there.",
                "Ask one that is not sealed: docs/operations.md says how to make one beside.");
  }
  return *std::move(backup);
}

std::vector<std::string> QueryService::names() const {
  std::vector<std::string> found;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(options_.backups, failure)) {
    const std::string name = entry.path().filename().string();
    std::error_code missing;
    if (is_backup_name(name) && fs::exists(entry.path() / "manifest.json", missing)) {
      found.push_back(name);
    }
  }
  std::ranges::sort(found, std::greater());
  return found;
}

// One that cannot be read is listed: whoever asks it is told why. It is nobody's first choice.
ListedBackup QueryService::look_at(const std::string& name) const {
  const fs::path folder = fs::path(options_.backups) / name;
  const auto manifest = content_of(folder / "manifest.json");
  const auto backup = manifest ? read_backup(*manifest) : std::nullopt;
  const auto proof = content_of(folder / "proof.json");
  return {.id = name,
          .archive = backup && backup->archive,
          .readable = backup && !backup->sealed,
          .proved = backup && proof && is_good_proof(*proof)};
}

std::vector<ListedBackup> QueryService::backups() const {
  std::vector<ListedBackup> all;
  for (const std::string& name : names()) all.push_back(look_at(name));
  return all;
}

// "" where there is none. Archives alone are better than nothing; where nothing can be read, asking
// the newest says why.
std::string QueryService::newest() const {
  const auto all = names();
  std::string full;
  std::string archive;
  for (const std::string& name : all) {
    const ListedBackup backup = look_at(name);
    if (!backup.readable) continue;
    if (backup.proved && !backup.archive) return name;
    std::string& first = backup.archive ? archive : full;
    if (first.empty()) first = name;
  }
  if (!full.empty()) return full;
  if (!archive.empty() || all.empty()) return archive;
  return all.front();
}

Result<AskedBackup> QueryService::backup(std::string_view id) {
  std::string name = id.empty() ? newest() : std::string(id);
  if (!is_backup_name(name)) return no_backup();
  TRY_ASSIGN(AskedBackup backup, open_backup((fs::path(options_.backups) / name).string()));
  backup.id = std::move(name);
  return backup;
}

std::string QueryService::described(const Asking& asking, const AskedBackup& backup) {
  std::string said = backup.id;
  const char* before = " ";
  for (const AskedTable& table : backup.tables) {
    if (!names_table(asking.sql, table.name)) continue;
    said.append(std::exchange(before, ", ")).append(table.name);
  }
  return said;
}

Result<warehouse::Answered> QueryService::run(const Asking& asking, const AskedBackup& backup,
                                              const warehouse::QueryLimits& limits,
                                              const warehouse::AnswerSink& sink) {
  TRY_ASSIGN(const auto running, Running::enter(*this, asking.id));
  const auto folder = fs::absolute(fs::path(options_.backups) / backup.id).lexically_normal();
  const auto answered = warehouse::ask(
      options_.engine,
      {.folder = folder.string(), .tables = tables_of(backup), .sql = asking.sql, .limits = limits},
      running->cancellation(), sink);
  if (!answered) return refused(answered.error());
  count_use(Use::query, 0, bytes_read(answered->tables, backup, folder));
  return *answered;
}

Result<Answer> QueryService::ask(const Asking& asking) {
  TRY_ASSIGN(const AskedBackup asked, backup(asking.backup));
  Answer answer{.backup = asked.id, .columns = {}, .rows = {}};
  const auto take_columns = [&](std::span<const warehouse::QueryColumn> columns) {
    for (const auto& column : columns) {
      answer.columns.push_back({column.name, column.type, column.kind});
    }
  };
  const auto take_row = [&](std::span<const Cell> cells) {
    auto& row = answer.rows.emplace_back();
    for (const Cell& cell : cells) row.push_back(value_of(cell));
  };
  try {
    TRY_ASSIGN(const auto answered, run(asking, asked,
                                        {.time = options_.time,
                                         .memory = options_.memory,
                                         .rows = answer_rows,
                                         .bytes = answer_bytes},
                                        {take_columns, take_row}));
    answer.truncated = answered.truncated;
    answer.time = answered.time;
    return answer;
  } catch (const warehouse::WarehouseError& failure) {
    return unavailable(failure.what());
  }
}

Result<AnswerFile> QueryService::download(const Asking& asking, warehouse::Format format) {
  TRY_ASSIGN(const AskedBackup asked, backup(asking.backup));
  const ScratchFile file(options_.scratch);
  AnswerWriter writer(options_.engine, format, file.path());
  const auto begin = [&](std::span<const warehouse::QueryColumn> columns) {
    writer.begin(columns);
  };
  const auto take_row = [&](std::span<const Cell> cells) { writer.row(cells); };
  try {
    TRY_ASSIGN(const auto answered, run(asking, asked,
                                        {.time = options_.time,
                                         .memory = options_.memory,
                                         .rows = download_rows,
                                         .bytes = download_bytes},
                                        {begin, take_row}));
    writer.finish();
    return AnswerFile{file.open(), format, answered.rows, answered.truncated};
  } catch (const warehouse::WarehouseError& failure) {
    return unavailable(failure.what());
  }
}

bool QueryService::cancel(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(id);
  if (found == running_.end()) return false;
  found->second->cancel();
  return true;
}

}  // namespace picsharz::queries
