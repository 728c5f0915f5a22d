// What avatars, archives and counted searches leave of an account outside its rows, as parts of its
// erasure.
//
// Ownership: they keep references to the services; the composition root outlives them.
// Threads:   as departures::ErasurePart.
#pragma once

#include "features/accounts/avatar_service.h"
#include "features/departures/erasure_part.h"
#include "features/exports/export_service.h"
#include "features/usage/usage_upkeep_service.h"

namespace picsharz::app {

class AvatarErasure final : public departures::ErasurePart {
 public:
  explicit AvatarErasure(accounts::AvatarService& avatars) : avatars_(avatars) {}
  int erase_some(AccountId account, int) override { return avatars_.erase_of(account); }

 private:
  accounts::AvatarService& avatars_;
};

class ExportErasure final : public departures::ErasurePart {
 public:
  explicit ExportErasure(exports::ExportService& exports) : exports_(exports) {}
  int erase_some(AccountId account, int) override { return exports_.erase_of(account); }

 private:
  exports::ExportService& exports_;
};

class WordsErasure final : public departures::ErasurePart {
 public:
  explicit WordsErasure(usage::UsageUpkeepService& usage) : usage_(usage) {}
  int erase_some(AccountId account, int) override { return usage_.forget_words_of(account); }

 private:
  usage::UsageUpkeepService& usage_;
};

}  // namespace picsharz::app
