#include "warehouse/query.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "warehouse/jobs.h"
#include "warehouse/process.h"

namespace picsharz::warehouse {
namespace {

constexpr Micros look_interval = 50'000;
// What the program and DuckDB take beside the memory that the question may have.
constexpr std::int64_t memory_beside = std::int64_t{384} << 20;

Micros steady_now() { return SystemClock().steady(); }

using Failed = std::unexpected<QueryFailure>;

Failed failure(QueryEnd end, std::string message) {
  return std::unexpected(QueryFailure{end, std::move(message)});
}

// The question as its process is told it.
Packer job_of(const Question& question) {
  Packer job;
  job.number(question.limits.memory);
  job.number(memory_beside);
  job.number(question.limits.rows);
  job.number(question.limits.row_bytes);
  job.text(question.sql);
  job.number(static_cast<std::int64_t>(question.tables.size()));
  for (const QueryTable& table : question.tables) {
    job.text(table.name);
    job.text((std::filesystem::path(question.folder) / table.file).lexically_normal().string());
    job.number(static_cast<std::int64_t>(table.format));
    pack_columns(job, table.columns);
    job.number(static_cast<std::int64_t>(table.hidden.size()));
    for (const std::string& column : table.hidden) job.text(column);
  }
  return job;
}

// One question under way.
class Asking {
 public:
  Asking(const Question& question, const Cancellation& cancellation, const AnswerSink& sink)
      : limits_(question.limits), cancellation_(cancellation), sink_(sink) {}

  std::expected<Answered, QueryFailure> run(Process& process) {
    const auto wait = [&] { return may_read(process); };
    while (true) {
      const auto frame = receive_frame(process.socket(), wait, frame_most());
      if (!frame) return ended(process);
      switch (frame->kind) {
        case FrameKind::columns:
          take_columns(frame->payload);
          break;
        case FrameKind::rows:
          if (!take_rows(frame->payload)) return answered();
          break;
        case FrameKind::done:
          return answered();
        default:
          return failed(frame->payload);
      }
    }
  }

 private:
  // Waits until there is something to read; false once it is over for another reason, which is
  // kept.
  bool may_read(const Process& process) {
    std::array<pollfd, 2> waiting{pollfd{process.socket(), POLLIN, 0},
                                  pollfd{cancellation_.descriptor(), POLLIN, 0}};
    while (true) {
      const int ready = ::poll(waiting.data(), waiting.size(), look_interval / 1000);
      if (ready < 0 && errno != EINTR) throw WarehouseError("poll fails");
      if (ready > 0 && waiting[1].revents != 0) return over(QueryEnd::cancelled);
      if (steady_now() - begin_ > limits_.time) return over(QueryEnd::too_slow);
      if (process.resident_bytes() > limits_.memory + memory_beside) {
        return over(QueryEnd::too_large);
      }
      if (ready > 0) return true;
    }
  }

  // Rows are sent some at a time, and one may be behind them; what their cells hold is not all.
  std::int64_t frame_most() const {
    return std::min(frame_max, 2 * limits_.row_bytes + (std::int64_t{4} << 20));
  }

  bool over(QueryEnd end) {
    over_ = end;
    return false;
  }

  Failed ended(Process& process) {
    if (!over_) {
      const int signal = process.finish();
      const bool memory = signal == SIGKILL;  // nobody but the kernel sends it
      over_ = memory ? QueryEnd::too_large : QueryEnd::crashed;
    }
    return failure(*over_, "");
  }

  static Failed failed(std::string_view payload) {
    Unpacker reason(payload);
    const auto blame = static_cast<Blame>(reason.number());
    std::string sentence(reason.text());
    if (blame == Blame::engine) throw WarehouseError(sentence);
    return failure(blame == Blame::memory ? QueryEnd::too_large : QueryEnd::wrong,
                   std::move(sentence));
  }

  void take_columns(std::string_view payload) {
    Unpacker columns(payload);
    // One by one: of a number that is not so the texts end it.
    for (auto tables = columns.number(); tables > 0; --tables) {
      answer_.tables.emplace_back(columns.text());
    }
    while (!columns.empty()) {
      QueryColumn& column = columns_.emplace_back();
      column.name = columns.text();
      column.type = columns.text();
      column.kind = static_cast<Column::Type>(columns.number());
    }
    cells_.resize(columns_.size());
    sink_.columns(columns_);
  }

  // False once there are enough.
  bool take_rows(std::string_view payload) {
    Unpacker rows(payload);
    while (!rows.empty()) {
      for (Cell& cell : cells_) {
        cell = rows.cell();
        bytes_ += size_of(cell);
      }
      answer_.truncated = answer_.rows == limits_.rows || bytes_ > limits_.bytes;
      if (answer_.truncated) return false;
      sink_.row(cells_);
      ++answer_.rows;
    }
    return true;
  }

  Answered answered() {
    answer_.time = steady_now() - begin_;
    return answer_;
  }

  const QueryLimits limits_;
  const Cancellation& cancellation_;
  const AnswerSink& sink_;
  const Micros begin_ = steady_now();
  std::vector<QueryColumn> columns_;
  std::vector<Cell> cells_;
  std::int64_t bytes_ = 0;
  std::optional<QueryEnd> over_;
  Answered answer_;
};

}  // namespace

Cancellation::Cancellation() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw WarehouseError("the kernel gives no eventfd");
}

Cancellation::~Cancellation() { ::close(descriptor_); }

void Cancellation::cancel() {
  cancelled_ = true;
  const std::uint64_t one = 1;
  // It stays readable once it counts anything: a second time that finds it full is no loss.
  [[maybe_unused]] const ssize_t written = ::write(descriptor_, &one, sizeof one);
}

std::expected<Answered, QueryFailure> ask(const Engine& engine, const Question& question,
                                          const Cancellation& cancellation,
                                          const AnswerSink& sink) {
  if (question.sql.find('\0') != std::string::npos) {
    return failure(QueryEnd::wrong, "A question has no U+0000 in it.");
  }
  Packer job = job_of(question);
  Asking asking(question, cancellation, sink);
  const auto process = Process::start(engine, JobKind::query, job);
  return asking.run(*process);
}

}  // namespace picsharz::warehouse
