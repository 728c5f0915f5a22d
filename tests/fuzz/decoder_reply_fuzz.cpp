// What a decoder process that was taken over may answer: the parent takes it apart. Input: the
// frame, then the output file.
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "image/decoder_process.h"
#include "image/decoder_protocol.h"
#include "image/thumbhash.h"

using namespace picsharz::image;  // NOLINT: a program of one function

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
  const auto whole = read_extra_reply(reply, output.get(), probe, Extra::full_size);
  if (whole && (whole->size() != 1 || whole->front().width != 40)) std::abort();
  Probe wide;
  wide.width = 700;
  wide.height = 500;
  const auto avif = read_extra_reply(reply, output.get(), wide, Extra::avif);
  if (avif && (avif->size() != 2 || avif->front().width != 640)) std::abort();
  const auto developed = read_reply(reply, output.get(), probe);
  if (!developed) return 0;
  if (developed->renditions.size() != 1 || developed->colours.size() > 5) std::abort();
  if (developed->thumbhash.size() > thumbhash_bytes) std::abort();
  if (developed->pixels.rgb.size() != std::size_t{40} * 30 * 3) std::abort();
  return 0;
}
