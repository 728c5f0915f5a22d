// The files of the web application that the binary carries (generated from web/dist).
#pragma once

#include <span>
#include <string_view>

namespace picsharz::app {

struct WebAsset {
  std::string_view path;  // "index.html", "assets/app-3f2a.js", "assets/app-3f2a.js.br"
  std::string_view bytes;
};

std::span<const WebAsset> web_assets();

}  // namespace picsharz::app
