// The test program is its own decoder: the pool starts /proc/self/exe with the command "decoder".
#include <gtest/gtest.h>

#include <cstring>

#include "image/decoder_pool.h"
#include "image/sandbox_attacks.h"
#include "image/vips_pictures.h"

int main(int count, char** arguments) {
  if (count > 1 && std::strcmp(arguments[1], "decoder") == 0) {
    picsharz::image::decoder_main(3, picsharz::image::test::develop_or_attack);
  }
  testing::InitGoogleTest(&count, arguments);
  picsharz::image::init_vips();
  return RUN_ALL_TESTS();
}
