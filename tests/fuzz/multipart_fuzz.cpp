// Any bytes as a form: MultipartSink either takes it or says what is wrong, and what it hands on
// does not depend on how the bytes were cut into pieces.
//
// Input:     the first byte says how long the pieces are; the rest is the body, with the boundary
//            "b". The Content-Type parser sees the same bytes.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "http/multipart.h"

namespace {

using namespace picsharz;

class Collector final : public http::FileReceiver {
 public:
  Result<void> write(std::string_view piece) override {
    bytes.append(piece);
    return {};
  }
  std::string bytes;
};

struct Outcome {
  bool sound = false;
  std::string file;
  std::vector<std::pair<std::string, std::string>> fields;
  bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view body, std::size_t piece) {
  auto collector = std::make_unique<Collector>();
  const Collector& collected = *collector;
  http::MultipartSink sink("b", "file", std::move(collector));
  Outcome outcome;
  outcome.sound = true;
  while (!body.empty() && outcome.sound) {
    const std::string_view next = body.substr(0, piece);
    outcome.sound = sink.write(next).has_value();
    body.remove_prefix(next.size());
  }
  outcome.sound = outcome.sound && sink.finish().has_value();
  if (!outcome.sound) return {};
  outcome.file = collected.bytes;
  outcome.fields = sink.fields();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)http::multipart_boundary(input);
  if (input.empty()) return 0;
  const std::size_t piece = static_cast<unsigned char>(input.front()) % 64 + 1;
  const std::string_view body = input.substr(1);
  if (parse(body, piece) != parse(body, body.size() + 1)) std::abort();
  return 0;
}
