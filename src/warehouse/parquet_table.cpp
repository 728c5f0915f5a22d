#include "warehouse/parquet_table.h"

#include <utility>

#include "warehouse/cells.h"
#include "warehouse/jobs.h"
#include "warehouse/table_file.h"

namespace picsharz::warehouse {
namespace {

class ParquetWriter final : public TableWriter {
 public:
  ParquetWriter(std::shared_ptr<ParquetProcess> processes, const std::string& path,
                const std::vector<Column>& columns)
      : path_(path), columns_(columns), processes_(std::move(processes)) {
    make_empty_file(path);
    process_ = &processes_->begin(path, columns);
    sender_.emplace(process_->socket());
  }
  ~ParquetWriter() override {
    if (process_) processes_->drop();
  }
  ParquetWriter(const ParquetWriter&) = delete;
  ParquetWriter& operator=(const ParquetWriter&) = delete;

  void row(std::span<const Cell> cells) override {
    check_row(columns_, cells);
    if (!sender_->row(cells)) say_why();
    ++rows_;
  }

  Written finish() override {
    if (!sender_->flush() || !send_frame(process_->socket(), FrameKind::done, "")) say_why();
    const Frame answer = process_->expect(FrameKind::done, FrameKind::done);
    Unpacker done(answer.payload);
    if (done.number() != rows_) throw WarehouseError(path_ + " has other rows than it was given");
    process_ = nullptr;
    processes_->end();
    return {rows_, sync_file(path_)};
  }

 private:
  // The process takes no more rows: it has said why, or is gone.
  [[noreturn]] void say_why() {
    process_->expect(FrameKind::failed, FrameKind::failed);
    throw WarehouseError(path_ + " cannot be written");
  }

  const std::string path_;
  const std::vector<Column> columns_;
  const std::shared_ptr<ParquetProcess> processes_;
  Process* process_ = nullptr;  // until all is well
  std::optional<RowSender> sender_;
  std::int64_t rows_ = 0;
};

std::int64_t receive_rows(Process& process, std::size_t columns,
                          FunctionRef<void(std::span<const Cell>)> each) {
  std::vector<Cell> cells(columns);
  std::int64_t rows = 0;
  while (true) {
    const Frame frame = process.expect(FrameKind::rows, FrameKind::done);
    if (frame.kind == FrameKind::done) return rows;
    Unpacker payload(frame.payload);
    while (!payload.empty()) {
      for (Cell& cell : cells) cell = payload.cell();
      ++rows;
      each(cells);
    }
  }
}

}  // namespace

ParquetProcess::ParquetProcess(Engine engine, JobKind kind, std::string within)
    : engine_(std::move(engine)), kind_(kind), within_(std::move(within)) {}

Process& ParquetProcess::begin(const std::string& path, const std::vector<Column>& columns) {
  if (busy_) throw WarehouseError("another table of the folder is not finished");
  if (!process_) {
    Packer job;
    job.text(within_);
    process_ = Process::start(engine_, kind_, job);
  }
  Packer table;
  table.text(path);
  pack_columns(table, columns);
  // One that is gone, or could not begin, says so where its answer is expected.
  send_frame(process_->socket(), FrameKind::table, table.bytes());
  busy_ = true;
  return *process_;
}

void ParquetProcess::drop() {
  process_.reset();
  busy_ = false;
}

std::unique_ptr<TableWriter> write_parquet(std::shared_ptr<ParquetProcess> process,
                                           const std::string& path,
                                           const std::vector<Column>& columns) {
  return std::make_unique<ParquetWriter>(std::move(process), path, columns);
}

std::int64_t read_parquet(ParquetProcess& process, const std::string& path,
                          const std::vector<Column>& columns,
                          FunctionRef<void(std::span<const Cell>)> each) {
  Process& working = process.begin(path, columns);
  try {
    const std::int64_t rows = receive_rows(working, columns.size(), each);
    process.end();
    return rows;
  } catch (...) {
    process.drop();
    throw;
  }
}

}  // namespace picsharz::warehouse
