// A Developer for the tests of other rooms: no process, no decoding.
//
// What:      answers with the renditions a real one would plan for the probe, a few bytes each that
// name
//            format and extent, grey pixels and a fixed ThumbHash; or with the error that was set.
// Threads:   any.
#pragma once

#include <mutex>
#include <optional>

#include "image/decoder_pool.h"

namespace picsharz::image {

class FakeDeveloper final : public Developer {
 public:
  Result<Developed> develop(int descriptor, std::int64_t size, const Probe& probe) override;

  // What develop() answers from now on; nullopt: it succeeds.
  void set_error(std::optional<Error> error);
  int calls() const;

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
  int calls_ = 0;
};

}  // namespace picsharz::image
