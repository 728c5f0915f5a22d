// The pages of the web application, made by the server: each carries what the API answers to its
// first questions, and what others than browsers read of it.
//
// Threads:   handlers run on web workers; plain() from memory, on any thread.
#pragma once

#include <memory>
#include <string_view>

#include "features/pages/page.h"
#include "features/pages/shell.h"
#include "http/inner.h"
#include "http/router.h"

namespace picsharz::pages {

struct PageSettings {
  Site site;
  Shell shell;
  std::string_view policy;  // Content-Security-Policy
};

// Add them when the API's own routes are there; `router` outlives what is added. The handler that
// is given back answers for every other page of the application: the shell and nothing in it.
http::Handler add_page_routes(http::Router& router, PageSettings settings,
                              http::AccessCheck may_use);

}  // namespace picsharz::pages
