#include "features/backups/manifest_rules.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/json.h"
#include "base/json_tree.h"

namespace picsharz::backups {

namespace {

constexpr std::int64_t version = 1;

void write_file(JsonWriter& out, const BackupFile& file) {
  out.field("file", file.file).field("bytes", file.bytes).field("sha256", file.sha256);
}

void write_table(JsonWriter& out, const BackupTable& table, warehouse::Format format) {
  out.begin_object().field("name", table.name);
  write_file(out, table.file);
  out.field("format", warehouse::name_of(format));
  out.field("rows", table.rows).field("sum", table.sum).key("columns").begin_array();
  for (const warehouse::Column& column : table.columns) {
    out.begin_object().field("name", column.name).field("type", warehouse::name_of(column.type));
    out.end_object();
  }
  out.end_array().end_object();
}

// What is missing reads as a value that check() refuses.
class Reader {
 public:
  explicit Reader(const JsonTree& tree) : tree_(tree) {}

  std::string text(std::string_view name) const { return tree_[name].text(); }
  std::int64_t number(std::string_view name) {
    const auto found = tree_[name].number();
    good_ = good_ && found.has_value();
    return found.value_or(0);
  }
  bool truth(std::string_view name) {
    const auto found = tree_[name].truth();
    good_ = good_ && found.has_value();
    return found.value_or(false);
  }
  void require(bool holds) { good_ = good_ && holds; }
  bool good() const { return good_; }
  std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> found;
    for (const JsonTree& item : tree_[name].items()) found.push_back(item.text());
    return found;
  }

 private:
  const JsonTree& tree_;
  bool good_ = true;
};

std::optional<BackupTable> read_table(const JsonTree& tree) {
  Reader in(tree);
  BackupTable table;
  table.name = in.text("name");
  table.file = {in.text("file"), in.number("bytes"), in.text("sha256")};
  table.rows = in.number("rows");
  table.sum = in.text("sum");
  for (const JsonTree& column : tree["columns"].items()) {
    const auto type = warehouse::type_of(column["type"].text());
    if (!type) return std::nullopt;
    table.columns.push_back({column["name"].text(), *type});
  }
  return in.good() ? std::optional(table) : std::nullopt;
}

template <class Enum, std::size_t N>
std::optional<Enum> find(const std::array<Enum, N>& all, std::string_view name) {
  const auto found = std::ranges::find_if(all, [&](Enum each) { return name_of(each) == name; });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

std::optional<Deletion::What> deletion_of(std::string_view name) {
  for (int kind = 0; kind < Deletion::kinds; ++kind) {
    const auto what = static_cast<Deletion::What>(kind);
    if (name_of(what) == name) return what;
  }
  return std::nullopt;
}

std::string& end_line(std::string& text) { return text += '\n'; }

}  // namespace

std::string file_name(std::string_view table) {
  std::string name(table);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string text_of(const Manifest& manifest) {
  std::string text;
  JsonWriter out(text);
  out.begin_object().field("version", version).field("id", manifest.id);
  out.field("kind", name_of(manifest.kind)).field("schema", manifest.schema);
  out.field("engine", manifest.engine).field("format", warehouse::name_of(manifest.format));
  out.field("sealed", manifest.sealed);
  out.field("begun", manifest.begun_at).field("snapshot", manifest.snapshot_at);
  out.field("ended", manifest.ended_at);
  out.time_field("snapshot_at", manifest.snapshot_at);  // for people
  out.key("tables").begin_array();
  for (const BackupTable& table : manifest.tables) write_table(out, table, manifest.format);
  out.end_array().key("left_out").begin_array();
  for (const LeftOut& each : manifest.left_out) {
    out.begin_object().field("table", each.table).field("why", each.why).end_object();
  }
  out.end_array().key("objects");
  write_table(out, manifest.objects, manifest.format);
  out.field("object_bytes", manifest.object_bytes).field("new_objects", manifest.new_objects);
  out.field("new_bytes", manifest.new_bytes).key("lost").begin_array();
  for (const std::string& key : manifest.lost) out.value(key);
  out.end_array().end_object();
  return end_line(text);
}

std::optional<Manifest> read_manifest(std::string_view text) {
  const auto tree = JsonTree::parse(text);
  if (!tree) return std::nullopt;
  Reader in(*tree);
  in.require(in.number("version") == version);
  const auto kind = find(std::array{Kind::full, Kind::archive}, in.text("kind"));
  const auto format = warehouse::format_of(in.text("format"));
  auto objects = read_table((*tree)["objects"]);
  if (!kind || !format || !objects) return std::nullopt;
  Manifest manifest{.id = in.text("id"),
                    .kind = *kind,
                    .schema = static_cast<int>(in.number("schema")),
                    .engine = in.text("engine"),
                    .format = *format,
                    .sealed = in.truth("sealed"),
                    .begun_at = in.number("begun"),
                    .snapshot_at = in.number("snapshot"),
                    .ended_at = in.number("ended"),
                    .tables = {},
                    .left_out = {},
                    .objects = *std::move(objects),
                    .object_bytes = in.number("object_bytes"),
                    .new_objects = in.number("new_objects"),
                    .new_bytes = in.number("new_bytes"),
                    .lost = in.texts("lost")};
  for (const JsonTree& each : (*tree)["tables"].items()) {
    auto table = read_table(each);
    if (!table) return std::nullopt;
    manifest.tables.push_back(*std::move(table));
  }
  for (const JsonTree& each : (*tree)["left_out"].items()) {
    manifest.left_out.push_back({each["table"].text(), each["why"].text()});
  }
  in.require(is_id(manifest.id));
  return in.good() ? std::optional(manifest) : std::nullopt;
}

std::string text_of(const Proof& proof) {
  std::string text;
  JsonWriter out(text);
  out.begin_object().field("at", proof.at).field("good", proof.good).field("rows", proof.rows);
  out.field("objects", proof.objects).field("pages", proof.pages).key("problems").begin_array();
  for (const std::string& problem : proof.problems) out.value(problem);
  out.end_array().end_object();
  return end_line(text);
}

std::optional<Proof> read_proof(std::string_view text) {
  const auto tree = JsonTree::parse(text);
  if (!tree) return std::nullopt;
  Reader in(*tree);
  const Proof proof{.at = in.number("at"),
                    .good = in.truth("good"),
                    .rows = in.number("rows"),
                    .objects = in.number("objects"),
                    .pages = in.number("pages"),
                    .problems = in.texts("problems")};
  return in.good() ? std::optional(proof) : std::nullopt;
}

std::string text_of(const std::vector<Deletion>& deletions) {
  std::string text;
  for (const Deletion& each : deletions) {
    JsonWriter out(text);
    out.begin_object().field("seq", each.seq).field("what", name_of(each.what));
    out.field("id", each.id).field("name", each.name).field("at", each.at).end_object();
    end_line(text);
  }
  return text;
}

std::optional<std::vector<Deletion>> read_deletions(std::string_view text) {
  std::vector<Deletion> deletions;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto tree = JsonTree::parse(text.substr(0, end));
    if (!tree) return std::nullopt;
    Reader in(*tree);
    const auto what = deletion_of(in.text("what"));
    if (!what) return std::nullopt;
    deletions.push_back(
        {in.number("seq"), *what, in.number("id"), in.text("name"), in.number("at")});
    if (!in.good()) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  return deletions;
}

}  // namespace picsharz::backups
