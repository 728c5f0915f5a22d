// The contract of ObjectStore, run on every implementation.
#include "storage/object_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "storage/file_cache.h"
#include "storage/object_key.h"
#include "storage/scratch_directory_test.h"
#include "storage/spool.h"

namespace picsharz::storage {
namespace {

std::string content(const std::shared_ptr<const FileHandle>& file) {
  std::string bytes(static_cast<std::size_t>(file->size()), '\0');
  const ssize_t got = ::pread(file->descriptor(), bytes.data(), bytes.size(), 0);
  EXPECT_EQ(got, file->size());
  return bytes;
}

using Listing = std::map<std::string, std::int64_t>;

class ObjectStoreTest : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<SpoolFile> spooled(std::string_view bytes) {
    auto file = spool_.create();
    file->write(bytes);
    return file;
  }
  Listing listing(std::string_view prefix) {
    Listing found;
    store_->list(prefix, [&](std::string_view key, std::int64_t bytes) {
      EXPECT_TRUE(found.emplace(key, bytes).second) << key;
    });
    return found;
  }

  ScratchDirectory scratch_;
  Spool spool_{scratch_ / "spool", 0};
  std::unique_ptr<ObjectStore> store_ =
      GetParam() ? open_fs_store(scratch_ / "objects") : make_fake_store();
};

INSTANTIATE_TEST_SUITE_P(, ObjectStoreTest, ::testing::Values(true, false),
                         [](const auto& which) { return which.param ? "fs" : "fake"; });

TEST_P(ObjectStoreTest, WhatWasPutIsReadBack) {
  const std::string bytes(300'000, 'x');
  store_->put("originals/ab/abcdef", *spooled(bytes));
  store_->put_bytes("renditions/1/640.webp", std::string("a\0b", 3));
  store_->put_bytes("empty", "");
  EXPECT_EQ(content(store_->open("originals/ab/abcdef")), bytes);
  EXPECT_EQ(content(store_->open("renditions/1/640.webp")), std::string("a\0b", 3));
  EXPECT_EQ(store_->open("empty")->size(), 0);
}

TEST_P(ObjectStoreTest, AbsentIsNull) {
  store_->put_bytes("a/b", "1");
  EXPECT_EQ(store_->open("a/c"), nullptr);
  EXPECT_EQ(store_->open("b"), nullptr);
  EXPECT_EQ(store_->open("a"), nullptr);      // a folder is no object
  EXPECT_EQ(store_->open("a/b/c"), nullptr);  // below an object there is none
}

TEST_P(ObjectStoreTest, AnExistingKeyGetsTheNewBytesAndAnOpenFileKeepsIts) {
  store_->put_bytes("a/b", "first");
  const auto held = store_->open("a/b");
  store_->put_bytes("a/b", "second");
  EXPECT_EQ(content(store_->open("a/b")), "second");
  store_->put("a/b", *spooled("third"));
  EXPECT_EQ(content(store_->open("a/b")), "third");
  EXPECT_EQ(content(held), "first");
  EXPECT_EQ(listing(""), (Listing{{"a/b", 5}}));
}

TEST_P(ObjectStoreTest, SeveralArePutAtOnce) {
  store_->put_bytes("a/2", "first");
  store_->put_all(std::array<NewObject, 3>{{{"a/1", "one"}, {"a/2", "two"}, {"b/3", "three"}}});
  EXPECT_EQ(content(store_->open("a/1")), "one");
  EXPECT_EQ(content(store_->open("a/2")), "two");
  EXPECT_EQ(content(store_->open("b/3")), "three");
  store_->put_folder(std::array<NewObject, 2>{{{"a/1", "1"}, {"c/4", "four"}}});
  EXPECT_EQ(content(store_->open("a/1")), "1");
  EXPECT_EQ(content(store_->open("c/4")), "four");
  store_->put_all({});
}

TEST_P(ObjectStoreTest, RemovedIsAbsentAndAnOpenFileLivesOn) {
  store_->put_bytes("a/b", "bytes");
  const auto held = store_->open("a/b");
  EXPECT_TRUE(store_->remove("a/b"));
  EXPECT_FALSE(store_->remove("a/b"));
  EXPECT_FALSE(store_->remove("never/was"));
  EXPECT_EQ(store_->open("a/b"), nullptr);
  EXPECT_EQ(content(held), "bytes");
  store_->put_bytes("a/b", "again");
  EXPECT_EQ(content(store_->open("a/b")), "again");
}

TEST_P(ObjectStoreTest, ListGivesEveryKeyBelowAPrefix) {
  store_->put_bytes("a/b/1", "1");
  store_->put_bytes("a/b/22", "22");
  store_->put_bytes("a/c", "333");
  store_->put("ab", *spooled("4444"));
  EXPECT_EQ(listing(""), (Listing{{"a/b/1", 1}, {"a/b/22", 2}, {"a/c", 3}, {"ab", 4}}));
  EXPECT_EQ(listing("a"), listing(""));
  EXPECT_EQ(listing("a/"), (Listing{{"a/b/1", 1}, {"a/b/22", 2}, {"a/c", 3}}));
  EXPECT_EQ(listing("a/b/2"), (Listing{{"a/b/22", 2}}));
  EXPECT_EQ(listing("z/"), Listing{});
}

TEST_P(ObjectStoreTest, AKeyThatLeavesTheStoreIsRefused) {
  for (const std::string key : {"", "/", "/etc/passwd", "..", "../x", "a/../b", "a//b", "a/",
                                ".tmp/x", "a/.b", "A", "a b", "a\\b", "a_b", "ä", "a%2f"}) {
    EXPECT_THROW(store_->put_bytes(key, "x"), StorageError) << key;
    EXPECT_THROW(store_->put(key, *spooled("x")), StorageError) << key;
    EXPECT_THROW(store_->open(key), StorageError) << key;
    EXPECT_THROW(store_->remove(key), StorageError) << key;
  }
  EXPECT_THROW(store_->open(std::string("a\0b", 3)), StorageError);
  EXPECT_THROW(store_->open(std::string(object_key_max + 1, 'a')), StorageError);
  EXPECT_EQ(listing(""), Listing{});
}

TEST_P(ObjectStoreTest, ManyThreadsPutTheSameKeysOnce) {
  constexpr int threads = 8, keys = 40;
  std::vector<std::jthread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&] {
      for (int k = 0; k < keys; ++k) {
        const std::string key = "a/" + std::to_string(k % 7) + "/" + std::to_string(k);
        store_->put_bytes(key, key);
        EXPECT_EQ(content(store_->open(key)), key);
      }
    });
  }
  running.clear();
  EXPECT_EQ(listing("").size(), std::size_t{keys});
}

