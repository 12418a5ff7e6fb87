package server

import (
	"fmt"

	"github.com/parley-irc/parley/ircd/history/bunt"
)

// openHistory opens the file of what was said, if it is to be kept.
func (s *Server) openHistory() (*bunt.Log, error) {
	c := s.config.History
	if !c.Enabled {
		return nil, nil
	}
	l, err := bunt.Open(s.folder.file("history.db"), bunt.Options{
		Options:  HistoryOptions(s.config, s.options.Now),
		Relaxed:  c.Durability == "relaxed",
		Progress: s.historyProgress(),
		Notify:   s.historyTrouble,
	})
	if err != nil {
		return nil, fmt.Errorf("open the history: %w", err)
	}
	if d := l.Damage(); d != nil {
		s.Log.Error(d.String())
	}
	return l, nil
}

// historyProgress says how far a large file has been read, in steps of a tenth.
func (s *Server) historyProgress() func(done, total int64) {
	const large = 64 << 20
	tenth := int64(0)
	return func(done, total int64) {
		if total < large || done*10/total <= tenth {
			return
		}
		tenth = done * 10 / total
		s.Log.Info("reading the history", "percent", tenth*10)
	}
}

// historyTrouble says that the history cannot be written, or can again.
func (s *Server) historyTrouble(err error) {
	if err != nil {
		s.Log.Error("the history cannot be written; it is kept in memory, and chat goes on", "error", err)
		return
	}
	s.Log.Info("the history can be written again; nothing that fitted into memory is lost")
}
