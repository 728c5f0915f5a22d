// picsharz: command line -> Config -> App -> run.
#include "app/cli.h"

int main(int count, char** words) { return picsharz::app::run_command_line(count, words); }
