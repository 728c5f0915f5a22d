// Which backup is asked where none is named.
#include "features/queries/query_service.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "storage/scratch_directory_test.h"

namespace picsharz::queries {
namespace {

class ChosenBackup : public testing::Test {
 protected:
  void lie_there(const std::string& id, const std::string& kind, const std::string& proof,
                 bool sealed = false) {
    std::filesystem::create_directories(folder_ / id);
    std::ofstream(folder_ / (id + "/manifest.json"))
        << R"({"id":")" << id << R"(","kind":")" << kind << R"(","sealed":)"
        << (sealed ? "true" : "false") << R"(,"snapshot":1,"tables":[]})";
    if (!proof.empty()) std::ofstream(folder_ / (id + "/proof.json")) << proof;
  }
  std::string chosen() {
    const auto found =
        QueryService({.engine = {}, .backups = folder_.path(), .scratch = {}}).backup("");
    return found ? found->id : found.error().code;
  }

  storage::ScratchDirectory folder_;
  const std::string good_ = R"({"at":1,"good":true})";
};

TEST_F(ChosenBackup, IsTheNewestThatIsProved) {
  EXPECT_EQ("no_backup", chosen());
  lie_there("20261127t001500z", "full", good_);
  lie_there("20261128t001500z", "full", good_);
  lie_there("20261129t001500z", "full", R"({"at":1,"good":false})");
  EXPECT_EQ("20261128t001500z", chosen());
}

// An archive is made right behind the full backup of the month.
TEST_F(ChosenBackup, IsNoArchive) {
  lie_there("20261129t001501z", "archive", good_);
  EXPECT_EQ("20261129t001501z", chosen());
  lie_there("20261129t001500z", "full", "");
  EXPECT_EQ("20261129t001500z", chosen());
  lie_there("20261128t001500z", "full", good_);
  EXPECT_EQ("20261128t001500z", chosen());
  const auto all = QueryService({.engine = {}, .backups = folder_.path(), .scratch = {}}).backups();
  ASSERT_EQ(3U, all.size());
  EXPECT_TRUE(all[0].archive && all[0].proved);
  EXPECT_FALSE(all[1].archive || all[1].proved);
  EXPECT_FALSE(all[2].archive);
}

TEST_F(ChosenBackup, IsReadable) {
  lie_there("20261128t001500z", "full", good_);
  lie_there("20261129t001500z", "full", good_);
  std::ofstream(folder_ / "20261129t001500z/manifest.json") << "{";
  EXPECT_EQ("20261128t001500z", chosen());
  std::filesystem::remove(folder_ / "20261128t001500z/proof.json");
  EXPECT_EQ("20261128t001500z", chosen()) << "one that is not proved is better than a damaged one";
}

// Those that are not are from before sealing was switched on, and all that can be asked.
TEST_F(ChosenBackup, IsNotSealed) {
  lie_there("20261129t001500z", "full", good_, true);
  EXPECT_EQ("backup_sealed", chosen());
  lie_there("20261126t001500z", "archive", good_);
  EXPECT_EQ("20261126t001500z", chosen());
  lie_there("20261127t001500z", "full", "");
  EXPECT_EQ("20261127t001500z", chosen());
  lie_there("20261125t001500z", "full", good_);
  EXPECT_EQ("20261125t001500z", chosen());
  const auto all = QueryService({.engine = {}, .backups = folder_.path(), .scratch = {}}).backups();
  ASSERT_EQ(4U, all.size());
  EXPECT_FALSE(all[0].readable);
  EXPECT_TRUE(all[0].proved && all[1].readable && all[2].readable && all[3].readable);
}

}  // namespace
}  // namespace picsharz::queries
