#include "image/decoder_protocol.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "image/dominant_colours.h"
#include "image/metadata.h"
#include "image/refusals.h"
#include "image/renditions.h"
#include "image/thumbhash.h"

namespace picsharz::image {
namespace {

void write_all(int file, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(file, at, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw std::system_error(errno, std::generic_category(), "decoder output");
    at += written;
    size -= static_cast<std::size_t>(written);
  }
}

bool read_all(int file, std::int64_t offset, void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = ::pread(file, at, size, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    offset += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

// The bytes of a rendition begin as its format does: whatever else they are, browsers get an image.
bool has_magic(std::string_view bytes, Format format) {
  if (format == Format::jpeg) return bytes.starts_with("\xff\xd8\xff");
  if (format == Format::avif) return bytes.size() >= 12 && bytes.substr(4, 8) == "ftypavif";
  return bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP";
}

// Reads the output front to back; everything it is asked for has been bounded before.
class OutputReader {
 public:
  explicit OutputReader(int file) : file_(file) {}

  bool read(void* data, std::size_t size) {
    if (!read_all(file_, offset_, data, size)) return false;
    offset_ += static_cast<std::int64_t>(size);
    return true;
  }

 private:
  int file_;
  std::int64_t offset_ = 0;
};

using Plan = std::vector<PlannedRendition>;

bool is_plausible(const ReplyRendition& given, const PlannedRendition& planned) {
  const auto format = static_cast<Format>(given.format);
  const bool known = format == planned.format || format == planned.with_alpha;
  return known && given.size == planned.size && given.width == planned.extent.width &&
         given.height == planned.extent.height && given.bytes > 0 &&
         given.bytes <= decoder_output_max;
}

// The renditions, their order and extents follow from the probe.
bool are_plausible(const Reply& reply, const Plan& plan) {
  if (reply.renditions != static_cast<std::int32_t>(plan.size())) return false;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (!is_plausible(reply.rendition.at(i), plan[i])) return false;
    total += reply.rendition.at(i).bytes;
  }
  return total <= decoder_output_max;
}

// So do the pixels.
bool are_plausible_pixels(const Reply& reply, const Plan& plan, Wanted wanted) {
  if (wanted == Wanted::renditions) return reply.pixels_width == 0 && reply.pixels_height == 0;
  const PlannedRendition* pixels = &plan.front();
  for (const PlannedRendition& planned : plan) {
    if (planned.size <= 640) pixels = &planned;
  }
  return reply.pixels_width == pixels->extent.width && reply.pixels_height == pixels->extent.height;
}

bool is_plausible(const Reply& reply, const Plan& plan, Wanted wanted) {
  const auto is_tiny = [](std::int32_t side) { return side > 0 && side <= thumbhash_side; };
  return are_plausible(reply, plan) && reply.thumbhash_bytes > 0 &&
         reply.thumbhash_bytes <= static_cast<std::int32_t>(thumbhash_bytes) &&
         is_tiny(reply.glance_width) && is_tiny(reply.glance_height) &&
         are_plausible_pixels(reply, plan, wanted);
}

bool read_pixels(int width, int height, OutputReader& reader, Pixels& pixels) {
  pixels = {width, height, {}};
  pixels.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  return reader.read(pixels.rgb.data(), pixels.rgb.size());
}

// Any colour is one, but not more of them than the picture has room for.
bool read_colours(const Reply& reply, Developed& developed) {
  if (reply.colours < 0 || reply.colours > dominant_colours_max) return false;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(reply.colours); ++i) {
    const ReplyColour& given = reply.colour[i];
    if (given.share < 0 || given.share > 1000) return false;
    total += given.share;
    developed.colours.push_back({given.red, given.green, given.blue, given.share});
  }
  return total <= 1000;
}

bool read_rendition(const ReplyRendition& given, OutputReader& reader,
                    std::vector<Rendition>& renditions) {
  Rendition rendition{given.size, static_cast<Format>(given.format), given.width, given.height, {}};
  rendition.bytes.resize(static_cast<std::size_t>(given.bytes));
  if (!reader.read(rendition.bytes.data(), rendition.bytes.size())) return false;
  if (!has_magic(rendition.bytes, rendition.format)) return false;
  renditions.push_back(std::move(rendition));
  return true;
}

// Of a reply that is plausible.
Result<std::vector<Rendition>> read_renditions(const Reply& reply, OutputReader& reader) {
  std::vector<Rendition> renditions;
  for (std::size_t i = 0; i < static_cast<std::size_t>(reply.renditions); ++i) {
    if (!read_rendition(reply.rendition.at(i), reader, renditions)) {
      return image_corrupt("decoder: rendition missing");
    }
  }
  return renditions;
}

void write_renditions(const std::vector<Rendition>& renditions, int output, Reply& reply) {
  for (const Rendition& rendition : renditions) {
    write_all(output, rendition.bytes.data(), rendition.bytes.size());
    reply.rendition.at(static_cast<std::size_t>(reply.renditions++)) = {
        rendition.size, static_cast<std::int32_t>(rendition.format), rendition.width,
        rendition.height, static_cast<std::int64_t>(rendition.bytes.size())};
  }
}

// The refusal that a reply holds, if it does.
Result<void> check_status(const Reply& reply) {
  if (reply.magic != reply_magic) return image_corrupt("decoder: no reply");
  const std::string detail(reply.detail.data(), strnlen(reply.detail.data(), reply.detail.size()));
  if (reply.status == static_cast<std::int32_t>(ReplyStatus::out_of_memory)) {
    return image_too_large("decoder: " + detail);
  }
  if (reply.status == static_cast<std::int32_t>(ReplyStatus::no_encoder)) {
    return no_encoder("decoder: " + detail);
  }
  if (reply.status == static_cast<std::int32_t>(ReplyStatus::unreadable)) {
    throw std::runtime_error("the original could not be read: " + detail);
  }
  if (reply.status != static_cast<std::int32_t>(ReplyStatus::developed)) {
    return image_corrupt("decoder: " + detail);
  }
  return {};
}

}  // namespace

Request to_request(const Probe& probe, std::int64_t bytes) {
  Request request;
  request.format = static_cast<std::int32_t>(probe.format);
  request.width = probe.width;
  request.height = probe.height;
  request.orientation = probe.orientation;
  request.channels = probe.channels;
  request.bits = probe.bits;
  request.frames = probe.frames;
  request.alpha = probe.alpha;
  request.icc = probe.icc;
  request.bytes = bytes;
  return request;
}

Probe to_probe(const Request& request) {
  Probe probe;
  probe.format = static_cast<Format>(request.format);
  probe.width = request.width;
  probe.height = request.height;
  probe.orientation = request.orientation;
  probe.channels = request.channels;
  probe.bits = request.bits;
  probe.frames = request.frames;
  probe.alpha = request.alpha != 0;
  probe.icc = request.icc != 0;
  return probe;
}

Reply write_reply(const Developed& developed, int output) {
  Reply reply;
  write_renditions(developed.renditions, output, reply);
  write_all(output, developed.thumbhash.data(), developed.thumbhash.size());
  write_all(output, developed.glance.rgb.data(), developed.glance.rgb.size());
  write_all(output, developed.pixels.rgb.data(), developed.pixels.rgb.size());
  const MetadataRecord record = to_record(developed.metadata);
  write_all(output, &record, sizeof record);
  reply.metadata = 1;
  reply.thumbhash_bytes = static_cast<std::int32_t>(developed.thumbhash.size());
  reply.phash = developed.phash;
  for (const Colour& colour : developed.colours) {
    reply.colour.at(static_cast<std::size_t>(reply.colours++)) = {colour.red, colour.green,
                                                                  colour.blue, 0, colour.share};
  }
  reply.glance_width = developed.glance.width;
  reply.glance_height = developed.glance.height;
  reply.pixels_width = developed.pixels.width;
  reply.pixels_height = developed.pixels.height;
  return reply;
}

Reply write_extra_reply(const std::vector<Rendition>& made, int output) {
  Reply reply;
  write_renditions(made, output, reply);
  return reply;
}

Reply failure_reply(ReplyStatus status, const std::string& detail) {
  Reply reply;
  reply.status = static_cast<std::int32_t>(status);
  const std::size_t length = std::min(detail.size(), reply.detail.size() - 1);
  std::memcpy(reply.detail.data(), detail.data(), length);
  return reply;
}

Result<Developed> read_reply(const Reply& reply, int output, const Probe& probe, Wanted wanted) {
  TRY(check_status(reply));
  Developed developed;
  developed.width = probe.display_width();
  developed.height = probe.display_height();
  const auto plan = plan_renditions(developed.width, developed.height);
  if (!is_plausible(reply, plan, wanted) || !read_colours(reply, developed)) {
    return image_corrupt("decoder: implausible reply");
  }
  developed.phash = reply.phash;

  OutputReader reader(output);
  TRY_ASSIGN(developed.renditions, read_renditions(reply, reader));
  developed.thumbhash.resize(static_cast<std::size_t>(reply.thumbhash_bytes));
  if (!reader.read(developed.thumbhash.data(), developed.thumbhash.size()) ||
      !read_pixels(reply.glance_width, reply.glance_height, reader, developed.glance) ||
      !read_pixels(reply.pixels_width, reply.pixels_height, reader, developed.pixels)) {
    return image_corrupt("decoder: pixels missing");
  }
  if (MetadataRecord record; reply.metadata == 1 && reader.read(&record, sizeof record)) {
    developed.metadata = from_record(record);
  }
  return developed;
}

Result<std::vector<Rendition>> read_extra_reply(const Reply& reply, int output, const Probe& probe,
                                                Extra extra) {
  TRY(check_status(reply));
  const Plan plan = plan_extra(extra, probe.display_width(), probe.display_height());
  if (!are_plausible(reply, plan)) return image_corrupt("decoder: implausible reply");
  OutputReader reader(output);
  return read_renditions(reply, reader);
}

}  // namespace picsharz::image
