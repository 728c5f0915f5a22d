// Every bound of the program in one place. A limit that can be configured is here as its default.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace picsharz::limits {

inline constexpr std::int64_t KiB = 1024;
inline constexpr std::int64_t MiB = 1024 * KiB;
inline constexpr std::int64_t GiB = 1024 * MiB;

// HTTP
inline constexpr std::size_t header_block = 16 * KiB;
inline constexpr std::size_t header_count = 100;
inline constexpr std::size_t request_target = 8 * KiB;
inline constexpr std::size_t json_body = 64 * KiB;
inline constexpr std::size_t multipart_field = 16 * KiB;
inline constexpr std::size_t multipart_parts = 64;
inline constexpr int connections = 10'000;
inline constexpr int connections_per_address = 64;
inline constexpr Micros header_timeout = 10 * second;
inline constexpr Micros idle_timeout = 60 * second;
inline constexpr Micros slow_body_grace = 15 * second;
inline constexpr std::int64_t slow_body_bytes_per_second = 1 * KiB;
inline constexpr Micros drain_timeout = 30 * second;
inline constexpr std::size_t worker_queue = 512;
inline constexpr std::size_t password_queue = 64;

// Lists
inline constexpr int page_default = 20;
inline constexpr int page_max = 100;

// Similar photos (docs/adr/0015-similar-photos.md)
inline constexpr int similar_shown = 12;
inline constexpr int similar_photos = 1'000'000;  // newest ones in memory, 88 bytes each
inline constexpr int similar_changes = 10'000;    // between two questions; beyond it is read anew
inline constexpr Micros similar_idle = 10 * minute;
inline constexpr int own_compared = 10'000;  // newest of an owner that a new one is compared with

// Accounts (characters, not bytes, where text is meant)
inline constexpr std::size_t handle_min = 3;
inline constexpr std::size_t handle_max = 30;
inline constexpr std::size_t name_max = 80;
inline constexpr std::size_t email_max = 254;
inline constexpr std::size_t password_min = 8;
inline constexpr std::size_t password_max = 128;
inline constexpr std::size_t bio_max = 500;
inline constexpr Micros code_lifetime = 10 * minute;
inline constexpr int code_tries = 5;
inline constexpr Micros signup_lifetime = 1 * hour;  // a handle waits so long for its code
inline constexpr Micros reset_lifetime = 30 * minute;
inline constexpr Micros setup_lifetime = 1 * hour;
inline constexpr Micros session_idle = 30 * day;
inline constexpr Micros session_absolute = 180 * day;
inline constexpr int login_per_account = 10;
inline constexpr int login_per_address = 100;
inline constexpr Micros login_window = 15 * minute;
inline constexpr Micros email_change_lifetime = 30 * minute;
inline constexpr int email_changes_per_hour = 5;  // of one account
inline constexpr Micros handle_kept = 30 * day;   // an old one; and between two changes
inline constexpr int known_logins = 50;           // of one account, the newest
inline constexpr Micros totp_setup_lifetime = 15 * minute;
inline constexpr int recovery_codes = 10;
inline constexpr int tokens_per_account = 50;
inline constexpr std::size_t token_name_max = 80;
inline constexpr int token_days_max = 3'650;
inline constexpr int signups_per_address = 30;
inline constexpr Micros signup_window = 1 * hour;

// Photos
inline constexpr std::int64_t photo_file = 50'000'000;
inline constexpr std::size_t title_max = 200;
inline constexpr std::size_t description_max = 5'000;
inline constexpr std::size_t alt_max = 1'500;
inline constexpr std::size_t place_max = 100;
inline constexpr std::size_t tag_max = 50;
inline constexpr std::size_t tags_per_photo = 30;
inline constexpr int uploads_in_flight = 20;
inline constexpr std::size_t event_streams = 10;  // open pages of one account
inline constexpr int photos_per_day = 1'000;
inline constexpr std::int64_t account_quota = 10 * GiB;
inline constexpr Micros upload_lifetime = 24 * hour;          // of an unfinished resumable upload
inline constexpr std::int64_t upload_sync_bytes = 256 * KiB;  // written at most between two syncs
inline constexpr Micros idempotency_lifetime = 24 * hour;
inline constexpr std::size_t idempotency_key_max = 128;

// Comments
inline constexpr std::size_t comment_max = 2'000;
inline constexpr std::size_t mentions_per_comment = 10;  // linked; further ones are plain text
inline constexpr int replies_inline = 3;                 // of each thread on a page of threads
inline constexpr int comments_per_minute = 10;           // and edits, of one member
inline constexpr int comments_per_hour = 120;

// Pictures that are made when they are wanted: 2048, AVIF
inline constexpr std::uint32_t popular_from = 200;  // requests for a photo while it is remembered
inline constexpr int extras_waiting = 1'000;        // jobs; what is wanted beyond them is not noted
inline constexpr Micros interim_lifetime = minute;  // of the 1280 in the place of the 2048

// Looking after stored bytes
inline constexpr std::int64_t scrub_bytes_per_second = 8 * MiB;
inline constexpr std::int64_t scrub_bytes_at_once = 64 * MiB;
inline constexpr Micros scrub_every = 10 * minute;
inline constexpr std::int64_t scrub_bytes_a_day = scrub_bytes_at_once * (day / scrub_every);
inline constexpr Micros scrub_interval = 7 * day;  // for one original, at least

// Moderation
inline constexpr std::size_t moderation_note_max = 1'000;
inline constexpr std::size_t appeal_max = 2'000;
inline constexpr Micros classifier_idle = 15 * minute;  // then its models leave memory
inline constexpr Micros decision_undo = 10 * second;
inline constexpr Micros quarantine = 14 * day;      // of a removed photo's bytes
inline constexpr int reports_per_day = 100;         // of one member
inline constexpr int reports_shown = 50;            // of one case
inline constexpr int refusals = 3;                  // of one member, from which they are throttled
inline constexpr Micros refusals_count = 30 * day;  // for this long
inline constexpr int throttled_photos_per_day = 5;
inline constexpr int history_shown = 10;     // decisions about one account
inline constexpr int moderators_told = 100;  // mails about one photo
inline constexpr int erased_at_once = 100;   // photos whose quarantine is over

// Jobs
inline constexpr int job_attempts = 5;
inline constexpr Micros job_lease = 20 * second;
inline constexpr Micros job_backoff_max = 5 * minute;

}  // namespace picsharz::limits
