// An archive that is computed while it is sent: the same from every byte, and what others read.
#include "features/exports/export_archive_service.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <zlib.h>

#include <array>
#include <cstdio>
#include <map>

#include "storage/scratch_directory_test.h"
#include "zip/reader.h"

namespace picsharz::exports {
namespace {

constexpr std::int64_t GiB = 1'073'741'824;
constexpr Micros noon = 1'790'000'000 * second;

// Objects in memory; those of gigabytes are holes.
class HoleStore final : public storage::ObjectStore {
 public:
  void put(std::string_view key, storage::SpoolFile& spooled) override {
    add(key, spooled.read(0, static_cast<std::size_t>(spooled.size())), spooled.size());
  }
  void put_all(std::span<const storage::NewObject>) override {}
  bool confirm(std::string_view key) override { return open(key) != nullptr; }
  std::shared_ptr<const FileHandle> open(std::string_view key) override {
    const auto found = objects_.find(key);
    return found == objects_.end() ? nullptr : found->second;
  }
  bool remove(std::string_view key) override { return objects_.erase(std::string(key)) > 0; }
  void list(std::string_view prefix,
            const std::function<void(std::string_view, std::int64_t)>& each) override {
    for (const auto& [key, file] : objects_) {
      if (key.starts_with(prefix)) each(key, file->size());
    }
  }
  void add(std::string_view key, std::string_view bytes, std::int64_t size) {
    const int descriptor = ::memfd_create("object", MFD_CLOEXEC);
    EXPECT_EQ(::write(descriptor, bytes.data(), bytes.size()), std::ssize(bytes));
    EXPECT_EQ(::ftruncate(descriptor, size), 0);
    objects_[std::string(key)] = std::make_shared<const FileHandle>(descriptor, size);
  }

 private:
  std::map<std::string, std::shared_ptr<const FileHandle>, std::less<>> objects_;
};

std::uint32_t crc_of(std::string_view bytes) {
  zip::Crc32 crc;
  crc.update(bytes);
  return crc.value();
}

// Of many zeros, without reading them.
std::uint32_t crc_of_zeros(std::int64_t bytes) {
  std::uint32_t all = 0;
  std::uint32_t power = crc_of(std::string_view("\0", 1));
  for (std::int64_t length = 1; bytes > 0; bytes >>= 1, length *= 2) {
    if ((bytes & 1) != 0) all = static_cast<std::uint32_t>(crc32_combine64(all, power, length));
    power = static_cast<std::uint32_t>(crc32_combine64(power, power, length));
  }
  return all;
}

class ExportArchiveTest : public ::testing::Test {
 protected:
  void add_document(const std::string& name, std::string_view text) {
    Document document(name, spool.create());
    document.write(text);
    documents.files.push_back(std::move(document));
  }
  void add_photo(std::int64_t id, char digit, std::string_view bytes, std::int64_t size) {
    ExportedPhoto exported{.photo = {}, .details = {}, .removed_labels = {}, .crc = crc_of(bytes)};
    if (bytes.empty()) exported.crc = crc_of_zeros(size);
    exported.photo.id = PhotoId{id};
    exported.photo.original = std::string(64, digit);
    exported.photo.file_name = "Früh.jpg";
    exported.photo.bytes = size;
    exported.photo.created_at = noon;
    const std::string key = photos::original_key(exported.photo.original);
    if (!store.open(key)) store.add(key, bytes, size);
    documents.photos.push_back(std::move(exported));
  }
  // From `offset` on, as a connection would send it.
  static std::string read(const ExportArchive& archive, std::int64_t offset) {
    std::string bytes;
    while (offset < archive.size()) {
      const auto part = archive.at(offset);
      EXPECT_TRUE(part.file && part.length > 0);
      if (!part.file || part.length <= 0) return bytes;
      bytes += part.file->read(part.offset, static_cast<std::size_t>(part.length));
      offset += part.length;
    }
    return bytes;
  }

