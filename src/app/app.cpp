#include "app/app.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <thread>

#include "app/answer_ledger.h"
#include "app/backup_parts.h"
#include "app/erasure_parts.h"
#include "app/foundation.h"
#include "app/health.h"
#include "app/installation_routes.h"
#include "app/instance_routes.h"
#include "app/log_shipping.h"
#include "app/metrics.h"
#include "app/picture_formats.h"
#include "app/query_parts.h"
#include "app/web_pages.h"
#include "base/cpu_meter.h"
#include "base/json.h"
#include "base/log.h"
#include "base/rest.h"
#include "base/seen_members.h"
#include "base/tally.h"
#include "crypto/cursor.h"
#include "features/accounts/account_jobs.h"
#include "features/accounts/account_routes.h"
#include "features/accounts/account_service.h"
#include "features/accounts/attempt_limits.h"
#include "features/accounts/avatar_routes.h"
#include "features/accounts/email_change_routes.h"
#include "features/accounts/email_change_service.h"
#include "features/accounts/handle_service.h"
#include "features/accounts/idempotency_service.h"
#include "features/accounts/invitation_routes.h"
#include "features/accounts/invitation_rules.h"
#include "features/accounts/password_service.h"
#include "features/accounts/signup_service.h"
#include "features/admin/job_routes.h"
#include "features/admin/kept_mail_service.h"
#include "features/admin/mailbox_routes.h"
#include "features/admin/member_routes.h"
#include "features/admin/outbox_routes.h"
#include "features/admin/storage_routes.h"
#include "features/analytics/analytics_routes.h"
#include "features/analytics/tag_analysis_service.h"
#include "features/analytics/tag_routes.h"
#include "features/backups/backup_jobs.h"
#include "features/backups/backup_routes.h"
#include "features/cards/card_routes.h"
#include "features/collections/collection_routes.h"
#include "features/comments/comment_event_service.h"
#include "features/comments/comment_routes.h"
#include "features/costs/cost_routes.h"
#include "features/departures/departure_jobs.h"
#include "features/departures/departure_routes.h"
#include "features/departures/erasure_service.h"
#include "features/events/event_routes.h"
#include "features/exports/export_jobs.h"
#include "features/exports/export_routes.h"
#include "features/feed/feed_event_service.h"
#include "features/feed/feed_routes.h"
#include "features/feed/photo_list_routes.h"
#include "features/feed/popular_picture_service.h"
#include "features/feed/popular_routes.h"
#include "features/follows/follow_opening_service.h"
#include "features/follows/follow_routes.h"
#include "features/imports/import_jobs.h"
#include "features/imports/import_routes.h"
#include "features/likes/like_event_service.h"
#include "features/likes/like_routes.h"
#include "features/moderation/blocklist_routes.h"
#include "features/moderation/moderation_event_service.h"
#include "features/moderation/moderation_jobs.h"
#include "features/moderation/moderation_routes.h"
#include "features/notifications/notification_event_service.h"
#include "features/notifications/notification_routes.h"
#include "features/notifications/taker_service.h"
#include "features/pages/page_routes.h"
#include "features/pages/shell_rules.h"
#include "features/pages/syndication_routes.h"
#include "features/photos/extra_jobs.h"
#include "features/photos/media_routes.h"
#include "features/photos/original_jobs.h"
#include "features/photos/photo_edit_routes.h"
#include "features/photos/photo_event_service.h"
#include "features/photos/photo_jobs.h"
#include "features/photos/photo_routes.h"
#include "features/photos/reindex_jobs.h"
#include "features/photos/relabel_jobs.h"
#include "features/queries/query_routes.h"
#include "features/search/search_routes.h"
#include "features/sessions/log_in_service.h"
#include "features/sessions/session_routes.h"
#include "features/sessions/token_routes.h"
#include "features/sessions/token_rules.h"
#include "features/sessions/totp_routes.h"
#include "features/similar/similar_routes.h"
#include "features/suggestions/suggestion_routes.h"
#include "features/uploads/quota_service.h"
#include "features/uploads/resumable_service.h"
#include "features/uploads/tus_routes.h"
#include "features/uploads/upload_routes.h"
#include "features/usage/usage_service.h"
#include "features/usage/usage_upkeep_service.h"
#include "http/listener.h"
#include "http/server.h"
#include "image/decoder_pool.h"
#include "jobs/press.h"
#include "jobs/schedule.h"
#include "jobs/worker.h"
#include "mail/delivery.h"
#include "storage/file_cache.h"
#include "storage/spool.h"
#include "vision/classifier.h"

