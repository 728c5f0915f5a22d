// The routes of backups, for administrators.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/viewer.h"
#include "features/backups/keeping_service.h"
#include "http/router.h"

namespace picsharz::backups {

// What administrators do with backups, and what is written down of it: which backup, and which
// table of it ("20261129t001500z accounts").
enum class BackupAct { asked, removed, downloaded };
using NoteBackup = std::function<void(const Viewer& by, BackupAct act, const std::string& what)>;
// Since when SQLite's log is not copied; nullopt: all is well, or nobody knows.
using LogLateSince = std::function<std::optional<Micros>()>;

void add_backup_routes(http::Router& router, KeepingService& keeping, const NoteBackup& note,
                       const LogLateSince& log_late_since);

}  // namespace picsharz::backups
