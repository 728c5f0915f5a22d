// The web application's files and its shell, from the binary.
//
// What:      hashed assets are immutable for a year, in the client's best encoding (br, gzip);
//            every path that is a page of the application answers with index.html; anything under
//            /v1, /media, /assets that no route knows is a 404 problem.
// Threads:   immutable after construction.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "http/router.h"

namespace picsharz::app {

class WebPages {
 public:
  WebPages();
  http::Response serve(const http::Request& request) const;

 private:
  struct File {
    std::string_view plain;
    std::string_view brotli;
    std::string_view gzip;
    std::string type;
    std::string etag;
  };
  http::Response send(const File& file, const http::Request& request, bool immutable) const;

  std::map<std::string, File, std::less<>> files_;
};

// Security headers of every answer, as a raw block.
std::string default_headers(bool https);

}  // namespace picsharz::app