namespace picsharz::app {

namespace {

constexpr std::int64_t reserve_default = 2 * limits::GiB;
constexpr std::size_t open_files = 8192;               // renditions kept open for sendfile
constexpr std::int64_t held_bytes = 32 * limits::MiB;  // of small renditions, in memory
constexpr std::int64_t changes_kept = 100'000;         // more than happen while a process pauses
constexpr rlim_t descriptors = 65'536;                 // for them and for connections
// Decoders, and the threads of the media lane, in which the classifier works: a backlog gives way
// to people who look, and while they keep the machine busy one photo is developed at a time.
constexpr int media_niceness = 10;
// A decoder that nobody waits for: it starts when a photo deserves a larger picture, gives way to
// everybody, and so may take its time.
constexpr int extras_niceness = 10;
constexpr Micros extras_time_limit = minute;
constexpr Micros extras_idle_time = minute;

// Takes as many descriptors as the system allows, up to what can be of use.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min(std::max(limit.rlim_cur, descriptors), limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::unique_ptr<http::Listener> listen(const std::string& setting, std::string_view name) {
  try {
    return std::make_unique<http::Listener>(http::parse_endpoint(setting));
  } catch (const std::system_error& failure) {
    const std::string variable = name == "http.listen" ? "PICSHARZ_HTTP__LISTEN=127.0.0.1:8090"
                                                       : "PICSHARZ_ADMIN__LISTEN=127.0.0.1:8091";
    if (failure.code() == std::errc::address_in_use) {
      throw StartupError(setting +
                         " is in use by another program.\nStop it, or choose another "
                         "address with " +
                         variable + ".");
    }
    throw StartupError("Cannot listen on " + setting + ": " + failure.what() +
                       ".\nChoose another address with " + variable + ".");
  }
}

// /metrics is a convenience: a second instance on this machine must not fail for its default port.
std::unique_ptr<http::Listener> listen_admin(const Config& config) {
  const std::string setting = config.text("admin.listen");
  if (setting.empty()) return nullptr;
  try {
    return listen(setting, "admin.listen");
  } catch (const StartupError& failure) {
    if (config.origin("admin.listen") != "default") throw;
    log_warning("no /metrics", {{"detail", failure.what()}});
    return nullptr;
  }
}

std::int64_t reserve_of(const Config& config, const std::filesystem::path& directory) {
  if (const auto configured = config.bytes("data.reserve"); configured > 0) return configured;
  std::error_code failure;
  const auto space = std::filesystem::space(directory, failure);
  if (failure) return reserve_default;
  return std::max(reserve_default, static_cast<std::int64_t>(space.capacity / 20));
}

// Who ships the log has to know which objects come.
std::unique_ptr<storage::ObjectStore> noted(const Config& config, Parts parts,
                                            backups::Arrivals& arrivals,
                                            std::unique_ptr<storage::ObjectStore> store) {
  if (parts == Parts::web || !ships_log(config)) return store;
  return backups::note_arrivals(std::move(store), arrivals);
}

// "rich", "base" or "none"; what else it says of itself names files of this machine.
std::string pack_of(const vision::Classifier& classifier) {
  const std::string said = classifier.describe();
  return said.substr(0, said.find_first_of(",:"));
}

// Bytes of this process that are in memory.
std::int64_t memory_used() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  file >> size >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

// Tells one who looks for something from another; never kept.
std::string searcher_of(const http::Request& asked) {
  if (asked.viewer.signed_in()) return "member " + asked.viewer.account.str();
  return accounts::client_of(asked.remote_address);
}

http::RateRules rates_of(const Config& config) {
  using http::RateClass;
  http::RateRules rules;
  const auto set = [&](RateClass rate, std::string_view name) {
    rules.per_minute[static_cast<std::size_t>(rate)] = static_cast<int>(config.number(name));
  };
  set(RateClass::read, "rates.read");
  set(RateClass::write, "rates.write");
  set(RateClass::search, "rates.search");
  set(RateClass::upload, "rates.upload");
  set(RateClass::media, "rates.media");
  set(RateClass::auth, "rates.auth");
  rules.address_factor = static_cast<int>(config.number("rates.address_factor"));
  return rules;
}

photos::Check check_of(const Config& config) {
  return config.text("moderation.check") == "after" ? photos::Check::after : photos::Check::before;
}

accounts::InvitationPolicy invitation_policy(const Config& config) {
  return {.registration = accounts::registration_of(config.text("accounts.registration")),
          .per_member = static_cast<int>(config.number("accounts.member_invitations"))};
}

admin::ActionKind action_of(backups::BackupAct act) {
  switch (act) {
    case backups::BackupAct::asked:
      return admin::ActionKind::backup_asked;
    case backups::BackupAct::removed:
      return admin::ActionKind::backup_removed;
    case backups::BackupAct::downloaded:
      break;
  }
  return admin::ActionKind::backup_downloaded;
}

// What an exception that left a handler means to a person.
std::optional<Error> explain(const std::exception& failure) {
  Error error{ErrorKind::unavailable, "unavailable", "The site cannot do this just now.",
              "Try again in a moment."};
  error.retry_after_seconds = 2;
  error.detail = failure.what();
  if (dynamic_cast<const storage::StorageFull*>(&failure) != nullptr) {
    error.kind = ErrorKind::storage_full;
    error.code = "storage_full";
    error.message = "The disk of this site is full.";
    error.action = "Try again later; its administrator has to make room.";
    return error;
  }
  const bool known = dynamic_cast<const db::DatabaseError*>(&failure) != nullptr ||
                     dynamic_cast<const storage::StorageError*>(&failure) != nullptr ||
                     dynamic_cast<const std::system_error*>(&failure) != nullptr;
  return known ? std::optional(error) : std::nullopt;
}

}  // namespace

// In the order of the arrows; destroyed in reverse.
struct App::Rooms {
  Rooms(const Config& config, Parts parts);

  void add_routes();
  void add_house_routes();
  void add_pages();
  pages::Shell shell() const;
  void add_jobs();
  void add_tasks();  // what is due again and again
  void add_metrics();
  void add_mail_metrics();
  void add_shed_metrics();
  void add_rendition_metrics();
  void add_usage_metrics();
  void add_usage_sources();
  std::vector<std::pair<std::string, Micros>> cpu_by_work() const;
  void add_backup_metrics();
  std::int64_t backup_bytes();
  void scrub();
  void forget_words();
  void sweep();
  void prune_activity();
  http::ServerOptions web_options();
  jobs::WorkerOptions mail_workers() const;
  jobs::Press press();

  const Config& config;
  const Parts parts;
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  jobs::PressGauge press_gauge{static_cast<int>(cores)};
  const std::filesystem::path data;
  std::unique_ptr<http::Listener> web_listener;
  std::unique_ptr<http::Listener> admin_listener;
  Foundation foundation;
  const crypto::CursorCodec cursors{foundation.key};
  const sessions::WebSettings web;

  storage::Spool spool;
  backups::Arrivals arrivals;  // for the log's shipping
  std::unique_ptr<storage::ObjectStore> store;
  storage::FileCache files{*store, open_files, held_bytes};
  const image::Formats formats;
  image::DecoderPool decoders;
  image::DecoderPool extra_decoders{{.program = "",
                                     .processes = 1,
                                     .time_limit_min = extras_time_limit,
                                     .time_limit_max = extras_time_limit,
                                     .niceness = extras_niceness,
                                     .idle_time = extras_idle_time}};
  std::unique_ptr<vision::Classifier> classifier;

