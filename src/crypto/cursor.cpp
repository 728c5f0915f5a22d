#include "crypto/cursor.h"

#include <cstring>

namespace picsharz::crypto {

namespace {

constexpr std::size_t numbers_size = sizeof(Position);
constexpr std::size_t mac_size = 8;
static_assert(numbers_size == 16);

}  // namespace

std::string CursorCodec::mac(std::string_view list, std::string_view numbers) const {
  std::string message = "cursor:";
  message.append(list).append(":").append(numbers);
  return std::string(view(key_.sign(message)).substr(0, mac_size));
}

std::string CursorCodec::encode(std::string_view list, const Position& position) const {
  std::string bytes(numbers_size, '\0');
  std::memcpy(bytes.data(), &position, numbers_size);
  return base64url(bytes + mac(list, bytes));
}

Result<Position> CursorCodec::decode(std::string_view list, std::string_view cursor) const {
  const auto bytes = from_base64url(cursor);
  if (!bytes || bytes->size() != numbers_size + mac_size ||
      !equal(std::string_view(*bytes).substr(numbers_size),
             mac(list, std::string_view(*bytes).substr(0, numbers_size)))) {
    return fail(ErrorKind::invalid, "invalid_cursor", "This cursor was not made by this list.",
                "Start again without a cursor.");
  }
  Position position;
  std::memcpy(&position, bytes->data(), numbers_size);
  return position;
}

}  // namespace picsharz::crypto