// --- the cache before a store ---

TEST(FileCacheTest, AHitIsTheSameFileAndAbsenceIsNotRemembered) {
  const auto store = make_fake_store();
  FileCache cache(*store, 64);
  EXPECT_EQ(cache.open("a"), nullptr);
  store->put_bytes("a", "1");
  const auto first = cache.open("a");
  EXPECT_EQ(content(first), "1");
  EXPECT_EQ(cache.open("a"), first);
  EXPECT_EQ(cache.stats().hits, 1);
  EXPECT_EQ(cache.stats().misses, 2);
}

TEST(FileCacheTest, ForgottenIsAskedForAgain) {
  const auto store = make_fake_store();
  FileCache cache(*store, 64);
  store->put_bytes("a", "old");
  const auto held = cache.open("a");
  store->remove("a");
  cache.forget("a");
  EXPECT_EQ(cache.open("a"), nullptr);
  EXPECT_EQ(content(held), "old");
  EXPECT_EQ(cache.stats().open, 0);
}

TEST(FileCacheTest, HoldsNoMoreThanItsCapacity) {
  const auto store = make_fake_store();
  FileCache cache(*store, 32);
  for (int i = 0; i < 500; ++i) {
    const std::string key = std::to_string(i);
    store->put_bytes(key, key);
    EXPECT_EQ(content(cache.open(key)), key);
  }
  EXPECT_LE(cache.stats().open, 32);
  EXPECT_GE(cache.stats().open, 16);
}

