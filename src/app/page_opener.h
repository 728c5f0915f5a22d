// Opens pages of an instance that lies in a folder, as a visitor's browser does: how a restored
// backup is looked at.
//
// What:      a server of its own on a free port of loopback, that does no jobs and ends with the
//            call. Of each photo: its page, what the API says of it, its smallest picture.
// Process:   of its own: what a process counts, and whom it saw, belongs to one instance. Within
//            that of another server its counts would go into the folder that is thrown away, and
//            these pages would be views of the other.
// Threads:   one at a time, and the one that calls must not end before it: the kernel kills the
//            process when that thread ends.
// Failures:  in what it answers; StartupError where the server does not start, or the process ends
//            before its work.
#pragma once

#include <span>
#include <string>

#include "features/backups/proof_service.h"

namespace picsharz::app {

backups::Opened open_pages(const std::string& data, std::span<const PhotoId> photos);

// The process, with the hidden command "pages" (confinement/child_process.h).
inline constexpr const char* pages_command = "pages";
[[noreturn]] void page_opener_main(int socket);

}  // namespace picsharz::app
