package server

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/parley-irc/parley/config"
)

// logs is where the server's log goes.
type logs struct {
	level  slog.LevelVar
	format string
	path   string // "" if w is not ours

	mu   sync.Mutex
	w    io.Writer
	file *os.File
}

func openLogs(c config.Logging, stderr io.Writer) (*logs, error) {
	l := &logs{format: c.Format, path: c.File, w: stderr}
	l.setLevel(c.Level)
	return l, l.reopen()
}

// reopen opens the file again, which a program that rotates logs may have moved.
func (l *logs) reopen() error {
	if l.path == "" {
		return nil
	}
	f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		l.file.Close()
	}
	l.w, l.file = f, f
	return nil
}

func (l *logs) setLevel(name string) {
	var level slog.Level
	if level.UnmarshalText([]byte(name)) == nil {
		l.level.Set(level)
	}
}

// Write implements io.Writer.
func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func (l *logs) logger() *slog.Logger {
	o := &slog.HandlerOptions{Level: &l.level}
	if l.format == "json" {
		return slog.New(slog.NewJSONHandler(l, o))
	}
	return slog.New(slog.NewTextHandler(l, o))
}

func (l *logs) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		l.file.Close()
	}
}
