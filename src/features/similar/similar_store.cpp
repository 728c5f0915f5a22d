#include "features/similar/similar_store.h"

#include <cstring>

#include "features/photos/photo_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::similar {

namespace {

#define CODE_COLUMNS "p.id, p.phash, s.model, s.sketch"
#define CODE_TABLES "photos p LEFT JOIN photo_sketches s ON s.photo_id = p.id"
#define TRAIT_COLUMNS "p.id, p.phash, e.model, e.embedding"

std::optional<std::uint64_t> read_phash(const db::Row& row, int column) {
  if (row.null(column)) return std::nullopt;
  return static_cast<std::uint64_t>(row.integer(column));
}

Code read_code(const db::Row& row) {
  Code code{.id = row.id<PhotoId>(0), .phash = read_phash(row, 1)};
  const std::string_view bytes = row.null(3) ? std::string_view() : row.bytes(3);
  if (bytes.size() != sizeof(Sketch)) return code;
  code.model = row.string(2);
  std::memcpy(code.sketch.emplace().data(), bytes.data(), bytes.size());
  return code;
}

Traits read_traits(const db::Row& row) {
  Traits traits{.id = row.id<PhotoId>(0), .phash = read_phash(row, 1)};
  if (row.null(3)) return traits;
  traits.model = row.string(2);
  traits.embedding = std::string(row.bytes(3));
  return traits;
}

}  // namespace

void SimilarStore::put(db::Tx& tx, PhotoId id, std::string_view model, std::string_view embedding,
                       const Sketch& sketch) {
  tx.exec(
      "INSERT INTO photo_embeddings (photo_id, model, embedding) VALUES ($1, $2, $3)"
      " ON CONFLICT (photo_id) DO UPDATE SET model = excluded.model,"
      " embedding = excluded.embedding",
      id, model, db::Param::bytes(embedding));
  const std::string_view bits(reinterpret_cast<const char*>(sketch.data()), sizeof sketch);
  tx.exec(
      "INSERT INTO photo_sketches (photo_id, model, sketch) VALUES ($1, $2, $3)"
      " ON CONFLICT (photo_id) DO UPDATE SET model = excluded.model, sketch = excluded.sketch",
      id, model, db::Param::bytes(bits));
}

std::optional<Traits> SimilarStore::traits(db::Tx& tx, PhotoId id) {
  return tx.one("SELECT " TRAIT_COLUMNS
                " FROM photos p LEFT JOIN photo_embeddings e ON e.photo_id = p.id WHERE p.id = $1",
                read_traits, id);
}

void SimilarStore::published(db::Tx& tx, int limit, FunctionRef<void(const Code&)> each) {
  const std::int64_t before =
      tx.one(
            "SELECT id FROM photos WHERE state = 3 ORDER BY id DESC LIMIT 1 OFFSET $1",
            [](const db::Row& row) { return row.integer(0); }, limit)
          .value_or(0);
  tx.each(
      "SELECT " CODE_COLUMNS " FROM " CODE_TABLES " WHERE p.state = 3 AND p.id > $1 ORDER BY p.id",
      [&](const db::Row& row) { each(read_code(row)); }, before);
}

std::vector<Code> SimilarStore::published(db::Tx& tx, std::span<const PhotoId> ids) {
  static constexpr db::Sql sql("SELECT " CODE_COLUMNS
                               " FROM json_each($1) j CROSS JOIN photos p ON p.id = j.value"
                               " LEFT JOIN photo_sketches s ON s.photo_id = p.id WHERE p.state = 3",
                               "SELECT " CODE_COLUMNS " FROM " CODE_TABLES
                               " WHERE p.id = ANY (CAST($1 AS BIGINT[])) AND p.state = 3");
  return tx.all(sql, read_code, db::id_list(tx.engine(), ids));
}

