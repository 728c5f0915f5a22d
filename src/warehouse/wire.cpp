#include "warehouse/wire.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <iterator>

namespace picsharz::warehouse {
namespace {

struct Header {
  std::uint32_t kind = 0;
  std::uint32_t size = 0;
};

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool receive_all(int socket, char* data, std::size_t size, FunctionRef<bool()> wait) {
  for (std::size_t done = 0; done < size;) {
    if (!wait()) return false;
    const ssize_t got = ::recv(socket, data + done, size - done, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

void Packer::raw(const void* data, std::size_t size) {
  bytes_.append(static_cast<const char*>(data), size);
}

void Packer::number(std::int64_t number) { raw(&number, sizeof number); }

void Packer::text(std::string_view text) {
  number(static_cast<std::int64_t>(text.size()));
  bytes_ += text;
}

void Packer::cell(const Cell& cell) {
  bytes_ += static_cast<char>(cell.index());
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) number(*integer);
  if (const auto* real = std::get_if<double>(&cell)) raw(real, sizeof *real);
  if (const auto* chars = std::get_if<std::string_view>(&cell)) text(*chars);
  if (const auto* bytes = std::get_if<Bytes>(&cell)) text(bytes->view);
}

std::string_view Unpacker::take(std::size_t size) {
  if (size > left_.size()) throw WarehouseError("a frame of the warehouse's process is cut short");
  const std::string_view taken = left_.substr(0, size);
  left_.remove_prefix(size);
  return taken;
}

std::int64_t Unpacker::number() {
  std::int64_t number = 0;
  std::memcpy(&number, take(sizeof number).data(), sizeof number);
  return number;
}

std::string_view Unpacker::text() { return take(static_cast<std::size_t>(number())); }

Cell Unpacker::cell() {
  switch (take(1).front()) {
    case 0:
      return {};
    case 1:
      return number();
    case 2: {
      double real = 0;
      std::memcpy(&real, take(sizeof real).data(), sizeof real);
      return real;
    }
    case 3:
      return text();
    case 4:
      return Bytes{text()};
    default:
      throw WarehouseError("a frame of the warehouse's process has an unknown cell");
  }
}

bool send_frame(int socket, FrameKind kind, std::string_view payload) {
  if (std::ssize(payload) > frame_max) throw WarehouseError("a row has more than 256 MiB");
  const Header header{static_cast<std::uint32_t>(kind), static_cast<std::uint32_t>(payload.size())};
  char bytes[sizeof header];
  std::memcpy(bytes, &header, sizeof header);
  return send_all(socket, {bytes, sizeof bytes}) && send_all(socket, payload);
}

std::optional<Frame> receive_frame(int socket, FunctionRef<bool()> wait, std::int64_t most) {
  char bytes[sizeof(Header)];
  if (!receive_all(socket, bytes, sizeof bytes, wait)) return std::nullopt;
  Header header;
  std::memcpy(&header, bytes, sizeof header);
  if (header.size > most) throw WarehouseError("a frame of the warehouse is too long");
  Frame frame{static_cast<FrameKind>(header.kind), std::string(header.size, '\0')};
  if (!receive_all(socket, frame.payload.data(), header.size, wait)) return std::nullopt;
  return frame;
}

std::optional<Frame> receive_frame(int socket) {
  return receive_frame(socket, [] { return true; });
}

}  // namespace picsharz::warehouse
