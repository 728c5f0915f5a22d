#include "warehouse/json_table.h"

#include <optional>
#include <string_view>

#include "base/json.h"
#include "warehouse/cells.h"
#include "warehouse/table_file.h"

namespace picsharz::warehouse {
namespace {

void append_cell(std::string& out, const Cell& cell) {
  if (cell.index() == 0) out += "null";
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) append_number(out, *integer);
  if (const auto* real = std::get_if<double>(&cell)) append_number(out, *real);
  if (const auto* text = std::get_if<std::string_view>(&cell)) append_json_string(out, *text);
  if (const auto* bytes = std::get_if<Bytes>(&cell)) {
    out += '"';
    append_hex(out, bytes->view);
    out += '"';
  }
}

// `"name":` of each column, made once.
std::vector<std::string> keys_of(const std::vector<Column>& columns) {
  std::vector<std::string> keys;
  for (const Column& column : columns) {
    std::string& key = keys.emplace_back();
    append_json_string(key, column.name);
    key += ':';
  }
  return keys;
}

class JsonTableWriter final : public TableWriter {
 public:
  JsonTableWriter(const std::string& path, const std::vector<Column>& columns)
      : columns_(columns), keys_(keys_of(columns)), file_(path) {}

  void row(std::span<const Cell> cells) override {
    check_row(columns_, cells);
    std::string& out = file_.buffer();
    out += '{';
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out += ',';
      out += keys_[i];
      append_cell(out, cells[i]);
    }
    out += "}\n";
    ++rows_;
    file_.write_full();
  }

  Written finish() override { return {rows_, file_.finish()}; }

 private:
  const std::vector<Column> columns_;
  const std::vector<std::string> keys_;
  OutputFile file_;
  std::int64_t rows_ = 0;
};

// Reads the lines that the writer writes. Those of another writer, who puts blanks between or other
// members, are refused: a backup's table is ours or it is damaged.
class JsonInput {
 public:
  explicit JsonInput(const std::string& path) : file_(path) {}
  bool at_end() { return file_.peek() < 0; }

  void expect(std::string_view text) {
    for (const char c : text) {
      if (file_.next() != static_cast<unsigned char>(c)) {
        throw WarehouseError("a line of a JSON file is not as it was written: no " +
                             std::string(text));
      }
    }
  }

  // A string or number as text; nullopt for null.
  std::optional<std::string_view> value(std::string& text, bool quoted) {
    text.clear();
    if (file_.peek() == 'n') {
      expect("null");
      return std::nullopt;
    }
    if (quoted) {
      take_string(text);
    } else {
      while (file_.peek() >= 0 && file_.peek() != ',' && file_.peek() != '}') {
        text += static_cast<char>(file_.next());
      }
    }
    return text;
  }

 private:
  void take_string(std::string& text) {
    expect("\"");
    for (int c = file_.next(); c != '"'; c = file_.next()) {
      if (c < 0x20) throw WarehouseError("a text of a JSON file is not whole");
      text += c == '\\' ? take_escape() : static_cast<char>(c);
    }
  }

  char take_escape() {
    switch (file_.next()) {
      case '"':
        return '"';
      case '\\':
        return '\\';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u': {
        expect("00");
        const char digits[] = {static_cast<char>(file_.next()), static_cast<char>(file_.next())};
        return from_hex({digits, sizeof digits}).front();
      }
      default:
        throw WarehouseError("a text of a JSON file is not as it was written");
    }
  }

  InputFile file_;
};

}  // namespace

std::unique_ptr<TableWriter> write_json(const std::string& path,
                                        const std::vector<Column>& columns) {
  return std::make_unique<JsonTableWriter>(path, columns);
}

std::int64_t read_json(const std::string& path, const std::vector<Column>& columns,
                       FunctionRef<void(std::span<const Cell>)> each) {
  JsonInput input(path);
  const std::vector<std::string> keys = keys_of(columns);
  std::vector<std::string> texts(columns.size());
  std::vector<std::string> kept(columns.size());
  std::vector<Cell> cells(columns.size());
  std::int64_t rows = 0;
  for (; !input.at_end(); ++rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      input.expect(i == 0 ? "{" : ",");
      input.expect(keys[i]);
      const Column::Type type = columns[i].type;
      const bool quoted = type == Column::Type::text || type == Column::Type::bytes;
      const auto text = input.value(texts[i], quoted);
      cells[i] = text ? read_cell(type, *text, kept[i]) : Cell{};
    }
    input.expect("}\n");
    each(cells);
  }
  return rows;
}

}  // namespace picsharz::warehouse