  activity::ActivityService activity{foundation.clock};
  follows::FollowOpeningService opening{activity, foundation.clock};
  accounts::AccountService accounts{*foundation.database, &opening};
  accounts::SignupService signups;
  accounts::InvitationService invitations{*foundation.database, foundation.ids, foundation.clock,
                                          invitation_policy(config), foundation.base_url()};
  accounts::PasswordService passwords;
  accounts::HandleService handles{*foundation.database, foundation.clock, accounts};
  accounts::EmailChangeService email_changes{*foundation.database, foundation.clock,
                                             foundation.outbox, passwords,
                                             foundation.mail_context()};
  sessions::SessionService sessions{
      *foundation.database,
      foundation.ids,
      foundation.clock,
      passwords,
      {.idle = config.duration("sessions.idle"), .absolute = config.duration("sessions.absolute")}};
  sessions::TotpService totps{*foundation.database, foundation.clock, foundation.outbox, passwords,
                              foundation.mail_context()};
  sessions::TokenService tokens{*foundation.database, foundation.ids, foundation.clock,
                                foundation.outbox,    passwords,      foundation.mail_context()};
  departures::DepartureService departures{
      *foundation.database,
      foundation.clock,
      foundation.queue,
      foundation.outbox,
      passwords,
      totps,
      {.mail = foundation.mail_context(),
       .grace = config.number("accounts.deletion_grace_days") * day}};
  sessions::LogInService log_ins{foundation.clock, foundation.outbox,         passwords,  totps,
                                 sessions,         foundation.mail_context(), &departures};
  follows::FollowService follows{*foundation.database, accounts, activity, foundation.clock};
  photos::MediaSigner signer{foundation.media_key, foundation.clock};
  db::ChangeLog changes{*foundation.database, foundation.clock};
  photos::OriginalService originals{*foundation.database, foundation.clock, *store, files,
                                    decoders};
  // AVIF is written where it may be read: both need libvips' module and the whole sandbox.
  photos::ExtraService extras{*foundation.database, foundation.queue, *store, originals,
                              extra_decoders,       formats.avif};
  photos::MediaService media{*foundation.database, foundation.clock, changes, files, signer,
                             {.extras = &extras}};
  events::EventService events{sessions};
  photos::PhotoEventService photo_events{*foundation.database, events};
  photos::PhotoService photos{*foundation.database, foundation.ids, foundation.clock,
                              foundation.queue, media};
  notifications::NotificationService notifications{*foundation.database, foundation.ids,
                                                   foundation.clock};
  notifications::NotificationEventService notification_events{notifications, events};
  const notifications::UnsubscribeLinks unsubscribe_links{foundation.key};
  notifications::PreferenceService preferences{*foundation.database, foundation.clock,
                                               unsubscribe_links};
  notifications::NotificationMailService notification_mails{
      *foundation.database,
      foundation.clock,
      foundation.outbox,
      unsubscribe_links,
      {.mail = foundation.mail_context(), .delay = config.duration("notifications.mail_delay")}};
  notifications::TakerService taker{*foundation.database, foundation.ids, foundation.clock,
                                    activity, notification_mails};
  moderation::BlocklistService blocklist{*foundation.database, foundation.ids, foundation.clock};
  const moderation::AppealLinks appeal_links{foundation.key};
  moderation::ModerationService moderation;
  moderation::ModerationEventService moderation_events{moderation, events};
  moderation::ComplaintService complaints{*foundation.database, foundation.clock, moderation,
                                          appeal_links};
  similar::DuplicateService duplicates{*foundation.database};
  photos::DevelopService developing{
      *foundation.database, foundation.clock, foundation.queue, *store,          decoders,
      *classifier,          &moderation,      &duplicates,      check_of(config)};
  photos::PhotoEditService editing{*foundation.database, foundation.queue, media, originals};
  photos::DownloadService downloads{*foundation.database, foundation.queue, *store, originals,
                                    decoders};
  const uploads::UploadSettings upload_settings{
      .photo_bytes = limits::photo_file,
      .in_flight = limits::uploads_in_flight,
      .per_day = static_cast<int>(config.number("uploads.per_day")),
      .quota = config.bytes("uploads.quota"),
      .archive_bytes = config.bytes("imports.archive"),
      .formats = formats};
  accounts::IdempotencyService idempotency{*foundation.database, foundation.ids, foundation.clock};
  AnswerLedger answers{idempotency};
  http::RateLimits rates{foundation.clock, rates_of(config)};
  photos::ReindexService reindexing{*foundation.database, foundation.clock};
  photos::RelabelService relabelling{
      *foundation.database, foundation.clock, foundation.queue, *store,
      extra_decoders,       *classifier,      &moderation,      &duplicates};
  uploads::UploadService uploads{photos, spool, *store, upload_settings, &idempotency, &moderation};
  uploads::QuotaService quotas{*foundation.database, foundation.clock, uploads};
  uploads::ResumableService resumable{
      *foundation.database, foundation.ids, foundation.clock, photos, uploads, spool, *store,
      upload_settings};
  likes::LikeService likes{*foundation.database, activity, foundation.clock};
  comments::CommentService comments{
      *foundation.database,
      foundation.ids,
      foundation.clock,
      activity,
      idempotency,
      {.per_minute = static_cast<int>(config.number("comments.per_minute")),
       .per_hour = static_cast<int>(config.number("comments.per_hour"))}};
  accounts::AvatarService avatars{
      {*foundation.database, foundation.clock, spool, *store, files, decoders, *classifier},
      {.formats = formats,
       .recognises = [this](std::uint64_t phash) { return moderation.recognises(phash); }}};
  comments::CommentEventService comment_events{*foundation.database, events};
  likes::LikeEventService like_events{*foundation.database, events};
  feed::FeedEventService feed_events{*foundation.database, events};
  cards::CardService cards{*foundation.database, follows, signer, foundation.ids, foundation.clock};
  feed::FeedService feeds{*foundation.database, cards, foundation.clock};
  feed::PopularService popular{*foundation.database, cards, changes, &extras, foundation.clock};
  feed::PopularPictureService popular_pictures{popular, media};
  feed::PhotoListService photo_lists{*foundation.database, cards};
  search::SearchService searching{*foundation.database, cards};
  collections::CollectionService gathered{*foundation.database, follows, cards, foundation.ids,
                                          foundation.clock};
  suggestions::SuggestionService suggested{*foundation.database};
  search::TermService terms{*foundation.database, searching, foundation.clock};
  similar::SimilarService similar{*foundation.database, cards, foundation.clock};
  exports::ExportDocumentService export_documents{*foundation.database, spool, preferences, avatars,
                                                  foundation.mail_context()};
  exports::ExportArchiveService export_archives{spool, *store};
  exports::ExportService exports{
      {*foundation.database, foundation.ids, foundation.clock, foundation.queue, foundation.outbox,
       accounts, totps, originals, export_documents, export_archives},
      foundation.mail_context()};
  usage::UsageService used{*foundation.database, foundation.clock, tally(), seen_members()};
  usage::UsageUpkeepService usage_upkeep{*foundation.database, foundation.clock};
  // Whoever stores something else of an account, outside of its rows: one line here.
  AvatarErasure avatar_erasure{avatars};
  ExportErasure export_erasure{exports};
  WordsErasure words_erasure{usage_upkeep};
  departures::ErasureService erasures{*foundation.database,
                                      foundation.clock,
                                      foundation.queue,
                                      departures,
                                      comments,
                                      editing,
                                      spool,
                                      {&avatar_erasure, &export_erasure, &words_erasure}};
  imports::ImportPeopleService import_people{
      {*foundation.database, accounts, follows, likes, gathered, preferences, avatars, spool}};
  imports::ImportService imports{{*foundation.database, foundation.ids, foundation.clock,
                                  foundation.queue, spool, uploads, resumable, editing, moderation,
                                  import_people}};
  sessions::RoleService roles{*foundation.database, accounts};
  admin::MemberService members{*foundation.database, roles, foundation.ids, foundation.clock};
  analytics::AnalyticsService dashboards{*foundation.database, foundation.clock};
  analytics::TagAnalysisService tag_analysis{*foundation.database, foundation.clock};
  costs::CostService costs{*foundation.database, foundation.clock};
  BackupParts backups{config, foundation, *store};
  std::optional<LogShipping> log_shipping;
  admin::JobService jobs_seen{*foundation.database, foundation.queue, members};
  admin::OutboxService outbox_seen{*foundation.database, foundation.queue, foundation.bounces,
                                   foundation.mail_server()};

