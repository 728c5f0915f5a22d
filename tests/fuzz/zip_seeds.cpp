// Seeds for zip_fuzz: small archives, with and without ZIP64's records.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "zip/crc32.h"
#include "zip/records.h"

namespace {

using namespace picsharz;

std::string archive(const std::vector<std::string>& names, bool large) {
  std::string bytes;
  std::string records;
  for (const std::string& name : names) {
    const std::string content = "content of " + name;
    zip::Crc32 crc;
    crc.update(content);
    const zip::Entry entry{.name = name,
                           .size = static_cast<std::int64_t>(content.size()),
                           .crc = crc.value(),
                           .offset = static_cast<std::int64_t>(bytes.size())};
    bytes += zip::local_header(entry) + content;
    records += zip::central_record(entry);
  }
  const auto offset = static_cast<std::int64_t>(bytes.size());
  const auto size = static_cast<std::int64_t>(records.size());
  // A count beyond 16 bits brings the records of ZIP64; the reader refuses the count.
  const auto count = large ? std::int64_t{70'000} : static_cast<std::int64_t>(names.size());
  return bytes + records + zip::end_of_archive(count, offset, size);
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return 2;
  const std::filesystem::path folder = words[1];
  std::ofstream(folder / "one") << archive({"a.txt"}, false);
  std::ofstream(folder / "three") << archive({"a.txt", "photos/1-b.jpg", "c/"}, false);
  std::ofstream(folder / "empty") << archive({}, false);
  std::ofstream(folder / "zip64") << archive({"a.txt"}, true);
  return 0;
}
