#include "features/notifications/notification_store.h"

#include <limits>
#include <string>

#include "features/notifications/notification_truth.h"
#include "features/photos/photo_store.h"

namespace picsharz::notifications {

namespace {

constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

#define NOTIFICATION_COLUMNS                                                                \
  "n.id, n.account_id, n.kind, n.photo_id, n.outcome, n.appealed, n.read_at, n.updated_at," \
  " n.told_at, n.mails, n.comment_id"

Notification read_notification(const db::Row& row) {
  return {.id = row.id<NotificationId>(0),
          .account = row.id<AccountId>(1),
          .kind = row.as<Kind>(2),
          .photo_id = row.id<PhotoId>(3),
          .photo = std::nullopt,
          .people = {},
          .excerpt = std::nullopt,
          .ruling = {row.string(4), row.truth(5), row.id<CommentId>(10)},
          .unread = row.null(6),
          .updated_at = row.integer(7),
          .told_at = row.integer(8),
          .mails = row.integer(9)};
}

// People with their comments, out of two lists: one statement for all who do the same.
#define PEOPLE_SQLITE(ids, comments)                    \
  "(SELECT j.value AS actor_id, json_extract(" comments \
  ", '$[' || j.key || ']') AS comment_id FROM json_each(" ids ") j) a"
#define PEOPLE_POSTGRES(ids, comments) \
  "unnest(CAST(" ids " AS BIGINT[]), CAST(" comments " AS BIGINT[])) AS a (actor_id, comment_id)"

struct Lists {
  Lists(db::Engine engine, const std::vector<Actor>& actors) {
    std::vector<AccountId> people;
    std::vector<CommentId> written;
    for (const Actor& actor : actors) {
      people.push_back(actor.id);
      written.push_back(actor.comment);
    }
    ids = db::id_list(engine, std::span<const AccountId>(people));
    comments = db::id_list(engine, std::span<const CommentId>(written));
  }
  std::string ids;
  std::string comments;
};

std::optional<PhotoId> some(PhotoId photo) { return photo ? std::optional(photo) : std::nullopt; }

}  // namespace

std::vector<Actor> NotificationStore::heard(db::Tx& tx, const News& news, Micros since) {
#define HEARD_QUERY(people)                                                          \
  "SELECT a.actor_id, a.comment_id"                                                  \
  " FROM (SELECT CAST($1 AS BIGINT) AS account_id, CAST($3 AS BIGINT) AS kind,"      \
  "  CAST($4 AS BIGINT) AS photo_id) n CROSS JOIN " people                           \
  " JOIN accounts w ON w.id = a.actor_id JOIN accounts r ON r.id = n.account_id"     \
  " WHERE r.state <> 2 AND " PICSHARZ_HEARD " AND " PICSHARZ_ABOUT_VISIBLE           \
  " AND (n.kind > 4 OR NOT EXISTS (SELECT 1 FROM notifications g"                    \
  "  JOIN notification_actors t ON t.notification_id = g.id"                         \
  "  WHERE g.account_id = $1 AND g.kind = $3 AND g.topic = $7 AND g.updated_at > $8" \
  "  AND t.actor_id = w.id AND t.created_at > $8))"
  static constexpr db::Sql sql(HEARD_QUERY(PEOPLE_SQLITE("$5", "$6")),
                               HEARD_QUERY(PEOPLE_POSTGRES("$5", "$6")));
  const Lists lists(tx.engine(), news.actors);
  return tx.all(
      sql,
      [](const db::Row& row) {
        return Actor{
            .id = row.id<AccountId>(0), .handle = {}, .name = {}, .comment = row.id<CommentId>(1)};
      },
      news.account, Role::member, news.kind, some(news.photo), lists.ids, lists.comments,
      news.topic(), since);
}

void NotificationStore::close(db::Tx& tx, const News& news, Micros before, int most) {
  tx.exec(
      "UPDATE notifications SET closed = id WHERE account_id = $1 AND kind = $2 AND topic = $3"
      " AND closed = 0 AND ((read_at IS NOT NULL AND created_at < $4) OR size >= $5)",
      news.account, news.kind, news.topic(), before, most);
}

NotificationStore::Put NotificationStore::put(db::Tx& tx, const NewNotification& made) {
  return tx
      .one(
          "INSERT INTO notifications (id, account_id, kind, topic, closed, photo_id, outcome,"
          " appealed, in_app, size, created_at, updated_at, mail_at, digest, comment_id)"
          " VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $10, $11, $12, $14)"
          " ON CONFLICT (account_id, kind, topic, closed) DO UPDATE SET in_app = excluded.in_app,"
          " size = notifications.size + excluded.size, updated_at = excluded.updated_at,"
          " read_at = NULL, digest = excluded.digest, mail_at = CASE"
          "  WHEN excluded.mail_at IS NULL THEN NULL"
          "  WHEN notifications.mail_at IS NOT NULL THEN notifications.mail_at"
          "  WHEN notifications.mails > 0 AND notifications.told_at + $13 > excluded.mail_at"
          "   THEN notifications.told_at + $13"
          "  ELSE excluded.mail_at END"
          " RETURNING id, told_at",
          [](const db::Row& row) {
            return Put{row.id<NotificationId>(0), row.integer(1)};
          },
          made.id, made.account, made.kind, made.topic, made.photo, made.ruling.outcome,
          made.ruling.appealed, made.in_app, made.size, made.now, made.mail_at, made.digest,
          made.mail_gap, made.ruling.comment)
      .value();
}

void NotificationStore::put_actors(db::Tx& tx, NotificationId id, const std::vector<Actor>& actors,
                                   Micros now) {
#define PUT_ACTORS(people)                                                                \
  "INSERT INTO notification_actors (notification_id, actor_id, comment_id, created_at)"   \
  " SELECT CAST($1 AS BIGINT), a.actor_id, a.comment_id, CAST($2 AS BIGINT) FROM " people \
  " WHERE 1 = 1 ON CONFLICT (notification_id, actor_id)"                                  \
  " DO UPDATE SET comment_id = excluded.comment_id, created_at = excluded.created_at"
  static constexpr db::Sql sql(PUT_ACTORS(PEOPLE_SQLITE("$3", "$4")),
                               PUT_ACTORS(PEOPLE_POSTGRES("$3", "$4")));
  const Lists lists(tx.engine(), actors);
  tx.exec(sql, id, now, lists.ids, lists.comments);
}

void NotificationStore::forget_oldest(db::Tx& tx, AccountId account, int kept) {
  tx.exec(
      "DELETE FROM notifications WHERE account_id = $1 AND (updated_at, id) <="
      " (SELECT updated_at, id FROM notifications WHERE account_id = $1"
      "  ORDER BY updated_at DESC, id DESC LIMIT 1 OFFSET $2)",
      account, kept);
}

// Ids are made in the order of time: what began long ago is one range of them.
int NotificationStore::forget_old(db::Tx& tx, NotificationId began, Micros before, int most) {
  return static_cast<int>(
      tx.exec("DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE id < $1"
              " AND updated_at < $2 ORDER BY id LIMIT $3)",
              began, before, most));
}

void NotificationStore::announce(db::Tx& tx, AccountId account) {
  tx.exec("INSERT INTO changes (kind, id) VALUES (6, $1)", account);
}

std::vector<Notification> NotificationStore::list(db::Tx& tx, AccountId account,
                                                  const PageRequest& page) {
  const Position after = page.after.value_or(Position{latest, latest});
  return tx.all("SELECT " NOTIFICATION_COLUMNS
                " FROM notifications n WHERE n.account_id = $1 AND n.in_app = 1"
                " AND (n.updated_at, n.id) < ($3, $4) AND " PICSHARZ_SHOWN
                " ORDER BY n.updated_at DESC, n.id DESC LIMIT $5",
                read_notification, account, Role::member, after.key, after.id, page.limit + 1);
}

People NotificationStore::people(db::Tx& tx, NotificationId id, Micros since, int newest) {
  People people;
  tx.each(
      "SELECT w.id, w.handle, w.name, a.comment_id, COUNT(*) OVER (), w.avatar FROM notifications n"
      " JOIN notification_actors a ON a.notification_id = n.id"
      " JOIN accounts w ON w.id = a.actor_id"
      " WHERE n.id = $1 AND a.created_at > $2 AND " PICSHARZ_HEARD
      " ORDER BY a.created_at DESC, a.actor_id DESC LIMIT $3",
      [&](const db::Row& row) {
        people.newest.push_back({.id = row.id<AccountId>(0),
                                 .handle = row.string(1),
                                 .name = row.string(2),
                                 .comment = row.id<CommentId>(3),
                                 .avatar = row.string(5)});
        people.count = row.integer(4);
      },
      id, since, newest);
  return people;
}

std::optional<std::string> NotificationStore::excerpt(db::Tx& tx, CommentId comment) {
  return tx
      .one(
          "SELECT " PICSHARZ_COMMENT_TEXT " FROM (SELECT CAST($1 AS BIGINT) AS comment_id) a",
          [](const db::Row& row) { return row.maybe_string(0); }, comment)
      .value_or(std::nullopt);
}

std::vector<photos::PhotoView> NotificationStore::photos(db::Tx& tx, AccountId account,
                                                         std::span<const PhotoId> ids) {
  static constexpr db::Sql sql(
      "SELECT " PICSHARZ_PHOTO_VIEW_COLUMNS
      " FROM json_each($3) j CROSS JOIN photos p ON p.id = j.value"
      " JOIN accounts o ON o.id = p.owner_id WHERE " PICSHARZ_PHOTO_VISIBLE,
      "SELECT " PICSHARZ_PHOTO_VIEW_COLUMNS
      " FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.id = ANY (CAST($3 AS BIGINT[])) AND " PICSHARZ_PHOTO_VISIBLE);
  if (ids.empty()) return {};
  return tx.all(sql, photos::read_view, account, Role::member, db::id_list(tx.engine(), ids));
}

int NotificationStore::unread(db::Tx& tx, AccountId account, int most) {
  return static_cast<int>(
      tx.one(
            "SELECT COUNT(*) FROM (SELECT 1 FROM notifications n WHERE n.account_id = $1"
            " AND n.in_app = 1 AND n.read_at IS NULL AND " PICSHARZ_SHOWN " LIMIT $3) u",
            [](const db::Row& row) { return row.integer(0); }, account, Role::member, most)
          .value_or(0));
}

bool NotificationStore::exists(db::Tx& tx, AccountId account, NotificationId id) {
  return tx.exec("SELECT 1 FROM notifications WHERE id = $1 AND account_id = $2", id, account) > 0;
}

int NotificationStore::read(db::Tx& tx, AccountId account, NotificationId id, bool and_older,
                            Micros now) {
  return static_cast<int>(tx.exec(
      "UPDATE notifications SET read_at = $4, told_at = $4, mail_at = NULL, digest = 0"
      " WHERE account_id = $1 AND in_app = 1 AND read_at IS NULL AND (id = $2 OR ($3 = 1"
      " AND (updated_at, id) <= (SELECT m.updated_at, m.id FROM notifications m WHERE m.id = $2)))",
      account, id, and_older, now));
}

std::vector<Due<NotificationId>> NotificationStore::due_mails(db::Tx& tx, Micros now, int most) {
  return tx.all(
      "SELECT id, mail_at FROM notifications WHERE mail_at <= $1 ORDER BY mail_at LIMIT $2",
      [](const db::Row& row) {
        return Due<NotificationId>{row.id<NotificationId>(0), row.integer(1)};
      },
      now, most);
}

std::optional<Notification> NotificationStore::find_unread(db::Tx& tx, NotificationId id) {
  const auto account = tx.one(
      "SELECT account_id FROM notifications WHERE id = $1",
      [](const db::Row& row) { return row.id<AccountId>(0); }, id);
  if (!account) return std::nullopt;
  return tx.one("SELECT " NOTIFICATION_COLUMNS
                " FROM notifications n WHERE n.account_id = $1 AND n.id = $3"
                " AND n.read_at IS NULL AND " PICSHARZ_SHOWN,
                read_notification, *account, Role::member, id);
}

bool NotificationStore::take_mail(db::Tx& tx, const Due<NotificationId>& due) {
  return tx.exec("UPDATE notifications SET mail_at = NULL WHERE id = $1 AND mail_at = $2", due.id,
                 due.at) > 0;
}

void NotificationStore::set_mailed(db::Tx& tx, NotificationId id, Micros now) {
  tx.exec("UPDATE notifications SET told_at = $2, mails = mails + 1 WHERE id = $1", id, now);
}

std::optional<Recipient> NotificationStore::recipient(db::Tx& tx, AccountId account) {
  auto found = accounts_.find(tx, account);
  if (!found || found->state != accounts::AccountState::active) return std::nullopt;
  return Recipient{found->id, std::move(found->email), std::move(found->name),
                   std::move(found->language)};
}

std::vector<Notification> NotificationStore::for_digest(db::Tx& tx, AccountId account, int most) {
  return tx.all("SELECT " NOTIFICATION_COLUMNS
                " FROM notifications n WHERE n.account_id = $1 AND n.digest = 1"
                " AND n.read_at IS NULL AND " PICSHARZ_SHOWN
                " ORDER BY n.updated_at DESC, n.id DESC LIMIT $3",
                read_notification, account, Role::member, most);
}

void NotificationStore::set_digested(db::Tx& tx, AccountId account, Micros now) {
  tx.exec("UPDATE notifications SET digest = 0, told_at = $2 WHERE account_id = $1 AND digest = 1",
          account, now);
}

}  // namespace picsharz::notifications