  queries::QueryService queries{query_options(config)};
  queries::SavedQueryService saved_queries{*foundation.database, foundation.ids, foundation.clock};

  photos::MailPictureService mail_pictures{*foundation.database, *store, decoders};
  admin::KeptMailService kept_mails{foundation.mailbox, mail_pictures};
  // The mailbox keeps no bytes of pictures: there they are made when somebody looks.
  mail::Delivery delivery{*foundation.database, foundation.queue,
                          foundation.mailer(),  foundation.bounces,
                          foundation.clock,     foundation.smtp ? &mail_pictures : nullptr};
  Rest rest;  // of the upkeep
  jobs::HandlerTable handlers;
  std::optional<jobs::WorkerPool> workers;
  jobs::Schedule schedule;
  Health health{*foundation.database, spool, *classifier};

  http::Router router;
  http::Router admin_router;
  WebPages web_files{web.secure_cookies};
  pages::SitemapService sitemap{*foundation.database, foundation.clock};
  std::optional<Metrics> metrics;
  std::optional<http::Server> server;
  std::optional<http::Server> admin_server;
};

App::Rooms::Rooms(const Config& configuration, Parts wanted)
    : config(configuration),
      parts(wanted),
      data(configuration.text("data.dir")),
      web_listener(wanted == Parts::jobs
                       ? nullptr
                       : listen(configuration.text("http.listen"), "http.listen")),
      admin_listener(listen_admin(configuration)),
      foundation(configuration, web_listener ? web_listener->address() : ""),
      web{.base_url = configuration.text("instance.base_url"),
          .secure_cookies = has_secure_cookies(configuration),
          .visitors = configuration.truth("instance.visitors")},
      spool((data / "spool").string(), reserve_of(configuration, data)),
      // What was accepted may develop into the first half of the reserve; the other is for the
      // database.
      store(noted(configuration, wanted, arrivals,
                  storage::open_fs_store((data / "objects").string(), storage::real_file_system(),
                                         reserve_of(configuration, data) / 2))),
      formats(accepted_formats(configuration)),
      decoders({.program = "",
                .processes = static_cast<int>(configuration.number("media.workers")),
                .niceness = media_niceness}),
      classifier(vision::open_classifier(
          {.directory = configuration.text("models.dir").empty() ? (data / "models").string()
                                                                 : configuration.text("models.dir"),
           .runtime = "",
           .thresholds = {.gate = configuration.real("moderation.gate"),
                          .explicit_ = configuration.real("moderation.explicit"),
                          .suggestive = configuration.real("moderation.suggestive")},
           .threads = 1,
           .idle_time = limits::classifier_idle})),
      signups(*foundation.database, foundation.ids, foundation.clock, foundation.queue,
              foundation.outbox,
              {.mail = foundation.mail_context(),
               .cost = foundation.password_cost(),
               .invitations = invitation_policy(configuration),
               .terms_version = configuration.text("instance.terms_version"),
               .minimum_age = configuration.number("accounts.minimum_age"),
               .per_address = static_cast<int>(configuration.number("accounts.signups_per_hour"))}),
      passwords(*foundation.database, foundation.clock, foundation.queue, foundation.outbox,
                foundation.key,
                {.mail = foundation.mail_context(), .cost = foundation.password_cost()}),
      moderation(*foundation.database, foundation.ids, foundation.clock, foundation.queue,
                 foundation.outbox, media, blocklist, appeal_links, notifications,
                 {.mail = foundation.mail_context(),
                  .thresholds = {.gate = configuration.real("moderation.gate"),
                                 .explicit_ = configuration.real("moderation.explicit"),
                                 .suggestive = configuration.real("moderation.suggestive")},
                  .quarantine = configuration.duration("moderation.quarantine"),
                  .first_photos = static_cast<int>(configuration.number("moderation.first_photos")),
                  .refusals = static_cast<int>(configuration.number("moderation.refusals"))}),
      schedule(foundation.queue, *foundation.database, foundation.clock) {
  changes.add(media);
  changes.add(popular);
  changes.add(photo_events);
  changes.add(comment_events);
  changes.add(feed_events);
  events.set_watch_policy(comment_events);
  changes.add(moderation_events);
  changes.add(notification_events);
  changes.add(similar);
  add_jobs();
  add_routes();
  metrics.emplace(router, tally());
  add_metrics();
  add_usage_sources();
  const auto observe = [this](const http::Served& served) {
    metrics->count(served);
    seen_members().seen(served.account);
  };
  if (web_listener) {
    server.emplace(router, sessions::make_authenticator(sessions, tokens, web), observe,
                   foundation.clock, web_options());
  }
  if (admin_listener) {
    http::ServerOptions options;
    options.web_workers = 1;
    options.password_workers = 1;
    options.access_log = false;
    options.inherited_descriptor = admin_listener->release();
    admin_server.emplace(
        admin_router, [](http::Request&, const http::Route&) { return Result<void>(); },
        [](const http::Served&) {}, foundation.clock, options);
  }
}

