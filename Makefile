# The commands of the project. `make test` is what CI runs.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS  = -s -w -X main.version=$(VERSION)

.PHONY: build test check bench soak verify screenshots

# One static binary in bin/.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/triage ./cmd/triage

# Everything that must hold, on a fresh machine too; says what it had to skip.
test: check
	./.ci/deps
	$(GO) test -timeout 20m ./...

# What is cheap to know before a commit.
check:
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -l cmd internal; echo "gofmt would change these"; exit 1; }
	$(GO) mod verify
	$(GO) vet ./...

# How fast it is: as ratios, of one's own texts with make bench TEXTS=FILE, and
# the parts that have a budget.
bench: build
	bin/triage bench $(TEXTS)
	$(GO) test -run '^$$' -bench . -benchmem ./...

# The same crashes as in the tests, ten times as often: kills, power cuts,
# rotations, damage.
soak:
	./.ci/deps
	TRIAGE_LONG=1 $(GO) test -count=1 -timeout 180m -v -run 'Kill|Power|Rekey|Rotat|Water|Flip|Lease|Racer|Roles|Among|CrashMatrix|Laws' ./internal/bus ./internal/respond/send ./cmd/triage

# Slower proofs: the race detector, the shipped networks learned anew, the systemd
# unit and the container image.
verify:
	$(GO) test -race -timeout 30m ./internal/...
	./internal/classify/train.sh && ./internal/respond/gate/train.sh && git diff --exit-code --stat internal/classify/model internal/respond/gate/model
	./deploy/verify.sh

# Pictures of every page, wide, dark and on a phone, in .cache/screenshots; those that
# the documents show go to docs/.
SHOWN = sign-in queue queue-phone queue-dark queue-empty queue-trouble case case-urgent-phone \
	case-unsafe case-approved case-dark settings people account on-call on-call-phone
screenshots:
	rm -rf .cache/screenshots && mkdir -p .cache/screenshots docs/screenshots
	TRIAGE_SCREENSHOTS=$(CURDIR)/.cache/screenshots $(GO) test -count=1 -run BrowserPictures ./cmd/triage
	for name in $(SHOWN); do install -m 0644 .cache/screenshots/$$name.png docs/screenshots/ || exit 1; done
