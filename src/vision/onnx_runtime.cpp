#include "vision/onnx_runtime.h"

#include <dlfcn.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <stdexcept>
#include <utility>

#include "vision/classifier.h"

namespace picsharz::vision {

namespace {

// The library's own types, opaque here.
struct Status;
struct Environment;
struct Session;
struct SessionOptions;
struct Value;
struct MemoryInfo;
struct TensorInfo;

constexpr std::uint32_t table_version = 1;  // every slot below is in the first table ever published
constexpr int tested_major = 1;
constexpr int tested_minor = 30;

// Values of the library's enumerations.
constexpr int log_errors = 3;
constexpr int optimize_all = 99;
constexpr int device_allocator = 0;
constexpr int default_memory = 0;
constexpr int element_float = 1;

constexpr std::size_t scores_max = 100'000;
constexpr std::size_t outputs_max = 2;

struct Base {
  const void* const* (*get_api)(std::uint32_t version);
  const char* (*version)();
};

template <class Function>
void take(Function& function, const void* const* table, int slot) {
  function = reinterpret_cast<Function>(const_cast<void*>(table[slot]));
}

}  // namespace

struct OnnxRuntime::Api {
  const char* (*error_message)(const Status*);
  Status* (*create_environment)(int level, const char* name, Environment**);
  Status* (*create_session)(const Environment*, const char* path, const SessionOptions*, Session**);
  Status* (*run)(Session*, const void* run_options, const char* const* input_names,
                 const Value* const* inputs, std::size_t input_count,
                 const char* const* output_names, std::size_t output_count, Value** outputs);
  Status* (*create_options)(SessionOptions**);
  Status* (*set_optimization)(SessionOptions*, int level);
  Status* (*set_threads)(SessionOptions*, int count);
  Status* (*set_parallel_nodes)(SessionOptions*, int count);
  Status* (*create_tensor)(const MemoryInfo*, void* data, std::size_t bytes,
                           const std::int64_t* shape, std::size_t dimensions, int element, Value**);
  Status* (*tensor_data)(Value*, void**);
  Status* (*dimension_count)(const TensorInfo*, std::size_t*);
  Status* (*dimensions)(const TensorInfo*, std::int64_t*, std::size_t);
  Status* (*tensor_info)(const Value*, TensorInfo**);
  Status* (*create_memory_info)(int allocator, int memory, MemoryInfo**);
  void (*release_environment)(Environment*);
  void (*release_status)(Status*);
  void (*release_memory_info)(MemoryInfo*);
  void (*release_session)(Session*);
  void (*release_value)(Value*);
  void (*release_tensor_info)(TensorInfo*);
  void (*release_options)(SessionOptions*);

  explicit Api(const void* const* table) {
    take(error_message, table, 2);
    take(create_environment, table, 3);
    take(create_session, table, 7);
    take(run, table, 9);
    take(create_options, table, 10);
    take(set_optimization, table, 23);
    take(set_threads, table, 24);
    take(set_parallel_nodes, table, 25);
    take(create_tensor, table, 49);
    take(tensor_data, table, 51);
    take(dimension_count, table, 61);
    take(dimensions, table, 62);
    take(tensor_info, table, 65);
    take(create_memory_info, table, 69);
    take(release_environment, table, 92);
    take(release_status, table, 93);
    take(release_memory_info, table, 94);
    take(release_session, table, 95);
    take(release_value, table, 96);
    take(release_tensor_info, table, 99);
    take(release_options, table, 100);
  }

  // A status is null where all went well.
  void check(Status* status, const std::string& what) const {
    if (status == nullptr) return;
    const std::string reason = error_message(status);
    release_status(status);
    throw ClassifierUnavailable(what + ": " + reason);
  }
};

namespace {

using Api = OnnxRuntime::Api;

// Owns one object of the library.
template <class T>
class Owned {
 public:
  explicit Owned(void (*release)(T*)) : release_(release) {}
  ~Owned() {
    if (object_ != nullptr) release_(object_);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  T* get() const { return object_; }
  T** out() { return &object_; }

 private:
  void (*release_)(T*);
  T* object_ = nullptr;
};

bool supported(const std::string& version) {
  int major = 0, minor = 0;
  const char* end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, major);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return false;
  const auto second = std::from_chars(first.ptr + 1, end, minor);
  return second.ec == std::errc{} && major == tested_major && minor == tested_minor;
}

class LoadedRuntime final : public OnnxRuntime {
 public:
  LoadedRuntime(const void* const* table, std::string version)
      : api_(table), version_(std::move(version)), environment_(api_.release_environment) {
    api_.check(api_.create_environment(log_errors, "picsharz", environment_.out()),
               "the model runtime does not start");
  }
  const Api& api() const override { return api_; }
  std::string version() const override { return version_; }
  const Environment* environment() const { return environment_.get(); }

