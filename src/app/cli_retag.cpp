// picsharz retag: asks for new labels of all photos, and says how far that is.
#include <cstdio>
#include <optional>

#include "app/cli.h"
#include "app/foundation.h"
#include "base/json.h"
#include "features/photos/relabel_service.h"

namespace picsharz::app {

namespace {

void print_json(const std::optional<photos::Relabelling>& walk) {
  std::string json;
  JsonWriter out(json);
  out.begin_object().field("asked", walk.has_value());
  out.field("photos", walk ? walk->photos : 0).field("seen", walk ? walk->seen : 0);
  out.field("changed", walk ? walk->changed : 0).field("ended", walk && walk->ended_at);
  out.end_object();
  std::printf("%s\n", json.c_str());
}

void print_text(const std::optional<photos::Relabelling>& walk) {
  if (!walk) {
    std::printf("Nobody has asked for new labels yet: picsharz retag does.\n");
    return;
  }
  std::printf("%lld photos when it was asked for; %lld needed new labels so far, %lld got them.\n",
              static_cast<long long>(walk->photos), static_cast<long long>(walk->seen),
              static_cast<long long>(walk->changed));
  std::printf(walk->ended_at ? "All photos are done.\n"
                             : "It goes on while the server or a worker runs.\n");
}

}  // namespace

int run_retag(const Invocation& invocation) {
  Foundation foundation(invocation.config);
  const bool ask = !invocation.has("--status");
  const auto walk =
      ask ? photos::ask_for_relabelling(*foundation.database, foundation.clock, foundation.queue)
          : foundation.database->read([](db::Tx& tx) { return photos::RelabelStore().find(tx); });
  invocation.has("--json") ? print_json(walk) : print_text(walk);
  return done;
}

}  // namespace picsharz::app
