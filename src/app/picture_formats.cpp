#include "app/picture_formats.h"

#include "base/log.h"
#include "image/sandbox.h"
#include "image/vips_pictures.h"

namespace picsharz::app {

image::Formats accepted_formats(const Config& config) {
  const bool can = image::available_sandbox().complete() && image::has_heif_loader();
  return {.avif = can, .heic = can && config.truth("formats.heic")};
}

void warn_of_missing_sandbox() {
  const image::Sandbox sandbox = image::available_sandbox();
  if (sandbox.complete()) return;
  log_warning("decoder sandbox incomplete", {{"what", image::describe(sandbox)}});
}

}  // namespace picsharz::app
