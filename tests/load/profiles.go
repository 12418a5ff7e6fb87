//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/parley-irc/parley/tests/profile"
)

// A way is how a server is looked at while a case is measured. The zero way does not.
type way struct {
	dir   string // where what was seen is kept
	calls bool   // system calls are counted; else profiles are taken
	seen  *profile.Set
}

// ways returns how each run is to be looked at: one way after the other.
func ways(dir string) ([]way, error) {
	if dir == "" {
		return []way{{}}, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	all := []way{{dir: dir, seen: new(profile.Set)}}
	if _, err := exec.LookPath(profile.Tracer); err == nil {
		all = append(all, way{dir: dir, calls: true, seen: new(profile.Set)})
	}
	return all, nil
}

func (w way) words() string {
	switch {
	case w.dir == "":
		return ""
	case w.calls:
		return ", system calls are counted"
	}
	return ", profiles are taken"
}

// at returns what looks at a server, nil if nobody does.
func (w way) at(srv *server, span time.Duration) func(func() error) error {
	if w.dir == "" {
		return nil
	}
	return func(do func() (err error)) (err error) {
		if !srv.monitoring.IsValid() {
			return errors.New("only a server that is started here can be looked at")
		}
		s := profile.Server{Pid: srv.pid, Address: srv.monitoring.String(), Span: span}
		look := s.During
		if w.calls {
			look = s.Calls
		}
		*w.seen, err = look(do)
		return err
	}
}

// keep writes what was seen of a case, if it was looked at, and how much was done meanwhile.
func (w way) keep(name string, m metrics) {
	if w.dir == "" || *w.seen == nil {
		return
	}
	name = strings.ReplaceAll(strings.ReplaceAll(name, ",", ""), " ", "-")
	if err := w.seen.Save(filepath.Join(w.dir, name)); err != nil {
		fmt.Fprintln(os.Stderr, "  not kept:", err)
		return
	}
	*w.seen = nil
	fmt.Fprintf(os.Stderr, "  %s: %.0f\n", name, m["count"])
}
