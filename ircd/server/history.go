package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/history/bunt"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
)

// openHistory opens the file of what was said, if it is to be kept.
func (s *Server) openHistory() (*bunt.Log, error) {
	c := s.config.History
	if !c.Enabled {
		return nil, nil
	}
	begun := time.Now()
	l, err := bunt.Open(s.folder.file(historyName), bunt.Options{
		Options:  HistoryOptions(s.config, s.options.Now),
		Relaxed:  c.Durability == "relaxed",
		Progress: s.historyProgress(),
		Log:      s.Log,
		Notify:   s.historyTrouble,
	})
	if err != nil {
		return nil, fmt.Errorf("open the history: %w", err)
	}
	if d := l.Damage(); d != nil {
		s.Log.Error(d.String())
	}
	if st := l.Stats(); st.File >= largeHistory {
		s.Log.Info("the history is loaded", "events", st.Events, "channels and conversations", st.Buffers, "took", time.Since(begun).Round(time.Millisecond))
	}
	return l, nil
}

// largeHistory is the size of a file from which those who start the server are told how far
// it is, in bytes.
const largeHistory = 64 << 20

// historyProgress says how far a large file has been checked, in steps of a tenth, and then
// that it is being loaded.
func (s *Server) historyProgress() func(done, total int64) {
	tenth := int64(0)
	return func(done, total int64) {
		if total < largeHistory || done*10/total <= tenth {
			return
		}
		if tenth = done * 10 / total; tenth == 10 {
			s.Log.Info("loading the history")
		} else {
			s.Log.Info("checking the history", "percent", tenth*10)
		}
	}
}

const cannotWrite lang.Text = "The history cannot be written. What is said is kept in memory until it can; the server's log says why"

// historyTrouble says that the history cannot be written, or can again. It must not wait,
// and operators are told by a goroutine that may.
func (s *Server) historyTrouble(err error) {
	inform := func(text lang.Text) {
		if n := s.network.Load(); n != nil {
			go n.InformHere(modes.SnoRuns, text)
		}
	}
	if err != nil {
		s.Log.Error("the history cannot be written; it is kept in memory, and chat goes on", "error", err)
		inform(cannotWrite)
		return
	}
	s.Log.Info("the history can be written again; nothing that fitted into memory is lost")
	inform("The history can be written again. Nothing that fitted into memory is lost")
}

// trouble says what is wrong with the files, for operators who come.
func (s *Server) trouble() (all []lang.Text) {
	if s.own.Damage() != nil {
		all = append(all, "The records of this server were damaged when it started, and are repaired as far as they read. The server's log and \"ircd status\" say more")
	}
	if s.history == nil {
		return all
	}
	if s.history.Damage() != nil {
		all = append(all, "The history of this server was damaged when it started, and is repaired as far as it reads. The server's log and \"ircd status\" say more")
	}
	if s.history.Stats().Degraded {
		all = append(all, cannotWrite)
	}
	return all
}

// historyStatus describes the history, a line each.
func (s *Server) historyStatus() (lines []string) {
	if s.history == nil {
		return []string{"no history is kept"}
	}
	st := s.history.Stats()
	lines = append(lines, fmt.Sprintf("history: %d messages and events in %d channels and conversations; %s in memory, %s in the file; %d evicted, %d compactions",
		st.Events, st.Buffers, config.Size(st.Bytes).Rounded(), config.Size(st.File).Rounded(), st.Evicted, st.Compactions))
	if st.Degraded {
		lines = append(lines, "history: it cannot be written now and is kept in memory; see the log")
	}
	if d := s.history.Damage(); d != nil {
		lines = append(lines, d.String())
	}
	return lines
}

// compact writes the history anew, so that nothing which was removed is in the file.
func (s *Server) compact(ctx context.Context) ([]string, error) {
	if s.history == nil {
		return nil, errors.New("no history is kept: see history.enabled in the configuration")
	}
	before := s.history.Stats().File
	if err := s.history.Compact(ctx); err != nil {
		return nil, err
	}
	after := s.history.Stats().File
	s.Log.Info("the history was compacted", "by", "control socket", "before", before, "after", after)
	return []string{fmt.Sprintf("the history had %s, and has %s; nothing that was removed is in the file any more", config.Size(before).Rounded(), config.Size(after).Rounded())}, nil
}
