// The routes of backups, for administrators.
#pragma once

#include <functional>
#include <string>

#include "base/viewer.h"
#include "features/backups/keeping_service.h"
#include "http/router.h"

namespace picsharz::backups {

// What administrators do with backups, and what is written down of it: which backup, and which
// table of it ("20261129t001500z accounts").
enum class BackupAct { asked, removed, downloaded };
using NoteBackup = std::function<void(const Viewer& by, BackupAct act, const std::string& what)>;

void add_backup_routes(http::Router& router, KeepingService& keeping, const NoteBackup& note);

}  // namespace picsharz::backups
