// What a decoder process that was taken over may answer: the parent takes it apart. Input: the
// frame, then the output file.
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "image/decoder_process.h"
#include "image/decoder_protocol.h"
#include "image/thumbhash.h"

using namespace picsharz::image;  // NOLINT: a program of one function

namespace {

void take_apart(const Reply& reply, int output, const Probe& probe) {
  const auto whole = read_extra_reply(reply, output, probe, Extra::full_size);
  if (whole && (whole->size() != 1 || whole->front().width != 40)) std::abort();
  Probe wide;
  wide.width = 700;
  wide.height = 500;
  const auto avif = read_extra_reply(reply, output, wide, Extra::avif);
  if (avif && (avif->size() != 2 || avif->front().width != 640)) std::abort();
  for (const Wanted wanted : {Wanted::renditions, Wanted::pixels_too}) {
    const auto developed = read_reply(reply, output, probe, wanted);
    if (!developed) continue;
    if (developed->renditions.size() != 1 || developed->colours.size() > 5) std::abort();
    if (developed->thumbhash.size() > thumbhash_bytes) std::abort();
    const bool pixels = wanted == Wanted::pixels_too;
    if (developed->pixels.rgb.size() != (pixels ? std::size_t{40} * 30 * 3 : 0)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Probe probe;
  probe.width = 40;
  probe.height = 30;
  Reply reply;
  const std::size_t frame = std::min(size, sizeof reply);
  // The magic number stays: without it there is nothing to take apart.
  std::memcpy(reinterpret_cast<char*>(&reply), data, frame);
  reply.magic = reply_magic;
  const Descriptor output = empty_memory_file();
  if (::write(output.get(), data + frame, size - frame) < 0) std::abort();
  try {
    take_apart(reply, output.get(), probe);
  } catch (const std::runtime_error&) {
    // That it could not read what it was lent is no verdict on the picture: it is tried again.
    if (reply.status != static_cast<std::int32_t>(ReplyStatus::unreadable)) std::abort();
  }
  return 0;
}
