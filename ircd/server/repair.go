package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/parley-irc/parley/config"
	historybunt "github.com/parley-irc/parley/ircd/history/bunt"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// Examine says, a line each, whether the files in the data folder of a server that does not
// run are whole, and which damaged ones are kept. It changes nothing.
func Examine(c *config.Config) (lines []string, damaged bool, err error) {
	f, err := lockThere(c)
	if err != nil {
		return nil, false, err
	}
	defer f.close()
	say := func(name, damage string, err error) error {
		fi, missing := os.Stat(f.file(name))
		switch {
		case err != nil:
			return err
		case damage != "":
			damaged = true
			lines = append(lines, damage)
		case missing != nil:
			lines = append(lines, name+" is not there yet")
		default:
			lines = append(lines, fmt.Sprintf("%s is whole, and has %s", name, config.Size(fi.Size()).Rounded()))
		}
		return nil
	}
	damage := ""
	records, err := bunt.Examine(f.file(storeName))
	if records != nil {
		damage = records.String()
	}
	failed := say(storeName, damage, err)
	damage = ""
	history, err := historybunt.Examine(f.file(historyName))
	if history != nil {
		damage = history.String()
	}
	failed = errors.Join(failed, say(historyName, damage, err))
	for _, name := range kept(f) {
		lines = append(lines, "kept: "+name)
	}
	return lines, damaged, failed
}

// ForgetDamaged removes the damaged files that are kept, and returns their names.
func ForgetDamaged(c *config.Config) (removed []string, err error) {
	f, err := lockThere(c)
	if err != nil {
		return nil, err
	}
	defer f.close()
	for _, name := range kept(f) {
		if err := os.Remove(name); err != nil {
			return removed, err
		}
		removed = append(removed, name)
	}
	return removed, nil
}

// lockThere locks the data folder, which must be there.
func lockThere(c *config.Config) (*folder, error) {
	if _, err := os.Stat(c.Server.DataDir); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no data folder %s; give --config as for the server", c.Server.DataDir)
	}
	return openFolder(c.Server.DataDir)
}

// kept returns the damaged files in the folder.
func kept(f *folder) (names []string) {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if _, ok := keptSince(e.Name()); ok {
			names = append(names, filepath.Join(f.path, e.Name()))
		}
	}
	return names
}

// keptSince returns when a damaged file was put aside, which its name says.
func keptSince(name string) (since time.Time, ok bool) {
	of, when, ok := strings.Cut(name, ".damaged-")
	if !ok || of != storeName && of != historyName {
		return since, false
	}
	since, err := time.Parse("20060102T150405.000", when)
	return since, err == nil
}

// keepDamaged is how long damaged files are kept.
const keepDamaged = 30 * 24 * time.Hour

// forgetOld removes damaged files that are old, now and every day, until ctx ends: nobody
// knows what is in their parts that do not read.
func (s *Server) forgetOld(ctx context.Context) {
	t := time.NewTicker(24 * time.Hour)
	defer t.Stop()
	for {
		for _, name := range kept(s.folder) {
			if since, _ := keptSince(filepath.Base(name)); time.Since(since) < keepDamaged {
				continue
			}
			if err := os.Remove(name); err != nil {
				s.Log.Error("an old damaged file cannot be removed", "file", name, "error", err)
				continue
			}
			s.Log.Info("a damaged file is removed, because it is old", "file", name)
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}
