// What may wait for a worker how long, when more is asked for than can be done.
//
// What:      what people can do without for a moment is sent away first (503 with Retry-After), so
//            that the rest is answered as on any other day: searches, then visitors' pages, then
//            uploads (their client goes on by itself), then what members ask for. Logging in, the
//            moderators' and administrators' pages and what has been received in full are never
//            sent away while the queue holds anybody. Health checks do not wait for workers at all.
// Visitors:  whoever sends no credentials. Who sends made-up ones is as bound by the limits of an
//            address as anybody.
// Threads:   pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "http/request.h"
#include "http/router.h"
#include "http/worker_pool.h"

namespace picsharz::http {

enum class Importance : std::uint8_t { search, visitor, upload, member, essential };
inline constexpr std::size_t importances = 5;
inline constexpr std::array<std::string_view, importances> importance_names = {
    "search", "visitor", "upload", "member", "essential"};

Importance importance_of(const Route& route, const Request& request);

Patience patience_of(Importance importance);

}  // namespace picsharz::http
