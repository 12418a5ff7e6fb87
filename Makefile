# "make run" starts a server; "make test" runs the tests. Both need only Go.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME ?= 10s
CORPUS = tests/corpus.tar.xz
BENCHTIME ?= 1s
HISTORIES ?= 1000
LOAD ?= -server limit -server parley=bin/ircd

FIRST_PORT ?= 6667
DURATION ?= 30m

.PHONY: run network chaos soak figures build test race converge crash fuzz corpus bench load irctest generate lint release deb reproduce clients rehashes clean

# Builds the server and starts it in this folder, with parley.toml if there is one.
run: build
	@bin/ircd run

# Runs three linked servers, on FIRST_PORT and the next two.
network: build
	@FIRST_PORT=$(FIRST_PORT) tests/network/run.sh bin/ircd network

# Kills and stops linked servers, cuts them off and slows them down, lets their clocks jump
# and their disks run full, for DURATION: make chaos DURATION=10m CHAOS='-servers 5 -seed 7';
# CHAOS=-race gives the servers the race detector.
chaos:
	go test -count=1 -timeout 0 -v ./tests/chaos -run 'TestChaos' -duration $(DURATION) $(CHAOS)

# Lets people come and go at one server for DURATION, an hour unless it is given, and fails if
# its heap, goroutines or descriptors grow: make soak DURATION=8h SOAK='-clients 200'.
soak: DURATION = 1h
soak:
	go test -count=1 -timeout 0 -v ./tests/soak -run 'TestSoak' -duration $(DURATION) $(SOAK)

# Measures what linking costs: docs/manual/performance.md.
# FIGURES='-profiles DIR' keeps profiles of the servers while they deliver.
figures:
	go test -count=1 -timeout 0 -v ./tests/chaos -run 'TestFigures' -figures $(FIGURES)

# Builds bin/ircd. Plain "go build ./ircd" fails at the root of the repository,
# where the name of its output is that of the folder.
build:
	go build -o bin/ircd ./ircd

test:
	go vet ./...
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo 'gofmt would change these files: run gofmt -w .'; exit 1; }
	go test -timeout 4m ./...

race:
	go test -race -timeout 15m ./...

# Plays HISTORIES random ones of networks of three and five servers that are split, killed
# and healed, and checks that all servers know the same in the end.
converge:
	go test -count=1 -timeout 0 ./tests/player -run TestConvergence -rapid.checks=$(HISTORIES) -rapid.nofailfile

# Kills one server 200 times while people talk, and stops it 200 times.
crash:
	go test -count=1 -timeout 1h -v ./tests/crash -kills 200 -stops 200

# Runs every fuzz target for FUZZTIME, from the inputs that have been found before: with
# FUZZTIME=1x no more than those.
fuzz:
	@mkdir -p "$$(go env GOCACHE)/fuzz" && tar -xJf $(CORPUS) -C "$$(go env GOCACHE)/fuzz"
	@grep -rn --include='*_test.go' -oE '^func Fuzz[A-Za-z0-9_]+' . | while IFS=: read -r file _ name; do \
		target=$${name#func }; \
		echo "== $$target in $$(dirname $$file)"; \
		go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file) || exit 1; \
	done

# Runs what takes long, in full: 100,000 random histories are compared with a model, a
# million messages are stored and found again, servers are killed 200 times.
.PHONY: slow
slow: crash
	go test -count=1 -timeout 3h -v -run 'TestRing/Model$$' ./ircd/history -rapid.checks=100000
	go test -count=1 -timeout 3h -v -run 'TestLog/Model$$|TestDurable$$' ./ircd/history/bunt -rapid.checks=1000
	go test -count=1 -timeout 1h -v -run 'TestMillion$$' ./ircd/history/bunt -million=1000000

# Keeps the inputs that fuzzing has found here, for all who fuzz after it. Needs GNU tar.
corpus:
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$$(go env GOCACHE)/fuzz" -c github.com/parley-irc/parley | xz -9 > $(CORPUS)

# Measures the parts beside which a benchmark is, for BENCHTIME each.
bench:
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) \
		$$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -n 1 dirname | sort -u)

# Measures the server: make load LOAD='-server parley=bin/ircd fanout'. JSON goes
# to the standard output.
load: build
	go run ./tests/load $(LOAD)

# Runs the public conformance suite: make irctest IRCTEST=path/to/irctest.
irctest: build
	@test -n "$(IRCTEST)" || { echo 'name a checkout of the suite: make irctest IRCTEST=dir'; exit 1; }
	tests/irctest/run.sh $(IRCTEST)

# Writes default.toml, docs/reference, docs/man, docs/manual/packages.md, the picture of the
# layers in docs/manual/design.md, and what is made of texts in languages anew.
generate:
	GENERATE=1 go test -count=1 -run 'TestGenerated' ./config ./languages
	GENERATE=1 go test -count=1 -run 'TestGenerated' ./ircd/reference ./ircd ./tests

# Reads the configuration of a server again a thousand times, while people talk.
rehashes:
	REHASHES=1000 go test -count=1 -timeout 30m -run '^TestRehashes$$' -v ./ircd

lint:
	go vet ./...
	go run $(STATICCHECK) ./...

# Builds what is released into dist: make release TARGETS="linux/amd64 linux/arm64".
release:
	ircd/packaging/release.sh $(TARGETS)

# Builds Debian packages into dist.
deb:
	ircd/packaging/debian/build.sh amd64
	ircd/packaging/debian/build.sh arm64

# Builds the last commit twice, in other folders, and compares.
reproduce:
	ircd/packaging/reproduce.sh

# Tries the clients, bots and bouncers that are installed, and says which are missing.
# The library of web clients is found by NODE_PATH, after "npm install irc-framework".
clients:
	CLIENTS=1 go test -count=1 -timeout 15m -v ./tests/clients

clean:
	rm -rf bin dist
	go clean -testcache
