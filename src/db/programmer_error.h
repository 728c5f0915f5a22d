// Stops the program on a mistake that only a change of the code can mend: halt rather than lie.
//
// What:      for statements that do not fit their parameters and for calls that would wait for
//            themselves. `sql` is a literal of ours; values of parameters are never printed.
// Threads:   any.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace picsharz::db {

[[noreturn]] inline void programmer_error(std::string_view what, std::string_view sql = {}) {
  std::string line("picsharz: database: ");
  line.append(what);
  if (!sql.empty()) line.append("\n  in: ").append(sql);
  line.push_back('\n');
  std::fputs(line.c_str(), stderr);
  std::abort();
}

}  // namespace picsharz::db
