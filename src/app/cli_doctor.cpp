#include <cstdio>
#include <filesystem>
#include <system_error>

#include "app/cli.h"
#include "app/foundation.h"
#include "app/instance_routes.h"
#include "app/picture_formats.h"
#include "app/smtp_config.h"
#include "base/json.h"
#include "db/migrations.h"
#include "features/photos/original_store.h"
#include "image/sandbox.h"
#include "image/vips_pictures.h"
#include "vision/classifier.h"

namespace picsharz::app {

namespace {

enum class Finding { good, degraded, bad };

struct Line {
  std::string_view part;
  Finding finding;
  std::string text;  // what is, and what to do
};

Line look_at_database(const Config& config) {
  try {
    const auto database = open_database(config);
    const auto state = db::schema_state(*database);
    if (state.current < state.latest) {
      return {"database", Finding::degraded,
              describe_database(config) + " is older than this program. Run: picsharz migrate"};
    }
    return {"database", Finding::good, describe_database(config) + ", up to date"};
  } catch (const std::exception& failure) {
    return {"database", Finding::bad,
            std::string(failure.what()) + " Check that it runs and that database.url is right."};
  }
}

Line look_at_disk(const Config& config) {
  std::error_code failure;
  const auto space = std::filesystem::space(config.text("data.dir"), failure);
  if (failure) {
    return {"disk", Finding::bad,
            "The data folder is not there: " + failure.message() +
                ". It is made by picsharz serve, or choose another with data.dir."};
  }
  const std::string free = std::to_string(space.available / 1'000'000'000) + " GB free";
  const bool low = space.available < space.capacity / 20;
  return {"disk", low ? Finding::degraded : Finding::good,
          low ? free + ", less than 5 %. Make room: uploads will be refused." : free};
}

// The least that OWASP asks of Argon2id with one lane.
Line look_at_passwords(const Config& config) {
  const crypto::PasswordCost least;
  const crypto::PasswordCost cost = password_cost(config);
  const std::string text = "Argon2id, " + std::to_string(cost.memory_bytes >> 20) + " MiB, " +
                           std::to_string(cost.passes) + " passes";
  if (cost.memory_bytes < least.memory_bytes || cost.passes < least.passes) {
    return {"passwords", Finding::degraded,
            text +
                ": less than 19 MiB and 2 passes are guessed too fast. Raise"
                " accounts.password_memory and accounts.password_passes."};
  }
  return {"passwords", Finding::good, text};
}

Line look_at_models(const Config& config) {
  const std::string configured = config.text("models.dir");
  const auto classifier = vision::open_classifier(
      {.directory = configured.empty()
                        ? (std::filesystem::path(config.text("data.dir")) / "models").string()
                        : configured,
       .runtime = "",
       .thresholds = {}});
  const std::string pack = classifier->describe();
  if (pack.starts_with("none")) return {"models", Finding::degraded, pack};
  const bool rich = pack.starts_with("rich");
  return {"models", Finding::good,
          pack + (rich ? "" : "; the rich pack names more: run tools/models/prepare.py again")};
}

Line look_at_decoders(const Config& config) {
  const image::Sandbox sandbox = image::available_sandbox();
  const std::string accepted = "; accepted: " + image::format_list(accepted_formats(config));
  if (!sandbox.complete()) {
    return {"decoders", Finding::degraded, image::describe(sandbox) + accepted};
  }
  if (!image::has_heif_loader()) {
    return {"decoders", Finding::degraded,
            "libvips has no loader of AVIF and HEIC (vips-heif.so): both are refused. Install "
            "libvips as Debian has it" +
                accepted};
  }
  return {"decoders", Finding::good, image::describe(sandbox) + accepted};
}

Line look_at_web(const Config& config) {
  const std::string url = config.text("instance.base_url");
  if (url.starts_with("https://")) return {"web", Finding::good, url};
  return {"web", Finding::degraded,
          "instance.base_url is not an https address: cookies are not marked Secure, and links in "
          "mails lead to " +
              (url.empty() ? "http://" + config.text("http.listen") : url) +
              ". Fine on one's own machine; set it before others come."};
}

Line look_at_mail(const Config& config) {
  const std::string server = describe_smtp(config);
  if (server.empty()) {
    return {"mail", Finding::good,
            "no mail server is set (smtp.host): mails stay in the administrator's mailbox"};
  }
  const SystemClock clock;
  const auto wrong = open_smtp(config, clock)->probe();
  if (!wrong) return {"mail", Finding::good, server + " answers"};
  return {"mail", Finding::degraded,
          server + ": " + *wrong + ". Mails wait until it answers; check the settings of [smtp]."};
}

Line look_at_originals(const Config& config) {
  try {
    const auto database = open_database(config);
    const auto damaged =
        database->read([](db::Tx& tx) { return photos::OriginalStore().count_damaged(tx); });
    if (damaged == 0) return {"originals", Finding::good, "none is known to be damaged"};
    return {"originals", Finding::bad,
            std::to_string(damaged) +
                " are damaged. Run picsharz verify, which names them, and "
                "restore them from a backup."};
  } catch (const std::exception&) {  // the line of the database says why
    return {"originals", Finding::degraded, "not known while the database cannot be asked"};
  }
}

std::string_view word(Finding finding) {
  return finding == Finding::good ? "ok" : finding == Finding::degraded ? "degraded" : "bad";
}

}  // namespace

int run_doctor(const Invocation& invocation) {
  const Line lines[] = {look_at_database(invocation.config),  look_at_disk(invocation.config),
                        look_at_originals(invocation.config), look_at_models(invocation.config),
                        look_at_decoders(invocation.config),  look_at_passwords(invocation.config),
                        look_at_mail(invocation.config),      look_at_web(invocation.config)};
  Finding worst = Finding::good;
  std::string json;
  JsonWriter out(json);
  out.begin_object().field("version", version()).key("checks").begin_array();
  for (const auto& line : lines) {
    worst = std::max(worst, line.finding);
    out.begin_object().field("part", line.part).field("state", word(line.finding));
    out.field("text", line.text).end_object();
    if (!invocation.has("--json")) {
      std::printf("%-9s %-9s %s\n", std::string(line.part).c_str(),
                  std::string(word(line.finding)).c_str(), line.text.c_str());
    }
  }
  out.end_array().end_object();
  if (invocation.has("--json")) std::printf("%s\n", json.c_str());
  return worst == Finding::good ? done : worst == Finding::degraded ? degraded : failed;
}

}  // namespace picsharz::app
