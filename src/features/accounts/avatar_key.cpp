#include "features/accounts/avatar_key.h"

namespace picsharz::accounts {

std::string avatar_key(std::string_view avatar, std::string_view size) {
  return std::string("avatars/")
      .append(avatar.substr(0, 2))
      .append("/")
      .append(avatar)
      .append("/")
      .append(size)
      .append(".webp");
}

}  // namespace picsharz::accounts
