#include "app/foundation.h"

#include <filesystem>

#include "app/smtp_config.h"
#include "db/migrations.h"

namespace picsharz::app {

namespace {

std::string database_url(const Config& config) {
  const std::string file = config.text("database.url_file");
  return file.empty() ? config.text("database.url") : read_first_line(file, "database.url_file");
}

std::unique_ptr<db::Database> open_migrated(const Config& config) {
  auto database = open_database(config);
  try {
    db::migrate(*database);
  } catch (const db::SchemaTooNew& failure) {
    throw StartupError(std::string("The database belongs to a newer Picsharz: ") + failure.what() +
                       "\nStart the newer version, or restore a backup of this one.");
  } catch (const db::DatabaseError& failure) {
    throw StartupError(std::string("The database does not answer: ") + failure.what() +
                       "\nCheck that it runs and that database.url is right (" +
                       describe_database(config) + ").");
  }
  return database;
}

// Made once by the first node, read by all.
std::string load_secret(db::Database& database) {
  const std::string fresh = crypto::random_bytes(32);
  return *database.write([&](db::Tx& tx) {
    tx.exec("INSERT INTO secrets (name, value) VALUES ('instance', $1) ON CONFLICT DO NOTHING",
            db::Param::bytes(fresh));
    return tx.one("SELECT value FROM secrets WHERE name = 'instance'",
                  [](const db::Row& row) { return std::string(row.bytes(0)); });
  });
}

std::string derive(std::string_view secret, std::string_view purpose) {
  return std::string(crypto::view(crypto::HmacKey(secret).sign(purpose)));
}

// Two processes with the same node would have to make ids in the same millisecond to collide, and
// then the primary key refuses the second.
int random_node() { return static_cast<unsigned char>(crypto::random_bytes(1)[0]); }

}  // namespace

std::unique_ptr<db::Database> open_database(const Config& config) {
  const std::string url = database_url(config);
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
    return db::open_postgres(
        {.url = url, .pool = static_cast<int>(config.number("database.pool"))});
  }
  if (!url.empty()) {
    throw StartupError("database.url must start with postgres://, or be empty for SQLite.");
  }
  const std::filesystem::path directory = config.text("data.dir");
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) {
    throw StartupError("The data folder " + directory.string() + " cannot be made: " +
                       failure.message() + ".\nChoose another with PICSHARZ_DATA__DIR.");
  }
  try {
    return db::open_sqlite({.path = (directory / "picsharz.db").string(),
                            .cache_kib = static_cast<int>(config.bytes("database.cache") / 1024)});
  } catch (const db::DatabaseError& error) {
    throw StartupError("The database in " + directory.string() + " cannot be opened: " +
                       error.what() + "\nCheck the folder's owner and the disk.");
  }
}

std::string describe_database(const Config& config) {
  return database_url(config).empty()
             ? "SQLite at " +
                   (std::filesystem::path(config.text("data.dir")) / "picsharz.db").string()
             : "PostgreSQL";
}

Foundation::Foundation(const Config& configuration, std::string web_address)
    : config(configuration),
      address(web_address.empty() ? configuration.text("http.listen") : std::move(web_address)),
      ids(clock, random_node()),
      database(open_migrated(configuration)),
      secret(load_secret(*database)),
      key(derive(secret, "general")),
      media_key(derive(secret, "media")),
      queue(*database, ids, clock),
      outbox(queue),
      mailbox(*database, ids, clock),
      smtp(open_smtp(configuration, clock)) {}

std::string Foundation::base_url() const {
  std::string url = config.text("instance.base_url");
  while (url.ends_with('/')) url.pop_back();
  return url.empty() ? "http://" + address : url;
}

std::string Foundation::mail_server() const { return describe_smtp(config); }

accounts::MailContext Foundation::mail_context() const {
  return {.instance = config.text("instance.name"), .base_url = base_url()};
}

crypto::PasswordCost Foundation::password_cost() const { return app::password_cost(config); }

bool has_secure_cookies(const Config& config) {
  return config.text("instance.base_url").starts_with("https://");
}

crypto::PasswordCost password_cost(const Config& config) {
  return {.memory_bytes = static_cast<std::uint64_t>(config.bytes("accounts.password_memory")),
          .passes = static_cast<std::uint64_t>(config.number("accounts.password_passes"))};
}

}  // namespace picsharz::app
