#include "features/imports/import_archive_service.h"

#include <algorithm>
#include <array>

#include "features/imports/archive_rules.h"

namespace picsharz::imports {

namespace {

// Where Instagram has put the posts over the years, behind the archive's own folder if it has one.
constexpr std::array posts_places = {"your_instagram_activity/media/posts_",
                                     "your_instagram_activity/content/posts_", "content/posts_"};

std::unexpected<Error> unknown() {
  return fail(ErrorKind::unprocessable, "archive_unknown",
              "This is neither an archive of Picsharz nor one of Instagram in JSON.",
              "Of Instagram, ask for your information in the format JSON, not HTML.");
}

std::unexpected<Error> newer() {
  return fail(ErrorKind::unprocessable, "archive_newer",
              "This archive was made by a newer Picsharz than this one.",
              "Ask the administrator for an update.");
}

}  // namespace

Result<std::unique_ptr<ImportArchiveService>> ImportArchiveService::open(
    std::unique_ptr<storage::SpoolFile> file) {
  const auto read = [spooled = file.get()](std::int64_t offset, std::size_t count) {
    return spooled->read(offset, count);
  };
  TRY_ASSIGN(zip::Archive archive, zip::Archive::open(file->size(), read));
  std::unique_ptr<ImportArchiveService> opened(
      new ImportArchiveService(std::move(file), std::move(archive)));
  TRY(opened->look());
  return opened;
}

Result<void> ImportArchiveService::look() {
  const JsonTree about = document("export.json");
  if (about["format"].text() == "picsharz") {
    if (about["version"].number() != 1) return newer();
    kind_ = ArchiveKind::picsharz;
    return {};
  }
  for (const zip::Member& member : archive_.members()) {
    if (!member.name.ends_with(".json")) continue;
    for (const std::string_view place : posts_places) {
      const std::size_t at = member.name.find(place);
      if (at == member.name.npos || (at > 0 && member.name[at - 1] != '/')) continue;
      kind_ = ArchiveKind::instagram;
      if (posts_.empty()) root_ = member.name.substr(0, at);
      posts_.push_back(member.name);
      break;
    }
  }
  if (kind_ == ArchiveKind::unknown) return unknown();
  // posts_2 before posts_10.
  std::ranges::sort(posts_, {},
                    [](const std::string& name) { return std::pair(name.size(), name); });
  return {};
}

Result<void> ImportArchiveService::photos(FunctionRef<bool(ArchivedPhoto&&)> take) const {
  if (kind_ == ArchiveKind::picsharz) {
    return elements("photos.json",
                    [&](const JsonTree& element) { return take(read_photo(element)); });
  }
  bool going_on = true;
  for (const std::string& name : posts_) {
    if (!going_on) break;
    TRY(elements(name, [&](const JsonTree& element) {
      for (ArchivedPhoto& photo : read_post(element, root_)) {
        if (going_on) going_on = take(std::move(photo));
      }
      return going_on;
    }));
  }
  return {};
}

Result<void> ImportArchiveService::elements(std::string_view name,
                                            FunctionRef<bool(const JsonTree&)> take) const {
  const zip::Member* member = archive_.find(name);
  if (member == nullptr) return {};
  JsonList list(element_max);
  bool going_on = true;
  // Enough was read: that ends the unpacking, and is no failure.
  constexpr std::string_view enough = "enough";
  const auto read = archive_.unpack(*member, list_max, [&](std::string_view piece) -> Result<void> {
    TRY(list.feed(piece, [&](std::string_view text) {
      const auto element = JsonTree::parse(text);
      going_on = take(element.value_or(JsonTree()));
      return going_on;
    }));
    if (going_on) return {};
    return fail(ErrorKind::invalid, enough, "", "");
  });
  if (!read && read.error().code != enough) return read;
  if (read && !list.complete()) {
    return fail(ErrorKind::unprocessable, "invalid_json", "A list in this archive has no end.",
                "Make the archive anew, or choose another.");
  }
  return {};
}

JsonTree ImportArchiveService::document(std::string_view name) const {
  const zip::Member* member = archive_.find(name);
  if (member == nullptr) return {};
  const auto text = archive_.text(*member, document_max);
  if (!text) return {};
  return JsonTree::parse(*text).value_or(JsonTree());
}

std::vector<std::string> ImportArchiveService::names_ending(std::string_view end) const {
  std::vector<std::string> names;
  for (const zip::Member& member : archive_.members()) {
    const bool whole = member.name == end || member.name.ends_with("/" + std::string(end));
    if (whole) names.push_back(member.name);
  }
  return names;
}

Result<void> ImportArchiveService::unpack(std::string_view file, std::int64_t most,
                                          storage::SpoolFile& into) const {
  const zip::Member* member = archive_.find(file);
  if (member == nullptr || member->folder()) {
    return fail(ErrorKind::unprocessable, "file_missing", "The archive has no file of this photo.",
                "Make the archive anew, or upload the photo by itself.");
  }
  return archive_.unpack(*member, most, [&](std::string_view piece) {
    into.write(piece);
    return Result<void>();
  });
}

}  // namespace picsharz::imports
