// A Developer and an ExtraEncoder for the tests of other rooms: no process, no decoding.
//
// What:      they answer with the renditions that real ones would plan for the probe, a few bytes
//            each that name format and extent, the Developer with grey pixels and a fixed ThumbHash
//            as well; or with the error that was set.
// Threads:   the Developer any; the encoder one.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "image/decoder_pool.h"

namespace picsharz::image {

class FakeDeveloper final : public Developer {
 public:
  Result<Developed> develop(int descriptor, std::int64_t size, const Probe& probe,
                            Wanted wanted) override;

  // What develop() answers from now on; nullopt: it succeeds.
  void set_error(std::optional<Error> error);
  int calls() const;

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
  int calls_ = 0;
};

class FakeExtraEncoder final : public ExtraEncoder {
 public:
  Result<std::vector<Rendition>> encode(int descriptor, std::int64_t size, const Probe& probe,
                                        Extra extra) override;

  int calls = 0;
  std::optional<Error> error{};
  bool unavailable = false;
  std::function<void()> before{};  // called while a picture is encoded
};

}  // namespace picsharz::image
