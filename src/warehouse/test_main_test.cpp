// The test program is its own warehouse process: /proc/self/exe with the command "warehouse".
#include <gtest/gtest.h>

#include <cstring>

#include "confinement/child_process.h"
#include "warehouse/warehouse_main.h"

int main(int count, char** arguments) {
  using namespace picsharz::warehouse;
  if (count > 1 && std::strcmp(arguments[1], "warehouse") == 0)
    warehouse_main(picsharz::confinement::child_socket);
  testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