 private:
  Api api_;
  std::string version_;
  Owned<Environment> environment_;
};

// Read once, when the library starts: no uploader, no thread, no device id, no file. The function
// DisableTelemetryEvents comes too late, the first report is made while the environment is created.
void refuse_telemetry() {
  if (::setenv("ORT_DISABLE_TELEMETRY", "1", 1) != 0) {
    throw ClassifierUnavailable("the model runtime's telemetry cannot be switched off");
  }
}

const Base* find_base(const std::string& library) {
  refuse_telemetry();
  void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = ::dlerror();
    throw ClassifierUnavailable("the model runtime " + library + " cannot be loaded (" +
                                (reason ? reason : "unknown reason") +
                                "); run tools/models/prepare.py");
  }
  const auto get_base = reinterpret_cast<const Base* (*)()>(::dlsym(handle, "OrtGetApiBase"));
  if (get_base == nullptr) {
    throw ClassifierUnavailable(library + " is not ONNX Runtime; run tools/models/prepare.py");
  }
  return get_base();
}

}  // namespace

std::shared_ptr<const OnnxRuntime> OnnxRuntime::load(const std::string& library) {
  const Base* base = find_base(library);
  const std::string version = base->version();
  const void* const* table = supported(version) ? base->get_api(table_version) : nullptr;
  if (table == nullptr) {
    throw ClassifierUnavailable("the model runtime " + library + " is version " + version +
                                ", not 1.30; run tools/models/prepare.py");
  }
  return std::make_shared<LoadedRuntime>(table, version);
}

struct OnnxSession::State {
  explicit State(std::shared_ptr<const OnnxRuntime> owner)
      : runtime(std::move(owner)),
        api(runtime->api()),
        memory(api.release_memory_info),
        session(api.release_session) {}

  std::shared_ptr<const OnnxRuntime> runtime;
  const Api& api;
  Owned<MemoryInfo> memory;
  Owned<Session> session;
};

OnnxSession::OnnxSession(std::shared_ptr<const OnnxRuntime> runtime, const std::string& file,
                         int threads)
    : state_(std::make_unique<State>(std::move(runtime))) {
  const Api& api = state_->api;
  const std::string what = "the model " + file + " cannot be loaded; run tools/models/prepare.py";
  Owned<SessionOptions> options(api.release_options);
  api.check(api.create_options(options.out()), what);
  api.check(api.set_optimization(options.get(), optimize_all), what);
  api.check(api.set_threads(options.get(), threads), what);
  api.check(api.set_parallel_nodes(options.get(), 1), what);
  // Each session keeps the memory of its largest run, 110 MB in all, until it goes: without, a
  // fifth of a run's time went into pages that the system had to clear anew.
  api.check(api.create_memory_info(device_allocator, default_memory, state_->memory.out()), what);
  const auto& loaded = static_cast<const LoadedRuntime&>(*state_->runtime);
  api.check(
      api.create_session(loaded.environment(), file.c_str(), options.get(), state_->session.out()),
      what);
}

OnnxSession::~OnnxSession() = default;

namespace {

// The numbers of an output of 1 x n.
std::vector<float> numbers_of(const Api& api, Value* output) {
  const std::string what = "a model's answer cannot be read";
  Owned<TensorInfo> info(api.release_tensor_info);
  api.check(api.tensor_info(output, info.out()), what);
  std::size_t rank = 0;
  api.check(api.dimension_count(info.get(), &rank), what);
  std::array<std::int64_t, 2> extent{};
  if (rank != extent.size()) throw ClassifierUnavailable("a model's answer is no list of scores");
  api.check(api.dimensions(info.get(), extent.data(), extent.size()), what);
  if (extent[0] != 1 || extent[1] < 1 || extent[1] > static_cast<std::int64_t>(scores_max)) {
    throw ClassifierUnavailable("a model's answer has an unexpected size");
  }
  void* data = nullptr;
  api.check(api.tensor_data(output, &data), what);
  const auto* values = static_cast<const float*>(data);
  return {values, values + extent[1]};
}

}  // namespace

std::vector<std::vector<float>> OnnxSession::run(std::span<const float> pixels, int side,
                                                 std::span<const char* const> outputs) const {
  const Api& api = state_->api;
  const std::string what = "a model does not run";
  const std::array<std::int64_t, 4> shape{1, 3, side, side};
  if (side < 1 || pixels.size() != static_cast<std::size_t>(3) * side * side) {
    throw std::invalid_argument("the pixels do not fill the model's square");
  }
  if (outputs.empty() || outputs.size() > outputs_max) {
    throw std::invalid_argument("a model is asked for one or two outputs");
  }
  Owned<Value> input(api.release_value);
  // The library takes a pointer to mutable data for every tensor and only reads inputs.
  api.check(api.create_tensor(state_->memory.get(), const_cast<float*>(pixels.data()),
                              pixels.size_bytes(), shape.data(), shape.size(), element_float,
                              input.out()),
            what);
  const char* input_name = "pixels";
  const Value* inputs = input.get();
  // The library makes every output itself; null says so.
  std::array<Value*, outputs_max> made{};
  Status* const failure = api.run(state_->session.get(), nullptr, &input_name, &inputs, 1,
                                  outputs.data(), outputs.size(), made.data());
  std::deque<Owned<Value>> owned;
  for (Value* each : made) *owned.emplace_back(api.release_value).out() = each;
  api.check(failure, what);
  std::vector<std::vector<float>> answers;
  answers.reserve(outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) answers.push_back(numbers_of(api, made[i]));
  return answers;
}

}  // namespace picsharz::vision
