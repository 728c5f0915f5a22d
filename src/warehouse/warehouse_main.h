// The hidden command "warehouse": a process with DuckDB in it, which does one thing and ends.
//
// What:      main() calls this where the program's first argument is "warehouse", and so does the
//            main() of a test program that writes Parquet or asks questions.
// Threads:   main's, before any other.
// Failures:  told to the parent over the socket; the process ends.
#pragma once

namespace picsharz::warehouse {

// `socket`: to the parent (confinement::child_socket).
[[noreturn]] void warehouse_main(int socket);

}  // namespace picsharz::warehouse