TEST(FileCacheTest, TheLeastRecentlyUsedGoesFirst) {
  const auto store = make_fake_store();
  FileCache cache(*store, 32);  // two a shard
  store->put_bytes("hot", "1");
  cache.open("hot");
  std::int64_t asked = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string key = std::to_string(i);
    store->put_bytes(key, "");
    cache.open(key);
    cache.open("hot");
    ++asked;
  }
  EXPECT_EQ(cache.stats().hits, asked);  // every later open of "hot"
}

// A store whose open() lets a removal happen before it returns the file it found.
class RacingStore final : public ObjectStore {
 public:
  std::function<void()> between;

  void put(std::string_view key, SpoolFile& file) override { inner_->put(key, file); }
  void put_all(std::span<const NewObject> objects) override { inner_->put_all(objects); }
  bool confirm(std::string_view key) override { return inner_->confirm(key); }
  std::shared_ptr<const FileHandle> open(std::string_view key) override {
    auto file = inner_->open(key);
    if (between) between();
    return file;
  }
  bool remove(std::string_view key) override { return inner_->remove(key); }
  void list(std::string_view prefix,
            const std::function<void(std::string_view, std::int64_t)>& each) override {
    inner_->list(prefix, each);
  }

 private:
  std::unique_ptr<ObjectStore> inner_ = make_fake_store();
};

TEST(FileCacheTest, ARemovalDuringAnOpenIsNotUndone) {
  RacingStore store;
  FileCache cache(store, 64);
  store.put_bytes("a", "1");
  store.between = [&] {
    store.remove("a");
    cache.forget("a");
  };
  EXPECT_NE(cache.open("a"), nullptr);  // it began before the removal
  store.between = nullptr;
  EXPECT_EQ(cache.open("a"), nullptr);
}

TEST(FileCacheTest, HoldsSmallObjectsInMemory) {
  const auto store = make_fake_store();
  FileCache cache(*store, 64, 1'000'000);
  store->put_bytes("small", "1234");
  store->put_bytes("large", std::string(held_object_max + 1, 'x'));
  const auto held = cache.hold("small");
  ASSERT_TRUE(held);
  EXPECT_EQ(held->bytes(), "1234");
  EXPECT_EQ(cache.hold("small"), held);
  EXPECT_EQ(cache.hold("large"), nullptr);
  EXPECT_EQ(cache.hold("absent"), nullptr);
  EXPECT_EQ(cache.stats().held.objects, 1);
  EXPECT_EQ(cache.stats().held.bytes, 4);
}

