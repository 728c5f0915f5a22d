// What is written is read by others: our own reader, and Python's zipfile.
#include "zip/records.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "zip/crc32.h"
#include "zip/reader.h"

namespace picsharz::zip {
namespace {

constexpr std::int64_t GiB = 1'073'741'824;
constexpr Micros noon = 1'790'000'000 * second;

// A file with holes: gigabytes that take no place.
class SparseFile {
 public:
  SparseFile() {
    path_ = std::filesystem::temp_directory_path() / "picsharz-zip-XXXXXX";
    descriptor_ = ::mkstemp(path_.data());
    EXPECT_GE(descriptor_, 0);
  }
  ~SparseFile() {
    ::close(descriptor_);
    std::filesystem::remove(path_);
  }
  SparseFile(const SparseFile&) = delete;
  SparseFile& operator=(const SparseFile&) = delete;

  void write(std::string_view bytes) {
    EXPECT_EQ(::pwrite(descriptor_, bytes.data(), bytes.size(), size_),
              static_cast<ssize_t>(bytes.size()));
    size_ += static_cast<std::int64_t>(bytes.size());
  }
  void hole(std::int64_t bytes) { size_ += bytes; }
  std::int64_t size() const { return size_; }
  const std::string& path() const { return path_; }
  ReadAt reader() const {
    return [descriptor = descriptor_](std::int64_t offset, std::size_t count) {
      std::string bytes(count, '\0');
      const ssize_t got = ::pread(descriptor, bytes.data(), count, offset);
      bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
      return bytes;
    };
  }

 private:
  std::string path_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
};

std::uint32_t crc_of(std::string_view bytes) {
  Crc32 crc;
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

void finish(SparseFile& file, const std::vector<Entry>& entries) {
  const std::int64_t offset = file.size();
  std::string records;
  for (const Entry& entry : entries) records += central_record(entry);
  file.write(records);
  const auto count = static_cast<std::int64_t>(entries.size());
  file.write(end_of_archive(count, offset, static_cast<std::int64_t>(records.size())));
}

std::string python(const std::string& script, const std::string& path) {
  const std::string command = "python3 -c '" + script + "' " + path + " 2>&1";
  FILE* output = ::popen(command.c_str(), "r");
  EXPECT_NE(output, nullptr);
  std::string said;
  std::array<char, 4096> buffer;
  while (std::fgets(buffer.data(), buffer.size(), output) != nullptr) said += buffer.data();
  EXPECT_EQ(::pclose(output), 0) << said;
  return said;
}

TEST(ZipRecords, BeyondFourGibibytesOthersReadThem) {
  SparseFile file;
  std::vector<Entry> entries;
  const auto add = [&](std::string name, std::string_view bytes, std::int64_t zeros) {
    Entry entry{.name = std::move(name), .offset = file.size(), .modified = noon};
    entry.size = static_cast<std::int64_t>(bytes.size()) + zeros;
    entry.crc = zeros > 0 ? crc_of_zeros(zeros) : crc_of(bytes);
    file.write(local_header(entry));
    file.write(bytes);
    file.hole(zeros);
    entries.push_back(std::move(entry));
  };
  add("README.txt", "first", 0);
  add("large.bin", "", 5 * GiB);
  add("small.bin", "", 3 * GiB);
  add("photos/7-Früh.jpg", "behind all of it", 0);
  finish(file, entries);

  EXPECT_EQ(python("import sys, zipfile\n"
                   "z = zipfile.ZipFile(sys.argv[1])\n"
                   "for i in z.infolist():\n"
                   "  print(i.filename, i.file_size, i.header_offset >= 2**32, i.date_time[0])\n"
                   "print(z.read(z.namelist()[3]).decode(), z.read(\"README.txt\").decode())\n"
                   "print(z.open(\"large.bin\").read(3))",
                   file.path()),
            "README.txt 5 False 2026\nlarge.bin 5368709120 False 2026\n"
            "small.bin 3221225472 True 2026\nphotos/7-Früh.jpg 16 True 2026\n"
            "behind all of it first\nb'\\x00\\x00\\x00'\n");
  const auto archive = Archive::open(file.size(), file.reader(), {.ratio = 1});
  ASSERT_TRUE(archive) << archive.error().code;
  const Member* last = archive->find("photos/7-Früh.jpg");
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(archive->text(*last, 100).value(), "behind all of it");
  EXPECT_EQ(archive->find("large.bin")->size, 5 * GiB);
}

TEST(ZipRecords, MoreEntriesThanSixteenBitsCount) {
  SparseFile file;
  std::vector<Entry> entries;
  std::string bytes;
  for (int i = 0; i < 66'000; ++i) {
    Entry entry{.name = std::to_string(i) + ".txt",
                .size = 1,
                .crc = crc_of("x"),
                .offset = static_cast<std::int64_t>(bytes.size())};
    bytes += local_header(entry) + "x";
    entries.push_back(std::move(entry));
  }
  file.write(bytes);
  finish(file, entries);
  EXPECT_EQ(python("import sys, zipfile\n"
                   "z = zipfile.ZipFile(sys.argv[1])\n"
                   "print(len(z.infolist()), z.testzip())",
                   file.path()),
            "66000 None\n");
  const auto archive = Archive::open(file.size(), file.reader());
  ASSERT_TRUE(archive);
  EXPECT_EQ(archive->members().size(), 66'000U);
}

}  // namespace
}  // namespace picsharz::zip
