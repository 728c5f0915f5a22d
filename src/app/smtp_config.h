// The mail server as the configuration names it.
//
// Failures:  StartupError: the settings do not go together, or a file cannot be read.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/config.h"
#include "mail/smtp_mailer.h"

namespace picsharz::app {

// What stands in a file that holds a secret; `setting` names the file.
std::string read_first_line(const std::string& path, std::string_view setting);
// nullopt: none is set.
std::optional<mail::SmtpSettings> smtp_settings(const Config& config);
// "mail.example.org:587", or "" where none is set.
std::string describe_smtp(const Config& config);
// Null where none is set.
std::unique_ptr<mail::SmtpMailer> open_smtp(const Config& config, const Clock& clock);

}  // namespace picsharz::app
