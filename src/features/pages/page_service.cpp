#include "features/pages/page_service.h"

#include "zip/gzip.h"

namespace picsharz::pages {

std::string packed(std::string_view document) { return zip::gzip(document); }

}  // namespace picsharz::pages
