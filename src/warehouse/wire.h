// What the program and its warehouse process say to each other over their socket.
//
// What:      frames of a kind and a payload; a payload is numbers, texts and cells, one after the
//            other. Both ends are the same program on the same machine.
// Limits:    a frame has at most 256 MiB, or less where who receives it says so.
// Threads:   one at a time.
// Failures:  WarehouseError for a frame that nobody of ours sends. An end that is gone is a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "warehouse/table.h"

namespace picsharz::warehouse {

enum class FrameKind : std::uint32_t { job = 1, table, columns, rows, done, failed };

// What a process that failed says: whether it is the question that is wrong.
enum class Blame : std::int64_t { engine, question, memory };

struct Frame {
  FrameKind kind{};
  std::string payload;
};

class Packer {
 public:
  void number(std::int64_t number);
  void text(std::string_view text);
  void cell(const Cell& cell);
  std::string& bytes() { return bytes_; }

 private:
  void raw(const void* data, std::size_t size);
  std::string bytes_;
};

// Borrows the payload.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : left_(bytes) {}
  std::int64_t number();
  std::string_view text();
  Cell cell();
  bool empty() const { return left_.empty(); }

 private:
  std::string_view take(std::size_t size);
  std::string_view left_;
};

inline constexpr std::int64_t frame_max = std::int64_t{256} << 20;

// False where the other end is gone.
bool send_frame(int socket, FrameKind kind, std::string_view payload);
// nullopt where the other end is gone. `wait` is asked before each read, and may say no: then it is
// nullopt, too. A frame of more than `most` bytes is not taken into memory.
std::optional<Frame> receive_frame(int socket, FunctionRef<bool()> wait,
                                   std::int64_t most = frame_max);
std::optional<Frame> receive_frame(int socket);

}  // namespace picsharz::warehouse
