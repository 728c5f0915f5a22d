// The web application's files and its shell, from the binary.
//
// What:      hashed assets are immutable for a year, in the client's best encoding (br, gzip);
//            every path that may be a page of the application is answered by `page`; anything under
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
  // `https`: the site is encrypted.
  explicit WebPages(bool https);
  http::Response serve(http::Request& request, const http::Handler& page) const;
  // The text of a file; "" where there is none.
  std::string_view text(std::string_view path) const;

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
  const std::shared_ptr<const std::string> secret_headers_;  // of pages whose address is a secret
};

// Content-Security-Policy of every page.
std::string_view page_policy();

// Security headers of every answer, as a raw block.
std::string default_headers(bool https, std::string_view referrer_policy = "same-origin");

}  // namespace picsharz::app
