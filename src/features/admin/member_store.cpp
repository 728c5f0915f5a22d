#include "features/admin/member_store.h"

#include <string>
#include <utility>

#include "base/words.h"
#include "db/search_query.h"

namespace picsharz::admin {

namespace {

// Counted for the accounts of one page only.
#define PICSHARZ_MEMBER_COLUMNS                                                              \
  "a.id, a.handle, a.name, a.email, a.country, a.role, a.state, a.created_at,"               \
  " (SELECT COUNT(*) FROM photos p WHERE p.owner_id = a.id), a.bytes + a.reserved, a.quota," \
  " (SELECT COUNT(*) FROM sessions s WHERE s.account_id = a.id),"                            \
  " (SELECT MAX(s.last_used_at) FROM sessions s WHERE s.account_id = a.id)"

Member read_member(const db::Row& row) {
  Member member;
  member.id = row.id<AccountId>(0);
  member.handle = row.string(1);
  member.name = row.string(2);
  member.email = row.string(3);
  member.country = row.string(4);
  member.role = row.as<Role>(5);
  member.state = row.as<accounts::AccountState>(6);
  member.created_at = row.integer(7);
  member.photos = row.integer(8);
  member.bytes = row.integer(9);
  member.quota = row.maybe_integer(10);
  member.sessions = row.integer(11);
  member.seen_at = row.integer(12);
  return member;
}

Action read_action(const db::Row& row) {
  return {row.id<AdminActionId>(0), row.id<AccountId>(1), row.id<AccountId>(2),
          row.as<ActionKind>(3),    row.string(4),        row.string(5),
          row.integer(6),           row.string(7),        row.string(8)};
}

// Those whose handle or name has these words, the last of which may be a beginning. lower() knows
// the letters of English alone on SQLite, and on PostgreSQL those of its locale: in the index words
// have neither case nor diacritics, on both.
std::string called(db::Engine engine, std::string_view text) {
  db::SearchPhrase phrase{.tokens = {}, .prefix = true};
  for (Word& word : words_of(text)) phrase.tokens.push_back(std::move(word.form));
  // Of signs alone nobody is called anything: this one is in no row of accounts.
  if (phrase.tokens.empty()) phrase.tokens.emplace_back(db::search_token::part);
  return db::account_query(engine, {.clauses = {{.any_of = {std::move(phrase)}}}});
}

constexpr int any = -1;

template <class E>
int choice(const std::optional<E>& wanted) {
  return wanted ? static_cast<int>(*wanted) : any;
}

}  // namespace

std::vector<Member> MemberStore::list(db::Tx& tx, const MemberFilter& filter, AccountId before,
                                      int limit) {
  return tx.all(
      db::Sql("SELECT " PICSHARZ_MEMBER_COLUMNS
              " FROM accounts a WHERE a.id < $1 AND ($3 = -1 OR a.role = $3)"
              " AND ($4 = -1 OR a.state = $4) AND ($2 = '' OR instr(a.handle, lower($2)) > 0"
              " OR instr(lower(a.email), lower($2)) > 0 OR instr(lower(a.name), lower($2)) > 0"
              " OR a.id IN (SELECT s.rowid FROM account_search s WHERE account_search MATCH $6))"
              " ORDER BY a.id DESC LIMIT $5",
              "SELECT " PICSHARZ_MEMBER_COLUMNS
              " FROM accounts a WHERE a.id < $1 AND ($3 = -1 OR a.role = $3)"
              " AND ($4 = -1 OR a.state = $4) AND ($2 = '' OR strpos(a.handle, lower($2)) > 0"
              " OR strpos(lower(a.email), lower($2)) > 0 OR strpos(lower(a.name), lower($2)) > 0"
              " OR a.id IN (SELECT s.id FROM account_search s"
              "  WHERE s.words @@ CAST(CAST($6 AS TEXT) AS tsquery)))"
              " ORDER BY a.id DESC LIMIT $5"),
      read_member, before, filter.text, choice(filter.role), choice(filter.state), limit,
      called(tx.engine(), filter.text));
}

std::optional<Member> MemberStore::find(db::Tx& tx, std::string_view handle) {
  return tx.one("SELECT " PICSHARZ_MEMBER_COLUMNS " FROM accounts a WHERE a.handle = $1",
                read_member, handle);
}

bool MemberStore::set_state(db::Tx& tx, AccountId id, accounts::AccountState from,
                            accounts::AccountState to) {
  return tx.exec("UPDATE accounts SET state = $3 WHERE id = $1 AND state = $2 AND role < $4", id,
                 from, to, Role::administrator) == 1;
}

Ended MemberStore::end_sessions(db::Tx& tx, AccountId id) {
  const Ended ended{.sessions = sessions_.remove_others(tx, id, SessionId{}),  // none has the id 0
                    .tokens = tokens_.count(tx, id)};
  tokens_.remove_all(tx, id);
  return ended;
}

void MemberStore::set_quota(db::Tx& tx, AccountId id, std::optional<std::int64_t> bytes) {
  tx.exec("UPDATE accounts SET quota = $2 WHERE id = $1", id, bytes);
}

void MemberStore::record(db::Tx& tx, const Action& action) {
  tx.exec(
      "INSERT INTO admin_actions (id, actor_id, account_id, action, detail, reason, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      action.id, action.actor, action.account, action.kind, action.detail, action.reason,
      action.created_at);
}

std::vector<Action> MemberStore::actions(db::Tx& tx, std::optional<AccountId> account,
                                         AdminActionId before, int limit) {
  return tx.all(
      "SELECT l.id, l.actor_id, l.account_id, l.action, l.detail, l.reason, l.created_at,"
      " COALESCE(b.handle, ''), COALESCE(a.handle, '') FROM admin_actions l"
      " LEFT JOIN accounts b ON b.id = l.actor_id LEFT JOIN accounts a ON a.id = l.account_id"
      " WHERE l.id < $1 AND (l.account_id = $2 OR $2 = 0) ORDER BY l.id DESC LIMIT $3",
      read_action, before, account.value_or(AccountId{}), limit);
}

}  // namespace picsharz::admin
