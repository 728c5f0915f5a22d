// Pages that listen, for tests of what is told to whom.
//
//   EventLine line(people);
//   const auto page = line.open(line.enter(mei), photo);
//   ... EXPECT_EQ(distinct(*page), Heard{...});
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "features/events/event_service.h"
#include "features/sessions/session_service.h"
#include "jobs/queue.h"
#include "support/people_fixture.h"

namespace picsharz::test {

using Heard = std::vector<std::string>;

class Page final : public events::EventListener {
 public:
  bool send(std::string_view name, std::string_view data) override {
    heard.push_back(std::string(name) + " " + std::string(data));
    return true;
  }
  bool gone() const override { return ended; }
  void end() override { ended = true; }

  Heard heard;
  bool ended = false;
};

// A change may be told more often than once.
inline Heard distinct(const Page& page) {
  Heard heard = page.heard;
  heard.erase(std::ranges::unique(heard).begin(), heard.end());
  return heard;
}

// What opening a session needs; nobody here has a password.
class EventLine {
 public:
  explicit EventLine(PeopleFixture& people)
      : queue_(people.database, people.ids, people.clock),
        outbox_(queue_),
        key_("a key of a test"),
        passwords_(people.database, people.clock, queue_, outbox_, key_, {}),
        sessions(people.database, people.ids, people.clock, passwords_),
        events(sessions) {}

  Viewer enter(AccountId account) {
    return {.account = account, .session = sessions.open(account, "", "127.0.0.1").session.id};
  }
  std::shared_ptr<Page> open(const Viewer& viewer, PhotoId watched = {}) {
    auto page = std::make_shared<Page>();
    EXPECT_TRUE(events.listen(viewer, page, watched));
    return page;
  }

 private:
  jobs::Queue queue_;
  mail::Outbox outbox_;
  crypto::HmacKey key_;
  accounts::PasswordService passwords_;

 public:
  sessions::SessionService sessions;
  events::EventService events;
};

}  // namespace picsharz::test
