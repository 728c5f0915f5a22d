// What a decoder process and its parent say to each other: fixed-size frames over one
// SOCK_SEQPACKET socket, picture and results in memory files whose descriptors go along with the
// request.
//
// What:      parent -> child: Request with two descriptors (input, which cannot be written to, and
//            the output of this process, whose pages serve one picture after the other).
//            child -> parent: Hello once, then a Reply for each Request. The output holds, one
//            after the other, the renditions as listed, the ThumbHash, the glance, the pixels if
//            they were wanted, the metadata; of an extra the renditions alone.
// Trust:     the child believes the parent. The parent believes nothing: every number is checked
//            against what the picture's probe allows before a byte is read.
// Threads:   pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "image/image.h"

namespace picsharz::image {

inline constexpr std::int64_t decoder_output_max = 32 * 1024 * 1024;

inline constexpr std::uint32_t hello_magic = 0x70636831;
inline constexpr std::uint32_t request_magic = 0x70637131;
inline constexpr std::uint32_t reply_magic = 0x70637231;

// What the child says when it is ready: the layers of the sandbox that are in force.
struct Hello {
  std::uint32_t magic = hello_magic;
  std::int32_t seccomp = 0;
  std::int32_t landlock = 0;
};

struct Request {
  std::uint32_t magic = request_magic;
  std::int32_t format = 0;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int32_t orientation = 1;
  std::int32_t channels = 0;
  std::int32_t bits = 0;
  std::int32_t frames = 0;
  std::int32_t alpha = 0;
  std::int32_t icc = 0;
  std::int32_t extra = 0;   // which Extra is wanted; 0: the development
  std::int32_t pixels = 0;  // 1: and the pixels
  std::int32_t lent = 0;    // 1: the input is a file, not memory that cannot shrink
  std::int32_t reserved = 0;
  std::int64_t bytes = 0;  // of the input
};

struct ReplyColour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  std::uint8_t unused = 0;
  std::int32_t share = 0;
};

enum class ReplyStatus : std::int32_t {
  developed = 0,  // or the extra is made
  corrupt = 1,
  out_of_memory = 2,
  no_encoder = 3,
  unreadable = 4,  // the input, not what it says
};

struct ReplyRendition {
  std::int32_t size = 0;
  std::int32_t format = 0;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int64_t bytes = 0;
};

struct Reply {
  std::uint32_t magic = reply_magic;
  std::int32_t status = 0;
  std::int32_t renditions = 0;
  std::int32_t thumbhash_bytes = 0;
  std::int32_t pixels_width = 0;
  std::int32_t pixels_height = 0;
  std::int32_t glance_width = 0;
  std::int32_t glance_height = 0;
  std::int32_t metadata = 0;  // 1: the output ends with a MetadataRecord
  std::int32_t reserved = 0;
  std::int64_t cpu_micros = 0;  // of the child for this picture
  std::array<ReplyRendition, 3> rendition{};
  std::uint64_t phash = 0;
  std::int32_t colours = 0;
  std::array<ReplyColour, 5> colour{};
  std::array<char, 128> detail{};  // for the log
};

Request to_request(const Probe& probe, std::int64_t bytes);
Probe to_probe(const Request& request);

// The child's side: writes the results to `output` and describes them.
Reply write_reply(const Developed& developed, int output);
Reply write_extra_reply(const std::vector<Rendition>& made, int output);
Reply failure_reply(ReplyStatus status, const std::string& detail);

// The parent's side: the results, or the picture's refusal. image_corrupt where the reply is not
// one that an honest child could give for this probe. A std::runtime_error where the child could
// not read the picture: that says nothing of it.
Result<Developed> read_reply(const Reply& reply, int output, const Probe& probe, Wanted wanted);
// The same for an extra: what plan_extra() lists, and nothing else.
Result<std::vector<Rendition>> read_extra_reply(const Reply& reply, int output, const Probe& probe,
                                                Extra extra);

}  // namespace picsharz::image
