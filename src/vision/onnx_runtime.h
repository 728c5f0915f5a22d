// ONNX Runtime, loaded at run time through its C interface.
//
// What:      Debian has no headers for the library, but its table of functions is append-only by
//            contract: onnx_runtime.cpp names the few slots that are used. No vendor type leaves
//            it.
// Privacy:   From 1.29 on the official builds report their use to Microsoft: a thread, a device id
//            and a queue in ~/.cache, uploads. load() switches that off for the whole process, in
//            the one way that also covers the start of the library: an environment variable.
// Threads:   load() before other threads run, because it sets that variable. OnnxSession::run() may
// be called from many threads at once; each call uses its own
//            thread and, beyond options of more threads, the session's.
// Ownership: a session keeps its runtime; the library stays loaded to the end of the process,
//            because it cannot be unloaded safely.
// Failures:  ClassifierUnavailable with a sentence for people.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace picsharz::vision {

class OnnxRuntime {
 public:
  // Loads the library and checks its version: exactly the tested minor version. The table would
  // allow later ones, but nobody has looked what those send home.
  static std::shared_ptr<const OnnxRuntime> load(const std::string& library);

  struct Api;
  virtual ~OnnxRuntime() = default;
  virtual const Api& api() const = 0;
  virtual std::string version() const = 0;
};

// One model with one input "pixels" (1 x 3 x side x side) and outputs of 1 x n.
class OnnxSession {
 public:
  OnnxSession(std::shared_ptr<const OnnxRuntime> runtime, const std::string& file, int threads);
  ~OnnxSession();
  OnnxSession(const OnnxSession&) = delete;
  OnnxSession& operator=(const OnnxSession&) = delete;

  // The values of each output named; `pixels` has 3 * side * side values and is not changed.
  std::vector<std::vector<float>> run(std::span<const float> pixels, int side,
                                      std::span<const char* const> outputs) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace picsharz::vision
