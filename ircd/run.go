package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/parley-irc/parley/ircd/server"
)

type runCommand struct{}

// Help is shown by "ircd run --help".
func (runCommand) Help() string {
	return `Signals: HUP reads the configuration and certificates again; TERM and INT disconnect the clients and stop; a second INT stops at once.

Every setting can be overridden by the environment: PARLEY__SERVER__NAME=irc.example.org is name in [server].

Examples:
  ircd                               try it, with the built-in defaults
  ircd run --config /etc/parley.toml`
}

var errForced = errors.New("interrupted")

// Run runs a server until a signal, or an operator, stops it.
func (runCommand) Run(c *cli, w world) error {
	now := time.Now
	if text := os.Getenv("PARLEY_TEST_CLOCK"); text != "" {
		var err error
		if now, err = server.TestClock(text, time.Now()); err != nil {
			return err
		}
	}
	// Before anything else, so that no signal ends the server without order.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)
	signal.Ignore(syscall.SIGXFSZ) // a file that may not grow is like a full disk: an error

	program, err := os.Executable() // now, because it may be replaced by a newer one
	if err != nil {
		return err
	}
	// A server that joins a network may wait long for it.
	waiting, begun := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	// What it reads now stays, so that collecting garbage meanwhile finds little of it.
	usual := debug.SetGCPercent(200)
	s, err := server.Start(server.Options{
		Config: c.path(), Env: w.env, Version: version(), Stderr: w.err, Now: now, Sockets: inherited(), Context: waiting,
	})
	debug.SetGCPercent(usual)
	stopped := waiting.Err() != nil
	begun()
	if err != nil && stopped {
		return nil // as it was told to
	}
	if err != nil {
		return err
	}
	if text := os.Getenv("PARLEY_TEST_CLOCK"); text != "" {
		s.Log.Warn("the time that users see is wrong, because PARLEY_TEST_CLOCK is set", "clock", text)
	}
	if path := c.path(); s.First || path == "" {
		fmt.Fprint(w.out, welcome(s, os.Args[0], path))
	}
	notify(s, daemon.SdNotifyReady)
	forced := make(chan struct{})
	go obey(signals, s, forced)
	done := make(chan struct{})
	go func() {
		s.Run(context.Background())
		close(done)
	}()
	select {
	case <-done:
		if sockets := s.Handed(); sockets != nil {
			return replace(program, sockets)
		}
		return nil
	case <-forced:
		return errForced
	}
}

// obey does what signals ask for.
func obey(signals <-chan os.Signal, s *server.Server, forced chan<- struct{}) {
	interrupts := 0
	for sig := range signals {
		switch sig {
		case syscall.SIGHUP:
			notify(s, daemon.SdNotifyReloading+"\n"+daemon.SdNotifyMonotonicUsec())
			s.Rehash() // it logs what came of it
			notify(s, daemon.SdNotifyReady)
			continue
		case syscall.SIGINT:
			interrupts++
		}
		if interrupts == 2 {
			close(forced)
			return
		}
		notify(s, daemon.SdNotifyStopping)
		s.Stop("Server shutting down")
	}
}

// notify tells the service manager, if there is one.
func notify(s *server.Server, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		s.Log.Warn("cannot notify the service manager", "error", err)
	}
}
