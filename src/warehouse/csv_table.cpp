#include "warehouse/csv_table.h"

#include <optional>
#include <string_view>

#include "warehouse/cells.h"
#include "warehouse/table_file.h"

namespace picsharz::warehouse {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_cell(std::string& out, const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) append_number(out, *integer);
  if (const auto* real = std::get_if<double>(&cell)) append_number(out, *real);
  if (const auto* text = std::get_if<std::string_view>(&cell)) append_quoted(out, *text);
  if (const auto* bytes = std::get_if<Bytes>(&cell)) {
    out += '"';
    append_hex(out, bytes->view);
    out += '"';
  }
}

class CsvWriter final : public TableWriter {
 public:
  CsvWriter(const std::string& path, const std::vector<Column>& columns)
      : columns_(columns), file_(path) {
    for (const Column& column : columns_) {
      if (&column != &columns_.front()) file_.buffer() += ',';
      append_quoted(file_.buffer(), column.name);
    }
    file_.buffer() += '\n';
  }

  void row(std::span<const Cell> cells) override {
    check_row(columns_, cells);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) file_.buffer() += ',';
      append_cell(file_.buffer(), cells[i]);
    }
    file_.buffer() += '\n';
    ++rows_;
    file_.write_full();
  }

  Written finish() override { return {rows_, file_.finish()}; }

 private:
  const std::vector<Column> columns_;
  OutputFile file_;
  std::int64_t rows_ = 0;
};

// Takes a file apart, field by field.
class CsvInput {
 public:
  explicit CsvInput(const std::string& path) : file_(path) {}
  bool at_end() { return file_.peek() < 0; }

  // The next field; nullopt: nothing stands there, which is NULL. `last`: the line ends behind it.
  std::optional<std::string_view> field(std::string& text, bool last) {
    text.clear();
    const bool quoted = file_.peek() == '"';
    const int end = quoted ? take_quoted(text) : take_plain(text);
    if (end != (last ? '\n' : ',')) throw WarehouseError("a line of a CSV file is not whole");
    if (!quoted && text.empty()) return std::nullopt;
    return text;
  }

 private:
  int take_plain(std::string& text) {
    while (true) {
      const int c = file_.next();
      if (c == ',' || c == '\n' || c < 0) return c;
      text += static_cast<char>(c);
    }
  }

  // The byte behind the quotes.
  int take_quoted(std::string& text) {
    file_.next();
    while (true) {
      int c = file_.next();
      if (c == '"') {
        c = file_.next();
        if (c != '"') return c;
      }
      if (c < 0) return c;
      text += static_cast<char>(c);
    }
  }

  InputFile file_;
};

void check_header(CsvInput& input, const std::vector<Column>& columns) {
  std::string text;
  for (const Column& column : columns) {
    if (input.field(text, &column == &columns.back()) != column.name) {
      throw WarehouseError("a CSV file has other columns than it should: no " + column.name);
    }
  }
}

}  // namespace

std::unique_ptr<TableWriter> write_csv(const std::string& path,
                                       const std::vector<Column>& columns) {
  return std::make_unique<CsvWriter>(path, columns);
}

std::int64_t read_csv(const std::string& path, const std::vector<Column>& columns,
                      FunctionRef<void(std::span<const Cell>)> each) {
  CsvInput input(path);
  check_header(input, columns);
  std::vector<std::string> texts(columns.size());
  std::vector<std::string> kept(columns.size());
  std::vector<Cell> cells(columns.size());
  std::int64_t rows = 0;
  for (; !input.at_end(); ++rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto text = input.field(texts[i], i + 1 == columns.size());
      cells[i] = text ? read_cell(columns[i].type, *text, kept[i]) : Cell{};
    }
    each(cells);
  }
  return rows;
}

}  // namespace picsharz::warehouse
