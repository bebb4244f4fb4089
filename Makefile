# The commands of the house. Each is a script of the same name in scripts/, to be read there.

.PHONY: run test check bench checklist pictures

run:        ## install what is missing, build, start the demo house on http://127.0.0.1:7070
	@scripts/run

test:       ## install what the tests need, then everything
	@scripts/test

check:      ## the quick part of `make test`: format, texts, lints, unit tests
	@scripts/check

bench:      ## measure, and write target/bench/figures.json
	@scripts/bench

checklist:  ## write docs/checklist.md anew from the tests
	@scripts/checklist

pictures:   ## take the pictures of the README anew
	@scripts/pictures
