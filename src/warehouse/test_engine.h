// Where the tests find DuckDB: PICSHARZ_MODELS, or build/models of this checkout, where
// tools/fetch_duckdb.py puts it. The test program is its own warehouse process
// (test_main_test.cpp).
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/repository.h"
#include "warehouse/table.h"

namespace picsharz::warehouse::test {

inline Engine engine() {
  const char* named = std::getenv("PICSHARZ_MODELS");
  const std::filesystem::path folder =
      named != nullptr ? named : picsharz::test::repository() / "build/models";
  return {.library = (folder / "libduckdb.so").string()};
}

inline bool has_engine() { return std::filesystem::exists(engine().library); }

}  // namespace picsharz::warehouse::test

// In a machine without the library a test says so and is skipped.
#define NEEDS_DUCKDB                                                          \
  if (!picsharz::warehouse::test::has_engine()) {                             \
    GTEST_SKIP() << "no DuckDB here: run tools/fetch_duckdb.py build/models"; \
  }
