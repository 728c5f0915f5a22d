#include "features/photos/original_jobs.h"

#include <stdexcept>

#include "base/json.h"

namespace picsharz::photos {

void add_original_jobs(jobs::HandlerTable& table, OriginalService& originals) {
  table.add(erase_job, [&](const jobs::Job& job) -> Result<jobs::Finished> {
    TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
    const std::string original = payload.text("original", 64, 64);
    TRY(payload.finish());
    // Thrown, so that it is tried again when the upload has ended.
    if (originals.erase(original) == Erasure::claimed) {
      throw std::runtime_error("the same bytes are being uploaded");
    }
    return jobs::Finished::no;
  });
}

}  // namespace picsharz::photos
