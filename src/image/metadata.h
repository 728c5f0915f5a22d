// What a camera or a program wrote into a picture's file, for the photo's owner.
//
// What:      EXIF (JPEG APP1, PNG eXIf, WebP EXIF) and IPTC-IIM (JPEG APP13). XMP is not read,
//            maker notes and serial numbers never are.
// Bounds:    64 KiB of EXIF; its first directory, the EXIF and the GPS one, each once and in one
//            pass, so there is nothing that could loop; segments, chunks, entries, keywords and
//            texts are counted. What does not make sense is left out, never a failure.
// Trust:     runs in the decoder process. MetadataRecord is how it comes back: of a fixed size, and
//            from_record() believes nothing of it.
// Threads:   pure functions.
// Source:    Exif 2.32, sections 4.5 and 4.6; IPTC-NAA IIM 4.1; Adobe Photoshop image resources.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image/image.h"

namespace picsharz::image {

// Of the file's own bytes.
Metadata read_metadata(std::string_view file, Format format);

// The parts, for the tests and for formats that keep them elsewhere. They fill what is empty.
void read_exif(std::string_view tiff, Metadata& metadata);
void read_iptc(std::string_view records, Metadata& metadata);

// The EXIF of a HEIF or AVIF file, for read_exif(); "" where there is none.
std::string_view find_heif_exif(std::string_view file);

// Metadata between two processes. Texts end with a NUL or fill their place.
struct MetadataRecord {
  static constexpr std::size_t keywords_max = 30;
  std::array<char, 64> make{};
  std::array<char, 96> model{};
  std::array<char, 128> lens{};
  std::array<char, 24> exposure_time{};
  std::array<char, 32> taken_at{};
  std::array<char, 256> copyright{};
  std::array<char, 128> artist{};
  std::array<char, 2048> description{};
  std::array<char, 2048> caption{};
  std::array<std::array<char, 64>, keywords_max> keywords{};
  double f_number = 0;
  double focal_length = 0;
  std::int64_t iso = 0;
  double latitude = 0;
  double longitude = 0;
  std::int64_t has_position = 0;
};

// Texts that are too long are cut between two characters.
MetadataRecord to_record(const Metadata& metadata);
Metadata from_record(const MetadataRecord& record);

}  // namespace picsharz::image
