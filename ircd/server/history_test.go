package server

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// TestHistoryProgress: who starts a server with a large history reads how far it is, in ten
// lines; of a small one nothing is said.
func TestHistoryProgress(t *testing.T) {
	for _, tt := range []struct {
		total int64
		lines int
	}{{0, 0}, {largeHistory - 1, 0}, {largeHistory, 10}, {100 * largeHistory, 10}} {
		var out bytes.Buffer
		s := &Server{Log: slog.New(slog.NewTextHandler(&out, nil))}
		progress := s.historyProgress()
		for i := range int64(1001) {
			progress(tt.total*i/1000, tt.total)
		}
		said := strings.Split(strings.TrimSpace(out.String()), "\n")
		if tt.lines == 0 && out.Len() == 0 {
			continue
		}
		if len(said) != tt.lines || !strings.Contains(said[0], "percent=10") || !strings.Contains(said[len(said)-1], "loading the history") {
			t.Errorf("of a file of %d bytes is said:\n%s", tt.total, out.String())
		}
	}
}
