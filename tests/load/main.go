//go:build linux

// Load measures an IRC server from outside: it starts the server, puts it on
// one core and itself on another, plays a scenario over sockets, and reports
// what the server's process spent.
//
// Figures of one server alone say little, because machines differ. So several
// servers are measured in turn in one run (A B A B), among them "limit", a
// server in this program that does nothing but hand lines on: it shows what the
// kernel and the language cost by themselves.
//
//	go run ./tests/load -server parley=bin/ircd -server limit -server inspircd fanout pipelined
//
// JSON goes to standard output, or with -json FILE to a file that is complete after each
// run, a table and the progress to standard error. The
// clients of the delivery scenarios share one thread and one epoll instance, so
// that the generator is not what is measured; when it is, the report says so.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "limit" {
		exit(serveLimit(os.Args[2:]))
	}
	// The thread that starts servers must stay: its death would end them.
	runtime.LockOSThread()
	exit(run(os.Args[1:]))
}

func exit(err error) {
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(args []string) error {
	sz := defaultSizes()
	var specs specList
	fs := flag.NewFlagSet("load", flag.ContinueOnError)
	fs.Var(&specs, "server", "server to measure, repeatable: limit, inspircd, ngircd, ergo=BIN,\nergo-history=BIN (built with SQLite), parley=BIN (without history), parley-history=BIN, or at=HOST:PORT[,tls=PORT][,ws=PORT][,pid=N] for one that runs already")
	runs := fs.Int("runs", 3, "runs of each scenario on each server; the report has the median")
	file := fs.String("json", "", "file for the JSON, written after each run of a scenario; empty: the standard output, at the end")
	profiles := fs.String("profiles", "", "folder for profiles of the server in each case, which it must be able to take; a run more counts system calls, by strace")
	cores := fs.String("cores", "0,1", "the server's core and the generator's; empty: do not pin")
	sz.flags(fs)
	fs.Usage = func() { help(fs) }
	if err := fs.Parse(args); err != nil {
		return err
	}
	if len(specs) == 0 {
		specs = specList{{kind: "limit"}}
	}
	chosen, err := choose(fs.Args())
	if err != nil {
		return err
	}
	pins, err := parseCores(*cores)
	if err != nil {
		return err
	}
	if err := pins.settle(); err != nil {
		return err
	}
	looks, err := ways(*profiles)
	if err != nil {
		return err
	}
	if err := raiseFiles(); err != nil {
		return err
	}
	runtime.GOMAXPROCS(4) // the canary of the flood scenario must not wait for the loop

	nursery := new(nursery)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-stop
		nursery.killAll()
		os.Exit(130)
	}()
	defer nursery.killAll()

	rep := newReport(pins)
	for _, sc := range chosen {
		for n := range *runs {
			for _, spec := range specs {
				if sc.real && spec.kind == "limit" {
					continue
				}
				for _, way := range looks {
					once(rep, nursery, pins, spec, sc, sz, n, way)
				}
				if *file == "" {
					continue
				}
				if err := rep.save(*file); err != nil {
					return err
				}
			}
		}
		rep.table(os.Stderr, sc.name)
	}
	if *file == "" {
		if err := rep.json(os.Stdout); err != nil {
			return err
		}
	}
	return rep.failure()
}

// once plays one scenario on a fresh server, and looks at it in a way.
func once(rep *report, ny *nursery, pins pins, spec spec, sc scenario, sz sizes, n int, look way) {
	fmt.Fprintf(os.Stderr, "%s on %s, run %d%s\n", sc.name, spec.name(), n+1, look.words())
	lim := sc.limits
	lim.Profiles = look.dir != ""
	srv, err := ny.start(spec, pins, lim)
	if err != nil {
		rep.fail(sc.name, spec.name(), fmt.Errorf("start: %w", err))
		return
	}
	defer ny.stop(srv)
	b, err := newBench(srv, sz, func(name string, m metrics) {
		look.keep(fmt.Sprintf("%s %s %d", sc.name, name, n+1), m)
		if !look.calls { // what a server does then is not what it can
			rep.add(sc.name, name, spec.name(), m)
		}
	})
	if err != nil {
		rep.fail(sc.name, spec.name(), err)
		return
	}
	defer b.loop.close()
	b.look = look.at(srv, sz.span)
	b.again = func(meanwhile func() error) (time.Duration, time.Duration, error) {
		b.loop.sweep()
		return ny.again(srv, pins, meanwhile)
	}
	if err := sc.play(b); err != nil {
		rep.fail(sc.name, spec.name(), fmt.Errorf("%w%s", err, srv.lastWords()))
	}
}

// choose finds scenarios by name, in the order given.
func choose(names []string) ([]scenario, error) {
	if len(names) == 0 {
		return nil, fmt.Errorf("no scenario given; there are: %s, and all", strings.Join(scenarioNames(), " "))
	}
	if len(names) == 1 && names[0] == "all" {
		return scenarios, nil
	}
	var out []scenario
next:
	for _, name := range names {
		for _, sc := range scenarios {
			if sc.name == name {
				out = append(out, sc)
				continue next
			}
		}
		return nil, fmt.Errorf("no scenario %q; there are: %s, and all", name, strings.Join(scenarioNames(), " "))
	}
	return out, nil
}

func help(fs *flag.FlagSet) {
	w := fs.Output()
	fmt.Fprintln(w, "usage: load [flags] SCENARIO…")
	fmt.Fprintln(w, "scenarios:")
	for _, sc := range scenarios {
		fmt.Fprintf(w, "  %-15s %s\n", sc.name, sc.about)
	}
	fmt.Fprintln(w, "flags:")
	fs.PrintDefaults()
}
