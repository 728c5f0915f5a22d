#include "app/smtp_config.h"

#include <algorithm>
#include <fstream>

#include "app/startup_error.h"
#include "features/accounts/account_rules.h"

namespace picsharz::app {

namespace {

mail::Security security_of(std::string_view name) {
  if (name == "none") return mail::Security::none;
  return name == "tls" ? mail::Security::tls : mail::Security::starttls;
}

int port_of(mail::Security security, int configured) {
  if (configured != 0) return configured;
  if (security == mail::Security::none) return 25;
  return security == mail::Security::tls ? 465 : 587;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool is_host(std::string_view host) {
  return std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '_';
  });
}

// The host of "https://photos.example.org:8443/x".
std::string host_of(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == std::string_view::npos) return "localhost";
  url.remove_prefix(begin + 3);
  return std::string(url.substr(0, url.find_first_of(":/")));
}

std::string password_of(const Config& config) {
  const std::string file = config.text("smtp.password_file");
  return file.empty() ? config.text("smtp.password") : read_first_line(file, "smtp.password_file");
}

void check(const Config& config, const mail::SmtpSettings& settings) {
  if (!is_host(settings.host)) {
    throw StartupError(
        "smtp.host is not a host's name or address.\n"
        "Write it without a port, which is smtp.port.");
  }
  if (!accounts::check_email(settings.from.address)) {
    throw StartupError(
        "smtp.from is not an address.\n"
        "Write one like photos@example.org, from which mails come.");
  }
  if (settings.user.empty() || settings.security != mail::Security::none ||
      is_loopback(settings.host)) {
    return;
  }
  throw StartupError("smtp.security is none: the password of " + config.text("smtp.user") +
                     " would go over the network for all to read.\n"
                     "Set smtp.security to starttls or tls, or leave smtp.user empty.");
}

}  // namespace

std::string read_first_line(const std::string& path, std::string_view setting) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) {
    throw StartupError("The file " + path + " of " + std::string(setting) +
                       " cannot be read.\nCheck its path and that this user may read it.");
  }
  return line;
}

std::optional<mail::SmtpSettings> smtp_settings(const Config& config) {
  const std::string host = config.text("smtp.host");
  if (host.empty()) return std::nullopt;
  const std::string name = config.text("smtp.from_name");
  const mail::Security security = security_of(config.text("smtp.security"));
  mail::SmtpSettings settings{
      .host = host,
      .port = port_of(security, static_cast<int>(config.number("smtp.port"))),
      .security = security,
      .user = config.text("smtp.user"),
      .password = password_of(config),
      .ca_file = config.text("smtp.ca_file"),
      .from = {.address = config.text("smtp.from"),
               .name = name.empty() ? config.text("instance.name") : name},
      .greeting_name = host_of(config.text("instance.base_url")),
      .connect_timeout = std::min(config.duration("smtp.timeout"), 10 * second),
      .reply_timeout = config.duration("smtp.timeout"),
      .timeout = 4 * config.duration("smtp.timeout")};
  check(config, settings);
  return settings;
}

std::string describe_smtp(const Config& config) {
  const auto settings = smtp_settings(config);
  return settings ? settings->host + ":" + std::to_string(settings->port) : std::string();
}

std::unique_ptr<mail::SmtpMailer> open_smtp(const Config& config, const Clock& clock) {
  auto settings = smtp_settings(config);
  return settings ? std::make_unique<mail::SmtpMailer>(std::move(*settings), clock) : nullptr;
}

}  // namespace picsharz::app