void App::Rooms::add_jobs() {
  handlers.add(mail::send_job, delivery.handler());
  accounts::add_account_jobs(handlers, signups, passwords);
  photos::add_photo_jobs(handlers, foundation.queue, developing);
  photos::add_original_jobs(handlers, originals);
  photos::add_extra_jobs(handlers, extras);
  photos::add_relabel_jobs(handlers, relabelling,
                           [this](Micros step) { return rest.for_time(3 * step); });
  photos::add_reindex_jobs(handlers, reindexing,
                           [this](Micros step) { return rest.for_time(step); });
  moderation::add_moderation_jobs(handlers, moderation);
  exports::add_export_jobs(handlers, foundation.queue, exports,
                           [this](Micros step) { return rest.for_time(step / 4); });
  imports::add_import_jobs(handlers, foundation.queue, imports,
                           [this](Micros step) { return rest.for_time(step / 4); });
  departures::add_departure_jobs(handlers, departures, erasures,
                                 [this](Micros step) { return rest.beside(step); });
  backups::add_backup_jobs(handlers, backups.keeping, [this] { return rest.for_time(0); });
  add_tasks();
  schedule.add_handlers(handlers);
  if (parts == Parts::web) return;
  workers.emplace(
      foundation.queue, *foundation.database, handlers,
      std::vector<jobs::WorkerOptions>{mail_workers(),
                                       {.lanes = {jobs::Lane::media},
                                        .threads = static_cast<int>(config.number("media.workers")),
                                        .niceness = media_niceness,
                                        .press = [this] { return press(); }},
                                       {.lanes = {jobs::Lane::upkeep}, .threads = 1},
                                       {.lanes = {jobs::Lane::extras}, .threads = 1},
                                       {.lanes = {jobs::Lane::notices}, .threads = 1}});
  foundation.queue.on_enqueue([this](jobs::Lane lane) { workers->wake(lane); });
}

void App::Rooms::add_tasks() {
  constexpr Micros often = 10 * minute;
  schedule.add("photos.resume", often, [this] { photos.resume_unfinished(); });
  schedule.add("uploads.finish", often, [this] { resumable.finish_complete(); });
  schedule.add("uploads.sweep", often, [this] { resumable.sweep(); });
  schedule.add("idempotency.prune", often, [this] { idempotency.prune(); });
  schedule.add("signups.prune", often, [this] {
    signups.prune();
    invitations.prune();
  });
  schedule.add("sessions.prune", often, [this] {
    sessions.prune();
    tokens.prune();
    totps.prune();
  });
  schedule.add("accounts.prune", often, [this] {
    handles.prune();
    email_changes.prune();
  });
  schedule.add("jobs.prune", often, [this] { foundation.queue.prune(day); });
  schedule.add("changes.prune", often,
               [this] { db::ChangeLog::prune(*foundation.database, changes_kept); });
  schedule.add("activity.prune", often, [this] { prune_activity(); });
  schedule.add("notifications.prune", often, [this] {
    while (notifications.prune() > 0 && rest.for_time(second / 10)) continue;
  });
  schedule.add("photos.recheck", hour, [this] { relabelling.resume(); });
  schedule.add("search.resume", often, [this] { reindexing.resume(foundation.queue); });
  schedule.add("search.forget", day, [this] { forget_words(); });
  schedule.add("tags.analyse", often, [this] {
    tag_analysis.make_if_due([this](Micros step) { return rest.for_time(3 * step); });
  });
  schedule.add("popular.rank", hour, [this] { popular.rank_if_due(); });
  schedule.add("moderation.erase", often, [this] { moderation.erase_due(); });
  schedule.add("exports.sweep", often, [this] { exports.sweep(); });
  schedule.add("departures.sweep", often, [this] { erasures.sweep(); });
  schedule.add("backups.make", often, [this] { backups.keeping.ask_if_due(); });
  schedule.add("backups.journal", minute / 2, [this] { backups.keeping.ship_journal(); });
  if (ships_log(config) && parts != Parts::web) {
    log_shipping.emplace(
        config, foundation, *store, arrivals, [this] { return backups.keeping.check_target(); },
        [this](Micros since) { backups.keeping.tell_log_is_late(since); });
  }
  if (!ships_log(config)) {
    schedule.add("backups.log", 6 * hour, [this] {
      if (!backups.keeping.owns_target()) return;
      backups::expire_log(backup_directory(config), foundation.clock,
                          static_cast<int>(config.number("backups.log_days")));
    });
  }
  schedule.add("originals.sweep", often, [this] { sweep(); });
  schedule.add("usage.count", often, [this] {
    usage_upkeep.count();
    usage_upkeep.measure(backup_bytes());
  });
  schedule.add("usage.prune", day, [this] { usage_upkeep.prune(); });
  schedule.add("avatars.sweep", 6 * hour, [this] { avatars.sweep(); });
  schedule.add("originals.scrub", limits::scrub_every, [this] { scrub(); });
  schedule.add("analytics.count", often, [this] { dashboards.refresh_if_due(); });
}

jobs::Press App::Rooms::press() {
  if (!server) return jobs::Press::none;
  const http::ServerStats now = server->stats();
  return press_gauge.press({.at = http::steady_now(),
                            .most_awake = server->most_awake(),
                            .waiting = now.queue,
                            .requests = now.requests});
}

// Every directory of objects is read, which takes a while: the upkeep's other tasks wait for it,
// but people hardly notice.
void App::Rooms::sweep() {
  originals.sweep_if_due([this](Micros step) { return rest.for_time(3 * step); });
}

// Whatever was left when the program ended waits for its next start.
void App::Rooms::forget_words() {
  const bool done = db::SearchIndex::forget(*foundation.database,
                                            [this](Micros step) { return rest.beside(step); });
  if (!done) throw jobs::Postponed("the program ends", 0);
}

void App::Rooms::prune_activity() {
  const auto dropped =
      foundation.database->write([this](db::Tx& tx) { return activity.prune(tx); });
  if (dropped > 0) log_warning("nobody was told of what people did", {{"dropped", dropped}});
}

// A little each time: the upkeep's other tasks wait for it.
void App::Rooms::scrub() {
  const auto pause = [this](std::int64_t bytes) {
    rest.for_time(bytes * second / limits::scrub_bytes_per_second);
  };
  const auto found = originals.scrub(originals.due_before(),
                                     {.bytes = limits::scrub_bytes_at_once, .pace = pause});
  for (const std::string& original : found.damaged) {
    log_error("an original is damaged", {{"original", original}});
  }
  if (found.rebuilt + found.not_rebuilt == 0) return;
  log_warning("renditions were damaged",
              {{"rebuilt", found.rebuilt}, {"not_rebuilt", found.not_rebuilt}});
}

jobs::WorkerOptions App::Rooms::mail_workers() const {
  return {.lanes = {jobs::Lane::mail},
          .threads = static_cast<int>(config.number("jobs.mail_workers"))};
}