std::vector<Traits> SimilarStore::listed(db::Tx& tx, const Viewer& viewer,
                                         std::span<const PhotoId> ids) {
  static constexpr db::Sql sql(
      "SELECT " TRAIT_COLUMNS
      " FROM json_each($3) j CROSS JOIN photos p ON p.id = j.value"
      " JOIN accounts o ON o.id = p.owner_id LEFT JOIN photo_embeddings e ON e.photo_id = p.id"
      " WHERE " PICSHARZ_PHOTO_LISTED,
      "SELECT " TRAIT_COLUMNS
      " FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " LEFT JOIN photo_embeddings e ON e.photo_id = p.id"
      " WHERE p.id = ANY (CAST($3 AS BIGINT[])) AND " PICSHARZ_PHOTO_LISTED);
  return tx.all(sql, read_traits, viewer.account, viewer.role, db::id_list(tx.engine(), ids));
}

std::optional<AccountId> SimilarStore::lock_owner(db::Tx& tx, PhotoId photo) {
  return tx.one(
      "UPDATE accounts SET photos = photos"
      " WHERE id = (SELECT owner_id FROM photos WHERE id = $1) RETURNING id",
      [](const db::Row& row) { return row.id<AccountId>(0); }, photo);
}

void SimilarStore::own(db::Tx& tx, AccountId owner, int limit,
                       FunctionRef<void(const Code&)> each) {
  tx.each(
      "SELECT " CODE_COLUMNS " FROM " CODE_TABLES
      " WHERE p.owner_id = $1 AND p.state < 5 ORDER BY p.id DESC LIMIT $2",
      [&](const db::Row& row) { each(read_code(row)); }, owner, limit);
}

std::vector<Traits> SimilarStore::traits(db::Tx& tx, std::span<const PhotoId> ids) {
  static constexpr db::Sql sql("SELECT " TRAIT_COLUMNS
                               " FROM json_each($1) j CROSS JOIN photos p ON p.id = j.value"
                               " LEFT JOIN photo_embeddings e ON e.photo_id = p.id",
                               "SELECT " TRAIT_COLUMNS
                               " FROM photos p LEFT JOIN photo_embeddings e ON e.photo_id = p.id"
                               " WHERE p.id = ANY (CAST($1 AS BIGINT[]))");
  return tx.all(sql, read_traits, db::id_list(tx.engine(), ids));
}

void SimilarStore::put_duplicate(db::Tx& tx, PhotoId newer, PhotoId older) {
  tx.exec(
      "INSERT INTO photo_duplicates (photo_id, other_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      newer, older);
}

void SimilarStore::forget_duplicates(db::Tx& tx, PhotoId photo) {
  tx.exec("DELETE FROM photo_duplicates WHERE photo_id = $1", photo);
}

bool SimilarStore::owns(db::Tx& tx, AccountId owner, PhotoId photo) {
  return tx
      .one(
          "SELECT 1 FROM photos WHERE id = $1 AND owner_id = $2",
          [](const db::Row&) { return true; }, photo, owner)
      .value_or(false);
}

std::vector<photos::PhotoView> SimilarStore::duplicates(db::Tx& tx, AccountId owner, PhotoId photo,
                                                        int limit) {
  return tx.all(
      "SELECT " PICSHARZ_PHOTO_VIEW_COLUMNS
      ", EXISTS (SELECT 1 FROM likes l WHERE l.photo_id = p.id AND l.account_id = $1)"
      " FROM photo_duplicates d JOIN photos newer ON newer.id = d.photo_id"
      " JOIN photos p ON p.id = d.other_id JOIN accounts o ON o.id = p.owner_id"
      " WHERE d.photo_id = $2 AND newer.owner_id = $1 AND newer.state < 5"
      " AND p.owner_id = $1 AND p.state < 5 ORDER BY p.id LIMIT $3",
      [](const db::Row& row) {
        photos::PhotoView view = photos::read_view(row);
        view.liked = row.truth(photos::photo_view_columns);
        return view;
      },
      owner, photo, limit);
}

}  // namespace picsharz::similar
