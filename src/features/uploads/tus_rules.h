// The headers of tus 1.0.0, parsed.
//
// Source:    https://tus.io/protocols/resumable-upload, version 1.0.0: core protocol, creation,
//            creation-with-upload, creation-defer-length, checksum, expiration.
// Threads:   pure functions.
// Failures:  invalid_request and its kin, as values; every byte string is an expected input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "features/uploads/upload.h"

namespace picsharz::uploads {

inline constexpr std::string_view tus_version = "1.0.0";
inline constexpr std::string_view tus_extensions =
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination";
inline constexpr std::string_view tus_checksums = "sha1,sha256";

// Upload-Length, Upload-Offset: digits only, up to 18 of them.
Result<std::int64_t> parse_upload_number(std::string_view name, std::string_view value);

// Upload-Metadata: "key base64,key base64"; a key is printable and comes once, a value may be
// missing.
Result<std::vector<std::pair<std::string, std::string>>> parse_upload_metadata(
    std::string_view header);

// Upload-Checksum: "sha1 base64", with a digest of the algorithm's length.
Result<Checksum> parse_upload_checksum(std::string_view header);

// The creating request. A header that was not sent is nullopt. Of the metadata, filename and
// sha256 (base64 of the 32 bytes) are ours, purpose (import: an archive of known length) too,
// filetype and type are tolerated (the content decides); every other one is a field of a photo.
Result<NewUpload> read_creation(std::optional<std::string_view> length,
                                std::optional<std::string_view> defer_length,
                                std::string_view metadata);

// An IMF-fixdate (RFC 9110, 5.6.7), for Upload-Expires.
std::string http_date(Micros time);

}  // namespace picsharz::uploads