void App::Rooms::add_routes() {
  add_health_routes(router, health);
  add_instance_routes(router,
                      {.name = config.text("instance.name"),
                       .description = config.text("instance.description"),
                       .rules = config.list("instance.rules"),
                       .invitations = invitation_policy(config),
                       .visitors = web.visitors,
                       .terms = config.text("instance.terms"),
                       .terms_version = config.text("instance.terms_version"),
                       .minimum_age = config.number("accounts.minimum_age"),
                       .models = pack_of(*classifier),
                       .formats = formats},
                      signups);
  accounts::add_account_routes(router, accounts, handles, signups, quotas, web.secure_cookies);
  accounts::add_invitation_routes(router, invitations, cursors);
  accounts::add_avatar_routes(router, avatars, quotas, web.visitors);
  accounts::add_email_change_routes(router, email_changes);
  sessions::add_session_routes(router, {sessions, log_ins, signups, passwords}, web);
  sessions::add_totp_routes(router, totps);
  sessions::add_token_routes(router, tokens);
  events::add_event_routes(router, events);
  const cards::CardContext context{signer, cursors};
  follows::add_follow_routes(router, follows, cursors, sessions::make_confirmer(sessions, web));
  photos::add_photo_routes(router, photos, signer, cursors);
  photos::add_photo_edit_routes(router, editing, downloads, signer);
  photos::add_media_routes(router, media, sessions::make_viewer_finder(sessions, tokens, web),
                           web.visitors);
  uploads::add_upload_routes(router, uploads, signer);
  uploads::add_tus_routes(router, resumable, upload_settings.photo_bytes);
  likes::add_like_routes(router, likes, cursors, sessions::make_confirmer(sessions, web));
  comments::add_comment_routes(router, comments, cursors);
  cards::add_card_routes(router, cards, context, [this](PhotoId photo) { used.viewed(photo); });
  feed::add_feed_routes(router, feeds, context);
  feed::add_photo_list_routes(router, photo_lists, context);
  feed::add_popular_routes(
      router, popular, context, {.picture_sizes = shell().kinds["popular"].sizes},
      [this](const Viewer& by) { members.note(by, admin::ActionKind::popular_ranked, ""); });
  collections::add_collection_routes(router, gathered, context);
  suggestions::add_suggestion_routes(router, suggested, cursors);
  search::add_search_routes(router, searching, terms, context,
                            [this](std::string_view typed, bool found, const http::Request& asked) {
                              used.searched(typed, found, searcher_of(asked));
                            });
  similar::add_similar_routes(router, similar, duplicates, context);
  notifications::add_notification_routes(router, notifications, signer, cursors);
  notifications::add_preference_routes(router, preferences);
  moderation::add_moderation_routes(router, moderation, complaints, signer, cursors);
  moderation::add_blocklist_routes(router, blocklist, cursors);
  exports::add_export_routes(router, exports);
  imports::add_import_routes(router, imports, cursors);
  departures::add_departure_routes(router, departures, web.secure_cookies);
  add_house_routes();
  add_pages();

  add_health_routes(admin_router, health);
  admin_router.add({.method = http::Method::get,
                    .pattern = "/metrics",
                    .access = http::Access::open,
                    .handler = [this](http::Request&) {
                      http::Response response = http::text(200, metrics->text());
                      response.headers.clear();
                      return response.header(
                          "Content-Type",
                          "application/openmetrics-text; version=1.0.0; charset=utf-8");
                    }});
}

// A folder that is not there is not made for being asked.
std::int64_t App::Rooms::backup_bytes() {
  const bool any = std::filesystem::exists(backup_directory(config));
  return any ? backups.keeping.list().target_bytes : 0;
}

// The administrator's house.
void App::Rooms::add_house_routes() {
  backups::add_backup_routes(
      router, backups.keeping,
      [this](const Viewer& by, backups::BackupAct act, const std::string& what) {
        members.note(by, action_of(act), what);
      },
      [this] { return log_shipping ? log_shipping->late_since() : std::nullopt; });
  admin::add_job_routes(router, jobs_seen, cursors);
  admin::add_mailbox_routes(router, kept_mails, members, cursors);
  admin::add_member_routes(router, members, uploads.quota(), cursors);
  admin::add_outbox_routes(router, outbox_seen, cursors);
  admin::add_storage_routes(router, originals, members);
  add_installation_routes(router, config, *foundation.database, foundation.clock.now());
  analytics::add_analytics_routes(router, dashboards, signer);
  analytics::add_tag_routes(router, tag_analysis);
  costs::add_cost_routes(router, costs);
  queries::add_query_routes(router, queries, saved_queries,
                            [this](const Viewer& by, const std::string& what) {
                              members.note(by, admin::ActionKind::question, what);
                            });
}

pages::Shell App::Rooms::shell() const {
  return pages::read_shell(web_files.text("index.html"), web_files.text("shell.json"));
}

// The web application: what it is made of, and its pages around what the API answers.
void App::Rooms::add_pages() {
  pages::PageSettings settings{.site = {.name = config.text("instance.name"),
                                        .description = config.text("instance.description"),
                                        .url = foundation.base_url(),
                                        .visitors = web.visitors},
                               .shell = shell(),
                               .policy = page_policy()};
  pages::add_syndication_routes(router, settings.site, sitemap, sessions::make_access_check(web));
  router.set_fallback([this, page = pages::add_page_routes(router, std::move(settings),
                                                           sessions::make_access_check(web))](
                          http::Request& request) { return web_files.serve(request, page); });
}

