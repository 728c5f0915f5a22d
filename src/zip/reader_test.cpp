// Archives that somebody made with a purpose: each is refused, with its reason, before its names or
// sizes are believed.
#include "zip/reader.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "zip/crc32.h"
#include "zip/records.h"

namespace picsharz::zip {
namespace {

struct File {
  std::string name;
  std::string bytes;
};

std::uint32_t crc_of(std::string_view bytes) {
  Crc32 crc;
  crc.update(bytes);
  return crc.value();
}

std::string deflate(std::string_view bytes) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  ::deflateEnd(&stream);
  return packed;
}

// A number in a central record, at an offset of that record, changed.
void put(std::string& bytes, std::size_t at, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) bytes.at(at + i) = static_cast<char>(value >> (8 * i) & 0xFF);
}

struct Made {
  std::string bytes;
  std::vector<std::size_t> local;
  std::vector<std::size_t> central;
};

Made make(const std::vector<File>& files, bool packed = false) {
  Made made;
  std::string records;
  for (const File& file : files) {
    Entry entry{.name = file.name,
                .size = static_cast<std::int64_t>(file.bytes.size()),
                .crc = crc_of(file.bytes),
                .offset = static_cast<std::int64_t>(made.bytes.size())};
    made.local.push_back(made.bytes.size());
    const std::string content = packed ? deflate(file.bytes) : file.bytes;
    made.bytes += local_header(entry) + content;
    made.central.push_back(records.size());
    std::string record = central_record(entry);
    if (packed) {
      put(record, 10, 8, 2);
      put(record, 20, content.size(), 4);
    }
    records += record;
  }
  const std::size_t offset = made.bytes.size();
  for (std::size_t& at : made.central) at += offset;
  made.bytes += records;
  made.bytes +=
      end_of_archive(static_cast<std::int64_t>(files.size()), static_cast<std::int64_t>(offset),
                     static_cast<std::int64_t>(records.size()));
  return made;
}

Result<Archive> open(const std::string& bytes, const ReaderLimits& limits = {}) {
  const auto read = [bytes](std::int64_t offset, std::size_t count) {
    if (offset < 0 || std::cmp_greater(offset, bytes.size())) return std::string();
    return bytes.substr(static_cast<std::size_t>(offset), count);
  };
  return Archive::open(static_cast<std::int64_t>(bytes.size()), read, limits);
}

std::string code_of(const std::string& bytes, const ReaderLimits& limits = {}) {
  const auto archive = open(bytes, limits);
  return archive ? "opened" : archive.error().code;
}

