// Any bytes as the headers of tus: each parser gives a value within its bounds, or a refusal.
//
// Input:     the first byte chooses the parser; the rest is the header's value. A creation gets it
//            as metadata.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "features/uploads/tus_rules.h"

namespace {

using namespace picsharz;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view value(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      if (const auto number = uploads::parse_upload_number("Upload-Offset", value)) {
        require(*number >= 0);
      }
      break;
    case 1:
      if (const auto pairs = uploads::parse_upload_metadata(value)) {
        for (const auto& [key, text] : *pairs) {
          require(!key.empty() && key.size() + text.size() <= value.size());
        }
      }
      break;
    case 2:
      if (const auto checksum = uploads::parse_upload_checksum(value)) {
        const bool sha1 = checksum->algorithm == uploads::Checksum::Algorithm::sha1;
        require(checksum->digest.size() == (sha1 ? 20U : 32U));
      }
      break;
    default:
      if (const auto upload = uploads::read_creation("1000", std::nullopt, value)) {
        require(upload->length == 1000);
        require(upload->sha256.empty() || upload->sha256.size() == 64);
      } else {
        require(!upload.error().code.empty() && !upload.error().action.empty());
      }
  }
  return 0;
}
