# The entry points of a newcomer. What they do is in tools/; this file only names them.
.PHONY: run test check check-long bench demo build clean

run: ## install what is missing, build, prepare the models, start
	@tools/run.sh

test: ## everything a change must pass; ends with "N passed, N failed, N skipped"
	@tools/setup.sh build test
	@/usr/bin/python3 tools/run_tests.py

check: ## the quick static checks: layers, style, documents
	@tools/setup.sh build test
	@/usr/bin/python3 tools/run_tests.py --only static --no-build

check-long: ## clang-tidy on everything, and the unit tests under ThreadSanitizer
	@tools/check_long.sh

bench: ## every timing, with its target beside it
	@tools/setup.sh build bench
	@tools/build.sh
	@/usr/bin/python3 tools/bench.py

demo: ## make demo PHOTOS=<folder>: a dozen members and the folder's photos, through the API
	@/usr/bin/python3 tools/demo.py --photos "$(PHOTOS)" --setup "$(SETUP)"

build: ## the optimised program, build/release/picsharz
	@tools/setup.sh build
	@tools/build.sh

clean: ## removes what was built; data/ stays
	@rm -rf build .cache web/dist web/node_modules tests/*/node_modules test-results