TEST(ZipReader, ReadsWhatIsStoredAndWhatIsDeflated) {
  const std::vector<File> files = {{"b/x.txt", "stored"}, {"a.txt", std::string(300'000, 'q')}};
  for (const bool packed : {false, true}) {
    const auto archive = open(make(files, packed).bytes);
    ASSERT_TRUE(archive) << archive.error().code;
    ASSERT_EQ(archive->members().size(), 2U);
    EXPECT_EQ(archive->members()[0].name, "a.txt");
    for (const File& file : files) {
      EXPECT_EQ(archive->text(*archive->find(file.name), 400'000).value(), file.bytes);
    }
    EXPECT_EQ(archive->find("c"), nullptr);
    EXPECT_EQ(archive->text(*archive->find("a.txt"), 299'999).error().code,
              "archive_member_too_large");
  }
}

TEST(ZipReader, WhatIsCutOrNoArchiveIsBroken) {
  const std::string whole = make({{"a", "some bytes"}, {"b", "others"}}).bytes;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(code_of(whole.substr(0, length)), "archive_broken") << length;
  }
  EXPECT_EQ(code_of(whole), "opened");
  EXPECT_EQ(code_of(std::string(100'000, 'x')), "archive_broken");
}

TEST(ZipReader, NamesThatLeadOutAreRefused) {
  for (const char* name : {"../x", "a/../../x", "/etc/passwd", "C:\\x", "C:x", "a\\b", "./a",
                           "a//b", "a/./b", "..", "\xFF\xFE", "a\nb"}) {
    EXPECT_EQ(code_of(make({{name, "x"}}).bytes), "archive_unsafe_name") << name;
  }
  EXPECT_EQ(code_of(make({{std::string("a\0b", 3), "x"}}).bytes), "archive_unsafe_name");
  EXPECT_EQ(code_of(make({{std::string(2'000, 'a'), "x"}}).bytes), "archive_unsafe_name");
  EXPECT_EQ(code_of(make({{"a", "x"}, {"a", "y"}}).bytes), "archive_name_twice");
  EXPECT_EQ(code_of(make({{"folder/", ""}, {"folder/..a", "y"}}).bytes), "opened");
}

TEST(ZipReader, EncryptedEntriesAreRefused) {
  Made made = make({{"a", "secret"}});
  put(made.bytes, made.central[0] + 8, 1, 2);
  EXPECT_EQ(code_of(made.bytes), "archive_encrypted");
}

TEST(ZipReader, EntriesThatShareBytesAreRefused) {
  Made made = make({{"a", std::string(1'000, 'x')}, {"b", "y"}});
  put(made.bytes, made.central[1] + 42, 10, 4);  // b begins within a
  EXPECT_EQ(code_of(made.bytes), "archive_overlapping");
  Made into_the_directory = make({{"a", "x"}});
  put(into_the_directory.bytes, into_the_directory.central[0] + 20, 50, 4);
  put(into_the_directory.bytes, into_the_directory.central[0] + 24, 50, 4);
  EXPECT_EQ(code_of(into_the_directory.bytes), "archive_overlapping");
}

TEST(ZipReader, BombsAreRefusedByWhatTheySay) {
  const std::string zeros(30'000'000, '\0');
  const Made honest = make({{"zeros", zeros}}, true);
  EXPECT_LT(honest.bytes.size(), 40'000U);
  EXPECT_EQ(code_of(honest.bytes, {.ratio = 20, .spare = 1'000'000}), "archive_bomb");
  Made many = make({{"a", "x"}, {"b", "x"}});
  put(many.bytes, many.central[0] + 24, 0xFFFFFFFE, 4);
  EXPECT_EQ(code_of(many.bytes), "archive_bomb");
  EXPECT_EQ(code_of(make({{"a", ""}, {"b", ""}}).bytes, {.entries = 1}), "archive_too_many_files");
}

TEST(ZipReader, BombsEndWhereTheyLied) {
  Made lying = make({{"zeros", std::string(30'000'000, '\0')}}, true);
  put(lying.bytes, lying.central[0] + 24, 1'000, 4);  // it says: a thousand bytes
  const auto archive = open(lying.bytes);
  ASSERT_TRUE(archive);
  std::int64_t given = 0;
  const auto unpacked =
      archive->unpack(*archive->find("zeros"), 1'000'000, [&](std::string_view bytes) {
        given += static_cast<std::int64_t>(bytes.size());
        return Result<void>();
      });
  EXPECT_EQ(unpacked.error().code, "archive_member_damaged");
  EXPECT_LE(given, 1'000);
}

TEST(ZipReader, DamagedEntriesFailAndOthersDoNot) {
  Made made = make({{"a", "good bytes"}, {"b", "other bytes"}, {"c", "third"}});
  made.bytes[made.local[0] + 30 + 1] = '?';
  put(made.bytes, made.central[2] + 10, 99, 2);  // an unknown method
  const auto archive = open(made.bytes);
  ASSERT_TRUE(archive);
  EXPECT_EQ(archive->text(*archive->find("a"), 100).error().code, "archive_member_damaged");
  EXPECT_EQ(archive->text(*archive->find("b"), 100).value(), "other bytes");
  EXPECT_EQ(archive->text(*archive->find("c"), 100).error().code, "archive_method");
}

TEST(ZipReader, ChangedBytesNeverDoMoreThanFail) {
  const Made made = make({{"a", std::string(200, 'x')}, {"b", "yes"}}, true);
  for (std::size_t at = 0; at < made.bytes.size(); ++at) {
    for (const int bit : {0, 3, 7}) {
      std::string changed = made.bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const auto archive = open(changed);
      if (!archive) continue;
      for (const Member& member : archive->members()) {
        const auto text = archive->text(member, 1'000);
        EXPECT_TRUE(!text || crc_of(*text) == member.crc);
      }
    }
  }
}

}  // namespace
}  // namespace picsharz::zip