void App::Rooms::add_metrics() {
  const auto of_jobs = [this](auto member) {
    return [this, member] {
      return foundation.database->read(
          [&](db::Tx& tx) { return static_cast<double>(foundation.queue.stats(tx).*member); });
    };
  };
  using Stats = jobs::QueueStats;
  metrics->gauge("picsharz_jobs_waiting", "Jobs that are due or will be.",
                 of_jobs(&Stats::waiting));
  metrics->gauge("picsharz_jobs_running", "Jobs under a lease.", of_jobs(&Stats::running));
  metrics->gauge("picsharz_jobs_dead", "Jobs that gave up.", of_jobs(&Stats::dead));
  metrics->gauge("picsharz_jobs_oldest_age_seconds", "Age of the oldest due job.", [this] {
    return foundation.database->read([&](db::Tx& tx) {
      return static_cast<double>(foundation.queue.stats(tx).oldest_age) / 1e6;
    });
  });
  add_mail_metrics();
  add_shed_metrics();
  add_rendition_metrics();
  add_usage_metrics();
  add_backup_metrics();
  const auto of_database = [this](auto member) {
    return [this, member] { return static_cast<double>(foundation.database->stats().*member); };
  };
  using Database = db::DatabaseStats;
  metrics->counter("picsharz_database_reads", "Read transactions.", of_database(&Database::reads));
  metrics->counter("picsharz_database_writes", "Writes.", of_database(&Database::writes));
  metrics->counter("picsharz_database_commits", "Commits; one may hold many writes.",
                   of_database(&Database::commits));
  metrics->counter("picsharz_database_retries", "Conflicts tried again.",
                   of_database(&Database::retries));
  metrics->gauge("picsharz_database_write_queue", "Writes that wait.",
                 of_database(&Database::write_queue));
  const auto of_decoders = [this](auto member) {
    return [this, member] {
      return static_cast<double>(decoders.stats().*member + extra_decoders.stats().*member);
    };
  };
  const auto of_feeds = [this](auto member) {
    return [this, member] { return static_cast<double>(feeds.stats().*member); };
  };
  metrics->counter("picsharz_feeds_remembered", "Pages of home feeds from memory.",
                   of_feeds(&feed::FeedStats::remembered));
  metrics->counter("picsharz_feeds_read", "Pages of home feeds from the database alone.",
                   of_feeds(&feed::FeedStats::read));
  using Decoders = image::DecoderStats;
  metrics->counter("picsharz_decoder_pictures", "Pictures developed.",
                   of_decoders(&Decoders::pictures));
  metrics->counter("picsharz_decoder_rejected", "Pictures refused.",
                   of_decoders(&Decoders::rejected));
  metrics->counter("picsharz_decoder_killed", "Decoders ended by the watchdog or a signal.",
                   of_decoders(&Decoders::killed));
  metrics->counter("picsharz_decoder_cpu_seconds", "CPU time of pictures, as decoders count it.",
                   [this] { return static_cast<double>(decoders.stats().cpu) / second; });
  metrics->gauge("picsharz_originals_damaged", "Originals that are missing or altered.",
                 [this] { return static_cast<double>(originals.count_damaged()); });
  metrics->counter("picsharz_decoder_forbidden",
                   "Decoders ended by the kernel for a forbidden system call: look into it.",
                   of_decoders(&Decoders::forbidden));
  metrics->gauge("picsharz_moderation_waiting", "Cases that wait for a moderator.",
                 [this] { return static_cast<double>(moderation.waiting()); });
  metrics->gauge("picsharz_models_loaded", "1 while the models are in memory.",
                 [this] { return classifier->loaded() ? 1.0 : 0.0; });
  metrics->info("picsharz_models", "The pack that labels photos and judges them.", "pack",
                pack_of(*classifier));
  metrics->gauge("picsharz_ready", "1 while this process takes traffic.",
                 [this] { return health.ready() ? 1.0 : 0.0; });
}

// What requests are, is there by route already.
void App::Rooms::add_usage_metrics() {
  metrics->counters("picsharz_usage", "What people and the server did.", [] {
    Metrics::Series series;
    for (const Tally::Count& each : tally().totals()) {
      if (each.use == Use::request || each.use == Use::route_time) continue;
      series.emplace_back("kind=\"" + std::string(name_of(each.use)) + "\",label=\"" +
                              label_of(each.use, each.label) + "\"",
                          static_cast<double>(each.count));
    }
    return series;
  });
  metrics->counters("picsharz_cpu_seconds", "CPU time by kind of work.", [this] {
    Metrics::Series series;
    for (const auto& [work, used_there] : cpu_by_work()) {
      series.emplace_back("work=\"" + work + "\"", static_cast<double>(used_there) / second);
    }
    return series;
  });
}

std::vector<std::pair<std::string, Micros>> App::Rooms::cpu_by_work() const {
  std::vector<std::pair<std::string, Micros>> all;
  for (const auto& [work, used_there] : cpu_used()) all.emplace_back(work, used_there);
  all.emplace_back("decode", decoders.stats().cpu + extra_decoders.stats().cpu);
  return all;
}

// What is not counted where it happens, but read when that is written; gauges once a minute.
void App::Rooms::add_usage_sources() {
  using As = usage::UsageService::As;
  used.add_counters("cpu", As::amount, [this] { return cpu_by_work(); });
  used.add_counters("mail", As::count, [this] {
    const mail::DeliveryStats mails = delivery.stats();
    return std::vector<std::pair<std::string, std::int64_t>>{
        {foundation.smtp ? "sent" : "kept", mails.sent}, {"failed", mails.bounced}};
  });
  used.add_gauge(parts == Parts::jobs ? "memory_worker" : "memory", [] { return memory_used(); });
  const auto space = [this](auto member) {
    return static_cast<std::int64_t>(std::filesystem::space(data).*member);  // thrown: not known
  };
  used.add_gauge("disk_free", [space] { return space(&std::filesystem::space_info::available); });
  used.add_gauge("disk_size", [space] { return space(&std::filesystem::space_info::capacity); });
  const auto queue = [this](auto member) {
    return foundation.database->read(
        [&](db::Tx& tx) { return foundation.queue.stats(tx).*member; });
  };
  used.add_gauge("queue_depth", [queue] { return queue(&jobs::QueueStats::due); });
  used.add_gauge("queue_dead", [queue] { return queue(&jobs::QueueStats::dead); });
  used.add_gauge("queue_age", [queue] { return queue(&jobs::QueueStats::oldest_age); });
}

void App::Rooms::add_rendition_metrics() {
  metrics->gauge("picsharz_renditions_held_bytes", "Small renditions in memory.",
                 [this] { return static_cast<double>(files.stats().held.bytes); });
  metrics->gauge("picsharz_renditions_pinned_bytes",
                 "Of these, those of the popular photos, which stay.",
                 [this] { return static_cast<double>(files.stats().held.pinned); });
  metrics->gauge("picsharz_renditions_open", "Renditions kept open.",
                 [this] { return static_cast<double>(files.stats().open); });
}

