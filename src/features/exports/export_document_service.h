// What an archive holds beside the photos, written into files of the spool.
//
// What:      everything is read in one snapshot, in batches, so that memory does not grow with it.
// Threads:   thread-safe.
// Failures:  those of the database and the spool are thrown.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/database.h"
#include "features/accounts/avatar_service.h"
#include "features/exports/export.h"
#include "features/exports/export_store.h"
#include "features/notifications/preference_service.h"
#include "mail/letter.h"
#include "storage/spool.h"
#include "zip/crc32.h"

namespace picsharz::exports {

// A file of the archive.
class Document {
 public:
  Document(std::string name, std::unique_ptr<storage::SpoolFile> file)
      : name_(std::move(name)), file_(std::move(file)) {}
  void write(std::string_view bytes);
  // The elements of a JSON list, one a line.
  void element(std::string_view json);
  void begin_list() { write("["); }
  void end_list();

  const std::string& name() const { return name_; }
  const storage::SpoolFile& file() const { return *file_; }
  std::uint32_t crc() const { return crc_.value(); }

 private:
  std::string name_;
  std::unique_ptr<storage::SpoolFile> file_;
  zip::Crc32 crc_;
  bool some_ = false;  // elements, in this list
};

struct Documents {
  std::vector<Document> files;
  std::vector<ExportedPhoto> photos;  // those with a file, without their texts
  std::int64_t left_out = 0;
};

class ExportDocumentService {
 public:
  ExportDocumentService(db::Database& database, storage::Spool& spool,
                        notifications::PreferenceService& preferences,
                        accounts::AvatarService& avatars, mail::Context context)
      : database_(database),
        spool_(spool),
        preferences_(preferences),
        avatars_(avatars),
        context_(std::move(context)) {}

  Documents write(const accounts::Account& account, Micros now);

 private:
  Document make(std::string_view name);
  void write_profile(const accounts::Account& account, Documents& documents);
  void write_photos(db::Tx& tx, const accounts::Account& account, Documents& documents);
  Document write_likes(db::Tx& tx, AccountId account);
  Document write_comments(db::Tx& tx, AccountId account);
  Document write_people(db::Tx& tx, AccountId account);
  Document write_collections(db::Tx& tx, AccountId account);
  Document write_settings(const notifications::Preferences& preferences);

  db::Database& database_;
  storage::Spool& spool_;
  notifications::PreferenceService& preferences_;
  accounts::AvatarService& avatars_;
  const mail::Context context_;
  ExportStore exports_;
};

}  // namespace picsharz::exports
