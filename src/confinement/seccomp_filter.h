// A filter of system calls, for the calling process and all of its threads. What is not added is
// answered as the filter was made: an error, or the end of the process.
//
// Vendor:    libseccomp's numbers (SCMP_SYS, SCMP_A2, SCMP_ACT_ALLOW) are the language that a
// filter
//            is written in, so that this header hands them on; they are in no other interface.
// Threads:   load() once.
// Failures:  std::system_error, std::bad_alloc.
#pragma once

#include <seccomp.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <new>
#include <system_error>

namespace picsharz::confinement {

// Whether the kernel has filters at all.
bool has_seccomp();

// What pthread_create() asks clone for in glibc 2.36; nothing else is a thread of ours.
inline constexpr scmp_datum_t thread_flags = 0x3d0f00;

class SeccompFilter {
 public:
  explicit SeccompFilter(std::uint32_t otherwise);

  template <class... Arguments>
  void add(std::uint32_t action, int call, Arguments... arguments) {
    check(::seccomp_rule_add(filter_.get(), action, call, sizeof...(arguments), arguments...));
  }
  // Threads of this process, and no other one; memory that holds no code; abort().
  void add_own_business();

  void load() { check(::seccomp_load(filter_.get())); }

 private:
  static void check(int result) {
    if (result < 0) throw std::system_error(-result, std::generic_category(), "seccomp");
  }

  struct Release {
    void operator()(scmp_filter_ctx filter) const { ::seccomp_release(filter); }
  };
  std::unique_ptr<void, Release> filter_;
};

}  // namespace picsharz::confinement
