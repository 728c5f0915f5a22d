#include "features/uploads/tus_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "crypto/crypto.h"
#include "features/uploads/upload_rules.h"

namespace picsharz::uploads {

namespace {

constexpr std::size_t digits_max = 18;  // within 63 bits
constexpr std::size_t sha1_bytes = 20;
constexpr std::size_t sha256_bytes = 32;

std::unexpected<Error> invalid(std::string_view code, std::string_view message,
                               std::string_view action) {
  return fail(ErrorKind::invalid, code, message, action);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool sound_key(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
}

std::unexpected<Error> bad_metadata(std::string_view what) {
  return invalid("invalid_upload_metadata", "Upload-Metadata cannot be read: " + std::string(what),
                 "Send it as \"key base64,key base64\" (tus 1.0.0).");
}

}  // namespace

Result<std::int64_t> parse_upload_number(std::string_view name, std::string_view value) {
  const bool digits = !value.empty() && value.size() <= digits_max &&
                      value.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits) {
    return invalid(name == "Upload-Offset" ? "invalid_upload_offset" : "invalid_upload_length",
                   "The header " + std::string(name) + " is no number of bytes.",
                   "Send it in decimal digits.");
  }
  std::int64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_upload_metadata(
    std::string_view header) {
  std::vector<std::pair<std::string, std::string>> pairs;
  header = trimmed(header);
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    const std::string_view pair = trimmed(header.substr(0, comma));
    header.remove_prefix(comma);
    if (!header.empty()) header.remove_prefix(1);
    const std::size_t space = std::min(pair.find(' '), pair.size());
    const std::string_view key = pair.substr(0, space);
    if (!sound_key(key)) return bad_metadata("a key is missing or not printable.");
    if (std::ranges::find(pairs, key, &std::pair<std::string, std::string>::first) != pairs.end()) {
      return bad_metadata("a key comes twice.");
    }
    auto value = crypto::from_base64(trimmed(pair.substr(space)));
    if (!value) return bad_metadata("a value is not base64.");
    pairs.emplace_back(key, *std::move(value));
  }
  return pairs;
}

Result<Checksum> parse_upload_checksum(std::string_view header) {
  const std::size_t space = std::min(header.find(' '), header.size());
  const std::string_view name = header.substr(0, space);
  if (name != "sha1" && name != "sha256") {
    return invalid("invalid_checksum", "This server does not know that checksum.",
                   "Use one of Tus-Checksum-Algorithm.");
  }
  Checksum checksum;
  checksum.algorithm = name == "sha1" ? Checksum::Algorithm::sha1 : Checksum::Algorithm::sha256;
  auto digest = crypto::from_base64(trimmed(header.substr(space)));
  if (!digest || digest->size() != (name == "sha1" ? sha1_bytes : sha256_bytes)) {
    return invalid("invalid_checksum", "Upload-Checksum does not hold a digest of that kind.",
                   "Send the algorithm, a space and the digest in base64.");
  }
  checksum.digest = *std::move(digest);
  return checksum;
}

Result<NewUpload> read_creation(std::optional<std::string_view> length,
                                std::optional<std::string_view> defer_length,
                                std::string_view metadata) {
  NewUpload upload;
  if (length.has_value() == defer_length.has_value()) {
    return invalid("invalid_upload_length",
                   "Either Upload-Length or Upload-Defer-Length has to be sent.",
                   "Send Upload-Length with the bytes of the file.");
  }
  if (defer_length && *defer_length != "1") {
    return invalid("invalid_upload_length", "Upload-Defer-Length can only be 1.",
                   "Send Upload-Length, or Upload-Defer-Length: 1.");
  }
  if (length) {
    TRY_ASSIGN(upload.length, parse_upload_number("Upload-Length", *length));
  }
  TRY_ASSIGN(auto pairs, parse_upload_metadata(metadata));
  std::vector<std::pair<std::string, std::string>> form;
  for (auto& [key, value] : pairs) {
    if (key == "filename") {
      upload.file_name = clean_file_name(value);
    } else if (key == "sha256") {
      if (value.size() != sha256_bytes) return bad_metadata("sha256 is not a digest of 32 bytes.");
      upload.sha256 = crypto::hex(value);
    } else if (key == "purpose") {
      if (value != "import") return bad_metadata("purpose can only be import.");
      upload.archive = true;
    } else if (key != "filetype" && key != "type") {
      form.emplace_back(std::move(key), std::move(value));
    }
  }
  TRY_ASSIGN(upload.fields, check_fields(form, true));
  if (upload.archive && !upload.length) {
    return invalid("invalid_upload_length", "The length of an archive is said at the beginning.",
                   "Send Upload-Length with the bytes of the file.");
  }
  upload.metadata = metadata;
  return upload;
}

std::string http_date(Micros time) {
  const std::time_t seconds = time / second;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

}  // namespace picsharz::uploads
