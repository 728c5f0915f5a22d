#include "features/events/event_service.h"

#include <string>
#include <vector>

#include "base/limits.h"
#include "features/photos/photo_event_service.h"
#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::events {
namespace {

class Page final : public EventListener {
 public:
  bool send(std::string_view name, std::string_view data) override {
    if (left) return false;
    heard.push_back(std::string(name) + " " + std::string(data));
    return true;
  }
  bool gone() const override { return left || ended; }
  void end() override { ended = true; }

  std::vector<std::string> heard;
  bool left = false;
  bool ended = false;
};

class EventsTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<photos::test::World>(db());
    mei_ = viewer("mei");
    ana_ = viewer("ana");
    events_.emplace(*sessions_());
    told_.emplace(db(), *events_);
    world_->changes.add(*told_);
    world_->changes.poll();
  }
  void TearDown() override {
    events_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }
  Viewer viewer(const char* handle) {
    const AccountId account = world_->add_account(handle);
    return {.account = account, .session = sessions_()->open(account, "", "127.0.0.1").session.id};
  }
  sessions::SessionService* sessions_() {
    if (!service_) service_ = std::make_unique<Sessions>(db(), *world_);
    return &service_->sessions;
  }
  std::shared_ptr<Page> open(const Viewer& viewer) {
    auto page = std::make_shared<Page>();
    EXPECT_TRUE(events_->listen(viewer, page));
    return page;
  }
  void exec(const db::Sql& sql, std::int64_t id) {
    db().write([&](db::Tx& tx) { tx.exec(sql, id); });
  }

  // What opening a session needs; nobody of these has a password.
  struct Sessions {
    Sessions(db::Database& database, photos::test::World& world)
        : outbox(world.queue),
          passwords(database, world.clock, world.queue, outbox, world.key, {}),
          sessions(database, world.ids, world.clock, passwords) {}
    mail::Outbox outbox;
    accounts::PasswordService passwords;
    sessions::SessionService sessions;
  };

  std::unique_ptr<photos::test::World> world_;
  std::unique_ptr<Sessions> service_;
  std::optional<EventService> events_;
  std::optional<photos::PhotoEventService> told_;
  Viewer mei_;
  Viewer ana_;
};
ON_BOTH_ENGINES(EventsTest);

TEST_P(EventsTest, TheOwnerAloneHearsWhatBecomesOfAPhoto) {
  const auto mine = open(mei_);
  const auto other = open(mei_);
  const auto foreign = open(ana_);
  const PhotoId photo = world_->publish(mei_.account).photo.id;
  world_->changes.poll();
  const std::string published =
      R"(photo {"id":")" + photo.str() + R"(","state":"published","reason":null})";
  EXPECT_EQ(mine->heard, std::vector{published});
  EXPECT_EQ(other->heard, std::vector{published});
  world_->photos.withdraw(photo, photos::PhotoState::held, "reported");
  world_->changes.poll();
  EXPECT_EQ(mine->heard.back(),
            R"(photo {"id":")" + photo.str() + R"(","state":"held","reason":"reported"})");
  EXPECT_TRUE(foreign->heard.empty());
}

TEST_P(EventsTest, WhoLeftIsForgotten) {
  const auto stays = open(mei_);
  const auto leaves = open(mei_);
  leaves->left = true;
  events_->publish(mei_.account, "x", "{}");
  EXPECT_EQ(events_->listeners(), 1U);
  stays->left = true;
  events_->review();
  EXPECT_TRUE(events_->nobody_listens());
}

TEST_P(EventsTest, AnAccountHasSoManyOpenPagesAndNoMore) {
  std::vector<std::shared_ptr<Page>> pages;
  for (std::size_t i = 0; i < limits::event_streams; ++i) pages.push_back(open(mei_));
  const auto refused = events_->listen(mei_, std::make_shared<Page>());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "too_many_streams");
  EXPECT_TRUE(events_->listen(ana_, std::make_shared<Page>()));
  pages.front()->left = true;
  EXPECT_TRUE(events_->listen(mei_, std::make_shared<Page>()));
}

TEST_P(EventsTest, AStreamEndsWithItsSession) {
  const Viewer elsewhere{.account = mei_.account,
                         .session = sessions_()->open(mei_.account, "", "127.0.0.1").session.id};
  const auto here = open(mei_);
  const auto there = open(elsewhere);
  events_->review();
  EXPECT_FALSE(here->ended || there->ended);
  EXPECT_TRUE(sessions_()->end(mei_, elsewhere.session));
  events_->review();
  EXPECT_TRUE(there->ended);
  EXPECT_FALSE(here->ended);
  exec("UPDATE accounts SET state = 1 WHERE id = $1", mei_.account.value);
  events_->review();
  EXPECT_TRUE(here->ended);
  EXPECT_TRUE(events_->nobody_listens());
}

TEST_P(EventsTest, StoppingEndsEveryStream) {
  const auto page = open(mei_);
  events_->start();
  events_->stop();
  EXPECT_TRUE(page->ended);
  EXPECT_FALSE(events_->listen(mei_, std::make_shared<Page>()));
}

}  // namespace
}  // namespace picsharz::events
