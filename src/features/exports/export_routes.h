// /v1/me/export: begin one, see how far it is, download it.
//
// What:      for sessions only. The archive is sent by the I/O threads, file by file, and goes on
//            from any byte (Range, If-Range).
#pragma once

#include "features/exports/export_service.h"
#include "http/router.h"

namespace picsharz::exports {

void add_export_routes(http::Router& router, ExportService& exports);

}  // namespace picsharz::exports
