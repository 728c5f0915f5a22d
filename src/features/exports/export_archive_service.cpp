#include "features/exports/export_archive_service.h"

#include <charconv>

#include "features/exports/export_rules.h"
#include "zip/records.h"

namespace picsharz::exports {

namespace {

constexpr std::size_t piece = 262'144;
constexpr std::size_t number_bytes = 8;
constexpr std::size_t hash_digits = 64;
constexpr std::size_t place_bytes = 3 * number_bytes + hash_digits;
constexpr std::string_view mark = "PCZEXP01";
constexpr std::size_t foot_bytes = 3 * number_bytes + mark.size();
constexpr std::string_view prefix = "exports/";

std::string key_of(ExportId id) { return std::string(prefix) + id.str(); }

void append_number(std::string& out, std::int64_t number) {
  for (std::size_t i = 0; i < number_bytes; ++i) {
    out += static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i) & 0xFF);
  }
}

std::int64_t number_at(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = number_bytes; i > 0; --i) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return static_cast<std::int64_t>(number);
}

// The object while it is written: what is in the archive in the archive's order, photos left out.
class Skeleton {
 public:
  explicit Skeleton(std::unique_ptr<storage::SpoolFile> file) : file_(std::move(file)) {}

  void add(const Document& document, Micros now) {
    begin({.name = document.name(),
           .size = document.file().size(),
           .crc = document.crc(),
           .offset = archive_size_,
           .modified = now});
    for (std::int64_t at = 0; at < document.file().size();) {
      const std::string bytes = document.file().read(at, piece);
      if (bytes.empty()) throw storage::StorageError("a document is shorter than was written");
      write(bytes);
      at += static_cast<std::int64_t>(bytes.size());
    }
  }
  void add(const ExportedPhoto& exported) {
    const photos::Photo& photo = exported.photo;
    begin({.name = photo_path(photo),
           .size = photo.bytes,
           .crc = exported.crc.value(),
           .offset = archive_size_,
           .modified = photo.created_at});
    append_number(table_, archive_size_);
    append_number(table_, photo.bytes);
    append_number(table_, photo_bytes_);
    table_ += photo.original;
    archive_size_ += photo.bytes;
    photo_bytes_ += photo.bytes;
  }
  std::int64_t finish() {
    const std::int64_t offset = archive_size_;
    write(directory_);
    write(zip::end_of_archive(entries_, offset, std::ssize(directory_)));
    const std::int64_t table = file_->size();
    file_->write(table_);
    std::string foot;
    append_number(foot, archive_size_);
    append_number(foot, static_cast<std::int64_t>(table_.size() / place_bytes));
    append_number(foot, table);
    file_->write(foot.append(mark));
    return archive_size_;
  }
  storage::SpoolFile& file() { return *file_; }

 private:
  void begin(const zip::Entry& entry) {
    write(zip::local_header(entry));
    directory_ += zip::central_record(entry);
    ++entries_;
  }
  void write(std::string_view bytes) {
    file_->write(bytes);
    archive_size_ += static_cast<std::int64_t>(bytes.size());
  }

  std::unique_ptr<storage::SpoolFile> file_;
  std::int64_t archive_size_ = 0;
  std::int64_t photo_bytes_ = 0;
  std::int64_t entries_ = 0;
  std::string directory_;
  std::string table_;
};

}  // namespace

std::shared_ptr<const ExportArchive> ExportArchive::open(std::shared_ptr<const FileHandle> object,
                                                         storage::ObjectStore& store) {
  if (!object || std::cmp_less(object->size(), foot_bytes)) return nullptr;
  const auto foot_at = object->size() - static_cast<std::int64_t>(foot_bytes);
  const std::string foot = object->read(foot_at, foot_bytes);
  if (foot.size() != foot_bytes || !foot.ends_with(mark)) return nullptr;
  const std::shared_ptr<ExportArchive> archive(new ExportArchive(std::move(object), store));
  archive->size_ = number_at(foot, 0);
  archive->photos_ = number_at(foot, number_bytes);
  archive->table_ = number_at(foot, 2 * number_bytes);
  const bool whole =
      archive->table_ + archive->photos_ * static_cast<std::int64_t>(place_bytes) == foot_at;
  return whole ? archive : nullptr;
}

ExportArchive::Place ExportArchive::place(std::int64_t index) const {
  const std::int64_t at = table_ + index * static_cast<std::int64_t>(place_bytes);
  const std::string bytes = object_->read(at, place_bytes);
  if (bytes.size() != place_bytes) throw storage::StorageError("the table of an export is cut");
  return {number_at(bytes, 0), number_at(bytes, number_bytes), number_at(bytes, 2 * number_bytes),
          bytes.substr(3 * number_bytes)};
}

ExportArchive::Part ExportArchive::at(std::int64_t offset) const {
  // How many photos begin at or before it.
  std::int64_t low = 0;
  for (std::int64_t high = photos_; low < high;) {
    const std::int64_t middle = low + (high - low) / 2;
    place(middle).begin <= offset ? low = middle + 1 : high = middle;
  }
  std::int64_t photo_bytes = 0;
  if (low > 0) {
    const Place last = place(low - 1);
    const std::int64_t within = offset - last.begin;
    if (within < last.length) {
      return {store_.open(photos::original_key(last.original)), within, last.length - within};
    }
    photo_bytes = last.before + last.length;
  }
  const std::int64_t end = low < photos_ ? place(low).begin : size_;
  return {object_, offset - photo_bytes, end - offset};
}

std::int64_t ExportArchiveService::build(ExportId id, const Documents& documents, Micros now) {
  Skeleton skeleton(spool_.create());
  for (const Document& document : documents.files) skeleton.add(document, now);
  for (const ExportedPhoto& photo : documents.photos) skeleton.add(photo);
  const std::int64_t size = skeleton.finish();
  remove(id);  // of an earlier try, which may have found other rows
  store_.put(key_of(id), skeleton.file());
  return size;
}

std::shared_ptr<const ExportArchive> ExportArchiveService::open(ExportId id) {
  return ExportArchive::open(store_.open(key_of(id)), store_);
}

void ExportArchiveService::remove(ExportId id) { store_.remove(key_of(id)); }

std::vector<ExportId> ExportArchiveService::stored() {
  std::vector<ExportId> found;
  store_.list(prefix, [&](std::string_view key, std::int64_t) {
    if (const auto id = ExportId::parse(key.substr(prefix.size()))) found.push_back(*id);
  });
  return found;
}

}  // namespace picsharz::exports
