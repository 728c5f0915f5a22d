// Replies of an honest decoder, whole and cut: seeds_decoder_reply FOLDER.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "image/decoder_process.h"
#include "image/decoder_protocol.h"
#include "image/fake_developer.h"

using namespace picsharz::image;  // NOLINT: a program of one function

namespace {

// The frame, then the output file.
std::string joined(const Reply& reply, const Descriptor& output) {
  std::string written(static_cast<std::size_t>(::lseek(output.get(), 0, SEEK_END)), '\0');
  if (::pread(output.get(), written.data(), written.size(), 0) < 0) std::abort();
  return std::string(reinterpret_cast<const char*>(&reply), sizeof reply) + written;
}

std::string development(const Probe& probe, Wanted wanted) {
  FakeDeveloper fake;
  const Descriptor output = empty_memory_file();
  return joined(write_reply(*fake.develop(-1, 0, probe, wanted), output.get()), output);
}

std::string extra(const Probe& probe, Extra which) {
  FakeExtraEncoder fake;
  const Descriptor output = empty_memory_file();
  return joined(write_extra_reply(*fake.encode(-1, 0, probe, which), output.get()), output);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  Probe small;
  small.width = 40;
  small.height = 30;
  Probe wide;
  wide.width = 700;
  wide.height = 500;
  int number = 0;
  for (const std::string& bytes :
       {development(small, Wanted::renditions), development(small, Wanted::pixels_too),
        extra(small, Extra::full_size), extra(wide, Extra::avif)}) {
    for (const std::size_t length : {bytes.size(), bytes.size() - 1, sizeof(Reply)}) {
      std::ofstream file(std::string(arguments[1]) + "/seed-" + std::to_string(++number),
                         std::ios::binary);
      file << bytes.substr(0, length);
      if (!file.flush()) return 1;
    }
  }
  return 0;
}
