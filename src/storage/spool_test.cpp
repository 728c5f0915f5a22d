#include "storage/spool.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>

#include "storage/faulty_file_system_test.h"
#include "storage/scratch_directory_test.h"

namespace picsharz::storage {
namespace {

TEST(SpoolTest, HashesAndCountsWhatIsWritten) {
  ScratchDirectory scratch;
  Spool spool(scratch / "spool", 0);
  const auto file = spool.create();
  file->write("a");
  file->write("");
  file->write("bc");
  EXPECT_EQ(file->size(), 3);
  EXPECT_EQ(crypto::hex(file->digest()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(file->digest(), file->digest());
}

TEST(SpoolTest, ReadsAtAnOffset) {
  ScratchDirectory scratch;
  Spool spool(scratch / "spool", 0);
  const auto file = spool.create();
  file->write("0123456789");
  EXPECT_EQ(file->read(0, 4), "0123");
  EXPECT_EQ(file->read(8, 10), "89");
  EXPECT_EQ(file->read(10, 1), "");
  file->write("ab");
  EXPECT_EQ(file->read(9, 3), "9ab");
}

TEST(SpoolTest, AFileVanishesWithItsOwner) {
  ScratchDirectory scratch;
  Spool spool(scratch / "spool", 0);
  {
    const auto file = spool.create();
    file->write("x");
    EXPECT_EQ(scratch.files(), 1);
  }
  EXPECT_EQ(scratch.files(), 0);
}

TEST(SpoolTest, SweepRemovesWhatNobodyHolds) {
  ScratchDirectory scratch;
  Spool spool(scratch / "spool", 0);
  std::ofstream(scratch / "spool/left1") << "bytes of a killed process";
  std::ofstream(scratch / "spool/left2") << "more";
  const auto alive = spool.create();
  Spool of_another_process(scratch / "spool", 0);
  EXPECT_EQ(of_another_process.sweep(), 2);
  EXPECT_EQ(scratch.files(), 1);
  EXPECT_TRUE(std::filesystem::exists(alive->path()));
  EXPECT_EQ(spool.sweep(), 0);
}

// A worker that starts sweeps while the server takes uploads.
TEST(SpoolTest, ASweepNeverTakesAFileThatWasJustMade) {
  ScratchDirectory scratch(quick_directory());
  Spool spool(scratch / "spool", 0);
  const std::jthread sweeper([&](const std::stop_token& over) {
    Spool of_another_process(scratch / "spool", 0);
    while (!over.stop_requested()) of_another_process.sweep();
  });
  for (int i = 0; i < 20'000; ++i) {
    const auto file = spool.create();
    ASSERT_EQ(::access(file->path().c_str(), F_OK), 0) << i;
  }
}

TEST(SpoolTest, BelowTheReserveNothingIsBegun) {
  ScratchDirectory scratch;
  Spool spool(scratch / "spool", std::numeric_limits<std::int64_t>::max());
  EXPECT_THROW(spool.create(), StorageFull);
  EXPECT_EQ(scratch.files(), 0);
}

TEST(SpoolTest, OthersMayNotReadIt) {
  ScratchDirectory scratch;
  Spool spool(scratch / "spool", 0);
  const auto file = spool.create();
  using std::filesystem::perms;
  const auto open_to_others = perms::group_all | perms::others_all;
  EXPECT_EQ(std::filesystem::status(file->path()).permissions() & open_to_others, perms::none);
  EXPECT_EQ(std::filesystem::status(scratch / "spool").permissions() & open_to_others, perms::none);
}

// What an opener knows of the size may be older than what another wrote until it got the lock: an
// upload lost what was acknowledged when a second PATCH came just as the first one broke off.
TEST(SpoolTest, OpeningAKeptFileCutsNothing) {
  ScratchDirectory scratch;
  Spool spool(scratch.path(), 0);
  {
    const auto file = spool.open_kept("7", 0);
    ASSERT_TRUE(file);
    (*file)->write("abcdef");
    (*file)->sync();
  }
  {
    const auto late = spool.open_kept("7", 0);
    ASSERT_TRUE(late);
    EXPECT_EQ((*late)->size(), 6);
  }
  EXPECT_EQ(spool.kept_size("7"), 6);
  {
    const auto next = spool.open_kept("7", 6);
    ASSERT_TRUE(next);
    (*next)->cut_to(6);
    (*next)->write("gh");
  }
  const auto again = spool.open_kept("7", 4);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->size(), 8);
  (*again)->cut_to(4);
  (*again)->write("xy");
  EXPECT_EQ(crypto::hex((*again)->digest()), crypto::hex(crypto::sha256("abcdxy")));
  EXPECT_EQ(spool.kept_size("7"), 6);
}

TEST(SpoolTest, ADirectoryThatCannotBeIsAStorageError) {
  ScratchDirectory scratch;
  std::ofstream(scratch / "file") << "in the way";
  EXPECT_THROW(Spool(scratch / "file/spool", 0), StorageError);
}

}  // namespace
}  // namespace picsharz::storage