  storage::ScratchDirectory scratch;
  storage::Spool spool{scratch.path() + "/spool", 0};
  HoleStore store;
  ExportArchiveService archives{spool, store};
  Documents documents{};
};

TEST_F(ExportArchiveTest, IsTheSameFromEveryByte) {
  add_document("README.txt", "read me");
  add_document("empty.json", "");
  add_photo(7, '7', "first photo", 11);
  add_photo(8, '8', "second", 6);
  add_photo(9, '9', "x", 1);
  const std::int64_t size = archives.build(ExportId{5}, documents, noon);
  const auto archive = archives.open(ExportId{5});
  ASSERT_TRUE(archive);
  EXPECT_EQ(archive->size(), size);
  const std::string whole = read(*archive, 0);
  ASSERT_EQ(std::ssize(whole), size);
  for (std::int64_t offset = 0; offset < size; ++offset) {
    ASSERT_EQ(read(*archive, offset), whole.substr(static_cast<std::size_t>(offset))) << offset;
  }
  const auto opened = zip::Archive::open(size, [&](std::int64_t at, std::size_t count) {
    return whole.substr(static_cast<std::size_t>(at), count);
  });
  ASSERT_TRUE(opened) << opened.error().code;
  EXPECT_EQ(opened->text(*opened->find("README.txt"), 100).value(), "read me");
  EXPECT_EQ(opened->text(*opened->find("photos/8-Früh.jpg"), 100).value(), "second");
  EXPECT_EQ(opened->members().size(), 5U);
  store.remove(photos::original_key(std::string(64, '8')));
  const std::size_t place = whole.find("second");
  EXPECT_FALSE(archive->at(static_cast<std::int64_t>(place)).file);
  EXPECT_TRUE(archive->at(0).file);
}

TEST_F(ExportArchiveTest, WithoutPhotosAndWithoutAnObject) {
  add_document("README.txt", "read me");
  const std::int64_t size = archives.build(ExportId{5}, documents, noon);
  EXPECT_EQ(std::ssize(read(*archives.open(ExportId{5}), 0)), size);
  EXPECT_EQ(archives.stored(), std::vector{ExportId{5}});
  EXPECT_FALSE(archives.open(ExportId{6}));
  store.add("exports/6", "not ours", 8);
  EXPECT_FALSE(archives.open(ExportId{6}));
  store.add("exports/7", "", 4'000);
  EXPECT_FALSE(archives.open(ExportId{7}));
  archives.remove(ExportId{5});
  EXPECT_FALSE(archives.open(ExportId{5}));
}

TEST_F(ExportArchiveTest, BeyondFourGibibytesPythonReadsIt) {
  add_document("README.txt", "read me");
  add_photo(7, '7', "", 5 * GiB);
  add_photo(8, '8', "small", 5);
  for (int i = 0; i < 66'000; ++i) add_photo(100 + i, '9', "tiny", 4);
  const std::int64_t size = archives.build(ExportId{5}, documents, noon);
  EXPECT_GT(size, 5 * GiB);
  const auto archive = archives.open(ExportId{5});
  ASSERT_TRUE(archive);
  const std::string path = scratch.path() + "/whole.zip";
  FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  for (std::int64_t offset = 0; offset < size;) {
    const auto part = archive->at(offset);
    ASSERT_TRUE(part.file && part.length > 0);
    if (part.length < GiB) {
      const std::string bytes = part.file->read(part.offset, static_cast<std::size_t>(part.length));
      ASSERT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
    } else {
      ASSERT_EQ(::fseeko(file, part.length, SEEK_CUR), 0);
    }
    offset += part.length;
  }
  std::fclose(file);
  const std::string command =
      "python3 -c 'import sys, zipfile\n"
      "z = zipfile.ZipFile(sys.argv[1])\n"
      "names = z.namelist()\n"
      "print(len(names), z.read(names[2]).decode(), z.read(names[-1]).decode())\n"
      "print(z.infolist()[1].file_size, z.infolist()[2].header_offset > 2**32)' " +
      path + " 2>&1";
  FILE* output = ::popen(command.c_str(), "r");
  ASSERT_NE(output, nullptr);
  std::string said;
  std::array<char, 4096> buffer;
  while (std::fgets(buffer.data(), buffer.size(), output) != nullptr) said += buffer.data();
  EXPECT_EQ(::pclose(output), 0);
  EXPECT_EQ(said, "66003 small tiny\n5368709120 True\n");
}

}  // namespace
}  // namespace picsharz::exports