// Without a proved backup ages are those of everything there is: as old as time.
void App::Rooms::add_backup_metrics() {
  const auto good = [this] {
    const Micros now = foundation.clock.now();
    return foundation.database->read([&](db::Tx& tx) { return backups::last_good(tx, now); })
        .value_or(backups::GoodBackup());
  };
  const auto age = [this](Micros since) {
    return static_cast<double>(foundation.clock.now() - since) / second;
  };
  metrics->gauge("picsharz_backup_age_seconds", "Since the last backup that is proved was begun.",
                 [good, age] { return age(good().asked_at); });
  metrics->gauge("picsharz_backup_duration_seconds", "What it took, with its test restore.",
                 [good] { return static_cast<double>(good().duration) / second; });
  metrics->gauge("picsharz_backup_proof_age_seconds", "Since its last test restore.",
                 [good, age] { return age(good().proved_at); });
  if (!log_shipping) return;
  metrics->gauge("picsharz_backup_log_age_seconds",
                 "Of what was committed, and is not copied beside the backups yet.",
                 [this, age] { return age(log_shipping->shipped_at()); });
}

void App::Rooms::add_shed_metrics() {
  for (std::size_t each = 0; each < http::importances; ++each) {
    metrics->counter("picsharz_http_shed_" + std::string(http::importance_names[each]),
                     "Requests sent away with 503 because they would have waited too long.",
                     [this, each] {
                       const auto stats = server ? server->stats() : http::ServerStats();
                       return static_cast<double>(stats.shed_by_importance[each]);
                     });
  }
}

void App::Rooms::add_mail_metrics() {
  const auto of_mail = [this](auto member) {
    return [this, member] { return static_cast<double>(delivery.stats().*member); };
  };
  using Stats = mail::DeliveryStats;
  metrics->counter("picsharz_mail_sent", "Mails that the mailer took.", of_mail(&Stats::sent));
  metrics->counter("picsharz_mail_deferred", "Tries that failed; they are made again.",
                   of_mail(&Stats::deferred));
  metrics->counter("picsharz_mail_bounced", "Mails that were given up.", of_mail(&Stats::bounced));
  metrics->counter("picsharz_mail_withheld", "Mails not sent to an address that refuses.",
                   of_mail(&Stats::withheld));
  metrics->counter("picsharz_mail_dropped", "Mails not posted because too many waited.",
                   [this] { return static_cast<double>(foundation.outbox.dropped()); });
  const auto waiting = [this] {
    return foundation.database->read(
        [&](db::Tx& tx) { return foundation.queue.stats(tx, jobs::Lane::mail); });
  };
  metrics->gauge("picsharz_mail_waiting", "Mails that were posted and not sent yet.",
                 [waiting] { return static_cast<double>(waiting().waiting); });
  metrics->gauge("picsharz_mail_oldest_age_seconds", "How long the oldest of them has waited.",
                 [waiting] { return static_cast<double>(waiting().oldest_age) / second; });
}

http::ServerOptions App::Rooms::web_options() {
  http::ServerOptions options;
  options.host = web_listener->host();
  options.port = web_listener->port();
  options.inherited_descriptor = web_listener->release();
  options.recall = sessions::make_recaller(sessions, web);
  options.io_threads = static_cast<int>(config.number("http.io_threads"));
  options.web_workers = static_cast<int>(config.number("http.workers"));
  options.password_workers = static_cast<int>(cores);
  options.connections = static_cast<int>(config.number("http.connections"));
  // On loopback every client is this machine, most likely a proxy with many people behind it.
  const bool loopback = options.host == "127.0.0.1" || options.host == "::1";
  options.connections_per_address =
      loopback ? 0 : static_cast<int>(config.number("http.connections_per_address"));
  options.trusted_proxies = config.list("http.trusted_proxies");
  options.access_log = config.truth("log.requests");
  options.default_headers = default_headers(web.secure_cookies);
  options.explain_exception = explain;
  options.stands = [this](const Viewer& viewer) { return sessions.stands(viewer); };
  options.idempotency = &answers;
  options.rates = &rates;
  return options;
}

App::App(const Config& config, Parts parts) : rooms_(std::make_unique<Rooms>(config, parts)) {}
App::~App() { stop(); }

void App::start() {
  Rooms& rooms = *rooms_;
  // A client that goes away while it is written to must not end the program.
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  if (const int swept = rooms.spool.sweep(); swept > 0) {
    log_info("spool swept", {{"files", swept}});
  }
  log_info("models", {{"pack", rooms.classifier->describe()}});
  rooms.relabelling.resume();
  rooms.reindexing.resume(rooms.foundation.queue);
  rooms.health.start();
  rooms.used.start();
  if (rooms.server) {
    rooms.changes.start();
    rooms.events.start();
    rooms.like_events.start();
    rooms.popular_pictures.start();
    rooms.idempotency.forget_the_dead();
  }
  if (rooms.workers) {
    rooms.workers->start();
    rooms.taker.start();
    rooms.schedule.start();
    if (rooms.log_shipping) rooms.log_shipping->start();
  }
  if (rooms.admin_server) rooms.admin_server->start();
  if (rooms.server) rooms.server->start();
}

void App::stop() {
  Rooms& rooms = *rooms_;
  rooms.health.drain();
  rooms.popular_pictures.stop();
  rooms.like_events.stop();
  rooms.events.stop();
  if (rooms.server) rooms.server->stop();
  rooms.schedule.stop();
  rooms.taker.stop();
  rooms.rest.end();
  if (rooms.foundation.smtp) rooms.foundation.smtp->stop();
  if (rooms.workers) rooms.workers->stop();
  if (rooms.admin_server) rooms.admin_server->stop();
  rooms.changes.stop();
  if (rooms.log_shipping) rooms.log_shipping->stop();  // when nobody writes any more
  rooms.health.stop();
  rooms.used.stop();
}

std::string App::address() const {
  return rooms_->web_listener ? "http://" + rooms_->web_listener->address() : "";
}

std::string App::metrics_address() const {
  return rooms_->admin_listener ? "http://" + rooms_->admin_listener->address() : "";
}

std::string App::routes_json() const {
  constexpr std::string_view access[] = {"undeclared", "open", "member", "moderator",
                                         "administrator"};
  std::string body;
  JsonWriter out(body);
  out.begin_array();
  for (const http::Route* route : rooms_->router.routes()) {
    out.begin_object()
        .field("method", http::method_name(route->method))
        .field("pattern", route->pattern)
        .field("access", access[static_cast<std::size_t>(route->access)])
        .field("scope", sessions::scope_name(route->scope))
        .end_object();
  }
  out.end_array();
  return body;
}

std::string App::setup_link() {
  const auto token = rooms_->signups.make_setup_token();
  return token ? rooms_->foundation.base_url() + "/setup#token=" + *token : "";
}

}  // namespace picsharz::app
