#include "features/admin/member_service.h"

#include <limits>
#include <utility>

#include "base/tally.h"
#include "features/accounts/account_rules.h"

namespace picsharz::admin {

namespace {

std::int64_t before(const PageRequest& page) {
  return page.after ? page.after->id : std::numeric_limits<std::int64_t>::max();
}

// One more than asked for was read where there is another page.
template <class T>
Page<T> paged(std::vector<T> items, int limit) {
  Page<T> page{std::move(items), {}};
  if (std::ssize(page.items) <= limit) return page;
  page.items.pop_back();
  page.next = Position{0, page.items.back().id.value};
  return page;
}

std::unexpected<Error> own_account() {
  return fail(ErrorKind::conflict, "own_account", "This is your own account.",
              "Ask another administrator, or use your settings.");
}

std::unexpected<Error> role_unchanged() {
  return fail(ErrorKind::conflict, "role_unchanged", "The account has that role already.",
              "Choose another one.");
}

std::string detail_of(const Ended& ended) {
  const std::string sessions = std::to_string(ended.sessions);
  return ended.tokens == 0 ? sessions : sessions + " " + std::to_string(ended.tokens);
}

}  // namespace

Page<Member> MemberService::list(const MemberFilter& filter, const PageRequest& page) {
  return paged(database_.read([&](db::Tx& tx) {
    return rows_.list(tx, filter, AccountId{before(page)}, page.limit + 1);
  }),
               page.limit);
}

Result<Member> MemberService::find(std::string_view handle) {
  auto found = database_.read(
      [&](db::Tx& tx) { return rows_.find(tx, accounts::normalize_handle(handle)); });
  if (!found) return not_found();
  return *std::move(found);
}

template <class Change>
Result<Member> MemberService::act(const Viewer& viewer, const Wish& wish, ActionKind kind,
                                  Change&& change) {
  const std::string handle = accounts::normalize_handle(wish.handle);
  return database_.write([&](db::Tx& tx) -> Result<Member> {
    const auto member = rows_.find(tx, handle);
    if (!member || member->state == accounts::AccountState::deleted) return not_found();
    if (member->id == viewer.account) return own_account();
    TRY_ASSIGN(const std::string detail, change(tx, *member));
    rows_.record(tx, {.id = ids_.next<AdminActionId>(),
                      .actor = viewer.account,
                      .account = member->id,
                      .kind = kind,
                      .detail = detail,
                      .reason = std::string(wish.reason),
                      .created_at = clock_.now()});
    return rows_.find(tx, handle).value();
  });
}

Result<Member> MemberService::set_role(const Viewer& viewer, const Wish& wish, Role role) {
  return act(viewer, wish, ActionKind::role,
             [&](db::Tx& tx, const Member& member) -> Result<std::string> {
               if (member.role == role) return role_unchanged();
               TRY(roles_.set(tx, member.handle, role));
               return std::string(accounts::role_name(role));
             });
}

Result<Member> MemberService::set_state(const Viewer& viewer, const Wish& wish, ActionKind kind,
                                        accounts::AccountState from, accounts::AccountState to) {
  return act(viewer, wish, kind, [&](db::Tx& tx, const Member& member) -> Result<std::string> {
    if (member.role == Role::administrator) {
      return fail(ErrorKind::forbidden, "outranked", "Administrators are not suspended.",
                  "Make them a member first.");
    }
    if (!rows_.set_state(tx, member.id, from, to)) {
      return fail(ErrorKind::conflict, "state_unchanged", "The account is in that state already.",
                  "Look at it again: somebody else may have been faster.");
    }
    if (to == accounts::AccountState::suspended) rows_.end_sessions(tx, member.id);
    return std::string();
  });
}

Result<Member> MemberService::suspend(const Viewer& viewer, const Wish& wish) {
  auto suspended = set_state(viewer, wish, ActionKind::suspend, accounts::AccountState::active,
                             accounts::AccountState::suspended);
  // As one by a moderator is. Whoever is reinstated had been suspended nevertheless.
  if (suspended) count_judged(Judged::suspended);
  return suspended;
}

Result<Member> MemberService::reinstate(const Viewer& viewer, const Wish& wish) {
  return set_state(viewer, wish, ActionKind::reinstate, accounts::AccountState::suspended,
                   accounts::AccountState::active);
}

Result<Member> MemberService::set_quota(const Viewer& viewer, const Wish& wish,
                                        std::optional<std::int64_t> bytes) {
  return act(viewer, wish, ActionKind::quota,
             [&](db::Tx& tx, const Member& member) -> Result<std::string> {
               rows_.set_quota(tx, member.id, bytes);
               return bytes ? std::to_string(*bytes) : std::string();
             });
}

Result<Member> MemberService::end_sessions(const Viewer& viewer, const Wish& wish) {
  return act(viewer, wish, ActionKind::sessions,
             [&](db::Tx& tx, const Member& member) -> Result<std::string> {
               return detail_of(rows_.end_sessions(tx, member.id));
             });
}

void MemberService::note(const Viewer& viewer, ActionKind kind, std::string_view detail) {
  database_.write([&](db::Tx& tx) { note(tx, viewer, kind, detail); });
}

void MemberService::note(db::Tx& tx, const Viewer& viewer, ActionKind kind,
                         std::string_view detail) {
  rows_.record(tx, {.id = ids_.next<AdminActionId>(),
                    .actor = viewer.account,
                    .account = {},
                    .kind = kind,
                    .detail = std::string(detail),
                    .reason = {},
                    .created_at = clock_.now()});
}

Result<Page<Action>> MemberService::log(std::string_view handle, const PageRequest& page) {
  std::optional<AccountId> account;
  if (!handle.empty()) {
    TRY_ASSIGN(const Member member, find(handle));
    account = member.id;
  }
  return paged(database_.read([&](db::Tx& tx) {
    return rows_.actions(tx, account, AdminActionId{before(page)}, page.limit + 1);
  }),
               page.limit);
}

}  // namespace picsharz::admin
