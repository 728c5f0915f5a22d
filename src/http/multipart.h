// multipart/form-data, parsed as it arrives (RFC 7578).
//
// What:      feeds the one file part to a FileReceiver piece by piece and keeps the small fields in
//            memory. Strict: CRLF only, a field or part beyond its limit is refused, a body that
//            ends before its closing boundary is refused.
// Threads:   one request, one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "http/request.h"

namespace picsharz::http {

// Where the bytes of the file part go.
class FileReceiver {
 public:
  virtual ~FileReceiver() = default;
  virtual Result<void> write(std::string_view piece) = 0;
};

class MultipartSink final : public BodySink {
 public:
  // `file_part`: the name of the one part that is a file. The receiver is owned.
  MultipartSink(std::string boundary, std::string file_part,
                std::unique_ptr<FileReceiver> receiver);
  ~MultipartSink() override;
  Result<void> write(std::string_view piece) override;
  Result<void> finish() override;

  // After finish(): fields in the order they came, a repeated name repeated.
  const std::vector<std::pair<std::string, std::string>>& fields() const;
  bool has_file() const;
  const std::string& file_name() const;  // as sent; never used as a path
  FileReceiver& receiver();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The boundary of a Content-Type, or nullopt where it is not multipart/form-data with a sound one.
std::optional<std::string> multipart_boundary(std::string_view content_type);

}  // namespace picsharz::http