TEST(FileCacheTest, HoldsNoMoreBytesThanItMay) {
  const auto store = make_fake_store();
  FileCache cache(*store, 64, 10'000);
  store->put_bytes("hot", std::string(1'000, 'h'));
  const auto hot = cache.hold("hot");
  std::shared_ptr<const HeldObject> first;
  for (int i = 0; i < 100; ++i) {
    const std::string key = std::to_string(i);
    store->put_bytes(key, std::string(1'000, 'x'));
    const auto held = cache.hold(key);
    if (i == 0) first = held;
    hot->use();
    EXPECT_LE(cache.stats().held.bytes, 10'000);
  }
  EXPECT_GE(cache.stats().held.bytes, 9'000);
  EXPECT_FALSE(hot->dropped());
  EXPECT_TRUE(first->dropped());
  EXPECT_EQ(first->bytes().size(), 1'000U);  // for whoever is sending it
  store->put_bytes("more-than-all", std::string(20'000, 'x'));
  EXPECT_EQ(cache.hold("more-than-all"), nullptr);
  EXPECT_FALSE(hot->dropped());
}

TEST(FileCacheTest, WhatIsForgottenIsHeldNoMore) {
  const auto store = make_fake_store();
  FileCache cache(*store, 64, 10'000);
  store->put_bytes("a", "old");
  const auto old = cache.hold("a");
  store->remove("a");
  cache.forget("a");
  EXPECT_TRUE(old->dropped());
  EXPECT_EQ(cache.hold("a"), nullptr);
  store->put_bytes("a", "new");
  EXPECT_EQ(cache.hold("a")->bytes(), "new");
  EXPECT_EQ(cache.stats().held.bytes, 3);
}

TEST(FileCacheTest, WhatIsForgottenWhileItIsReadIsNotHeld) {
  RacingStore store;
  FileCache cache(store, 64, 10'000);
  store.put_bytes("a", "old");
  store.between = [&] {
    store.remove("a");
    cache.forget("a");
  };
  EXPECT_EQ(cache.hold("a"), nullptr);
  store.between = nullptr;
  EXPECT_EQ(cache.stats().held.objects, 0);
  EXPECT_EQ(cache.hold("a"), nullptr);
}

TEST(FileCacheTest, WhatIsPinnedStaysHoweverMuchIsHeld) {
  const auto store = make_fake_store();
  FileCache cache(*store, 64, 1'000'000);
  store->put_bytes("large", std::string(100'000, 'x'));
  store->put_bytes("small", "1234");
  EXPECT_EQ(cache.hold("large"), nullptr);
  const std::vector<std::string> both = {"large", "absent", "small"};
  cache.pin(both);
  EXPECT_TRUE(cache.is_pinned("large"));
  EXPECT_FALSE(cache.is_pinned("absent"));
  const auto held = cache.hold("large");
  ASSERT_TRUE(held);
  for (int i = 0; i < 100; ++i) {
    const std::string key = std::to_string(i);
    store->put_bytes(key, std::string(50'000, 'y'));
    EXPECT_TRUE(cache.hold(key));
    EXPECT_LE(cache.stats().held.bytes, 1'000'000);
  }
  EXPECT_FALSE(held->dropped());
  EXPECT_EQ(cache.stats().held.pinned, 100'004);
  cache.pin(std::vector<std::string>{"small"});  // the list is another one now
  EXPECT_FALSE(cache.is_pinned("large"));
  EXPECT_EQ(cache.stats().held.pinned, 4);
  for (int i = 0; i < 100; ++i) cache.hold(std::to_string(i));
  EXPECT_TRUE(held->dropped());
  EXPECT_TRUE(cache.is_pinned("small"));
}

TEST(FileCacheTest, PinsNoMoreThanHalfOfWhatItHoldsAndNothingHuge) {
  const auto store = make_fake_store();
  FileCache cache(*store, 64, 4'000'000);
  store->put_bytes("huge", std::string(pinned_object_max + 1, 'x'));
  std::vector<std::string> keys = {"huge"};
  for (int i = 0; i < 10; ++i) {
    keys.push_back(std::to_string(i));
    store->put_bytes(keys.back(), std::string(300'000, 'x'));
  }
  cache.pin(keys);
  EXPECT_FALSE(cache.is_pinned("huge"));
  EXPECT_EQ(cache.stats().held.pinned, 1'800'000);
  EXPECT_TRUE(cache.is_pinned("0") && cache.is_pinned("5"));
  EXPECT_FALSE(cache.is_pinned("6"));  // the first ones first
}

TEST(FileCacheTest, WhatIsForgottenIsPinnedNoMore) {
  const auto store = make_fake_store();
  FileCache cache(*store, 64, 10'000);
  store->put_bytes("a", "old");
  cache.pin(std::vector<std::string>{"a"});
  const auto old = cache.hold("a");
  store->remove("a");
  cache.forget("a");
  EXPECT_TRUE(old->dropped());
  EXPECT_FALSE(cache.is_pinned("a"));
  EXPECT_EQ(cache.stats().held.pinned, 0);
  store->put_bytes("a", "new");
  cache.pin(std::vector<std::string>{"a"});
  EXPECT_EQ(cache.hold("a")->bytes(), "new");
}

TEST(FileCacheTest, ThreadsShareIt) {
  const auto store = make_fake_store();
  for (int i = 0; i < 50; ++i) store->put_bytes(std::to_string(i), std::to_string(i));
  FileCache cache(*store, 24);
  std::vector<std::jthread> running;
  for (int t = 0; t < 4; ++t) {
    running.emplace_back([&, t] {
      for (int i = 0; i < 2'000; ++i) {
        const std::string key = std::to_string((i * 7 + t) % 50);
        EXPECT_EQ(content(cache.open(key)), key);
        if (i % 11 == 0) cache.forget(key);
      }
    });
  }
  running.clear();
  EXPECT_LE(cache.stats().open, 24);
  EXPECT_EQ(cache.stats().hits + cache.stats().misses, 8'000);
}

}  // namespace
}  // namespace picsharz::storage
