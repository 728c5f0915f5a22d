// The reply of an honest decoder, whole and cut: seeds_decoder_reply FOLDER.
#include <unistd.h>

#include <fstream>
#include <string>

#include "image/decoder_process.h"
#include "image/decoder_protocol.h"
#include "image/fake_developer.h"

using namespace picsharz::image;  // NOLINT: a program of one function

int main(int count, char** arguments) {
  if (count != 2) return 2;
  Probe probe;
  probe.width = 40;
  probe.height = 30;
  FakeDeveloper fake;
  const auto developed = fake.develop(-1, 0, probe);
  const Descriptor output = empty_memory_file();
  const Reply reply = write_reply(*developed, output.get());
  std::string bytes(reinterpret_cast<const char*>(&reply), sizeof reply);
  std::string written(static_cast<std::size_t>(::lseek(output.get(), 0, SEEK_END)), '\0');
  if (::pread(output.get(), written.data(), written.size(), 0) < 0) return 1;
  bytes += written;
  for (const std::size_t length : {bytes.size(), bytes.size() - 1, sizeof reply}) {
    std::ofstream file(std::string(arguments[1]) + "/seed-" + std::to_string(length),
                       std::ios::binary);
    file << bytes.substr(0, length);
    if (!file.flush()) return 1;
  }
  return 0;
}
