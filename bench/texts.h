// What people write: names, titles, descriptions, tags; and labels as the classifier gives them.
//
// What:      drawn from small word lists by Zipf's law, so that there are common and rare words.
// Threads:   one at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dice.h"
#include "features/photos/photo.h"

namespace picsharz::bench {

class Texts {
 public:
  Texts();

  std::string name(Dice& dice) const;
  // Valid, and different for every number.
  std::string handle(Dice& dice, int number) const;
  std::string sentence(Dice& dice, int least, int most) const;
  std::vector<std::string> tags(Dice& dice) const;  // none to five, sorted
  // None to four with a confidence of 0.5 to 1, the surest first.
  std::vector<photos::PhotoLabel> labels(Dice& dice) const;
  std::string_view country(Dice& dice) const;

 private:
  std::string_view word(Dice& dice) const;

  Weighted word_weights_;
  Weighted label_weights_;
};

}  // namespace picsharz::bench
