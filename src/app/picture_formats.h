// Which picture formats this server takes.
//
// Threads:   a pure function of the configuration and the machine.
#pragma once

#include "app/config.h"
#include "image/image.h"

namespace picsharz::app {

// JPEG, PNG, WebP and GIF always. AVIF and HEIC where libvips can read them and the decoders'
// sandbox is complete; HEIC can be switched off by formats.heic.
image::Formats accepted_formats(const Config& config);

// A line in the log where the sandbox has less than it could.
void warn_of_missing_sandbox();

}  // namespace picsharz::app
