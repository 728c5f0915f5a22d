
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "app/app.h"
#include "app/cli.h"
#include "app/data_lock.h"
#include "app/picture_formats.h"
#include "app/startup_error.h"
#include "base/log.h"

namespace picsharz::app {

namespace {

// Blocks the signals that end the program in every thread that is started later.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void wait_for_end(const sigset_t& signals) {
  int signal = 0;
  do {
    sigwait(&signals, &signal);
    if (signal == SIGHUP) log_info("a restart takes a changed configuration");
  } while (signal == SIGHUP);
}

void announce(App& app) {
  const std::string link = app.setup_link();
  if (::isatty(STDOUT_FILENO) == 1) {
    std::printf("\n  Picsharz is at %s\n", app.address().c_str());
    if (!link.empty()) {
      std::printf("  Become its administrator, once, within an hour:\n  %s\n", link.c_str());
    }
    std::printf("  Ctrl-C stops it.\n\n");
    std::fflush(stdout);
    return;
  }
  log_info("listening", {{"address", app.address()}, {"metrics", app.metrics_address()}});
  if (!link.empty()) {
    log_info("setup link",
             {{"url", link}, {"note", "makes the first administrator; works once, for an hour"}});
  }
}

// As long as it is held nobody restores into the folder. What was deleted since a backup is not
// gone yet where a restore is not done.
std::unique_ptr<DataLock> hold_data(const Config& config) {
  const std::string data = config.text("data.dir");
  auto lock = DataLock::take(data, DataLock::For::serving);
  if (!lock) {
    throw StartupError(
        "A restore into this data folder is at work.\n"
        "Start again when it is done.");
  }
  if (!std::filesystem::exists(std::filesystem::path(data) / "restoring")) return lock;
  throw StartupError(
      "A restore into this data folder was not finished.\n"
      "Run the same picsharz restore again: it goes on where it was.");
}

int run(const Invocation& invocation, Parts parts) {
  const auto held = hold_data(invocation.config);
  const sigset_t signals = block_signals();
  keep_log_from_waiting();
  warn_of_missing_sandbox();
  App app(invocation.config, parts);
  app.start();
  if (parts != Parts::jobs)
    announce(app);
  else
    log_info("working", {{"metrics", app.metrics_address()}});
  wait_for_end(signals);
  log_info("stopping");
  app.stop();
  return done;
}

}  // namespace

int run_serve(const Invocation& invocation) {
  return run(invocation, invocation.has("--no-jobs") ? Parts::web : Parts::everything);
}

int run_routes(const Invocation& invocation) {
  const App app(invocation.config, Parts::web);
  std::string routes = app.routes_json();
  if (!invocation.has("--json")) {
    for (std::size_t at = routes.find("},"); at != std::string::npos; at = routes.find("},", at)) {
      routes.replace(at, 2, "}\n");
    }
  }
  std::printf("%s\n", routes.c_str());
  return done;
}

int run_worker(const Invocation& invocation) { return run(invocation, Parts::jobs); }

}  // namespace picsharz::app
