package server

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestForgetOld: damaged files go when they are old; nothing else does.
func TestForgetOld(t *testing.T) {
	dir := t.TempDir()
	f, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	at := func(ago time.Duration) string { return time.Now().UTC().Add(-ago).Format("20060102T150405.000") }
	old, young := at(keepDamaged+time.Hour), at(keepDamaged-time.Hour)
	for name, stays := range map[string]bool{
		"history.db.damaged-" + old: false, "parley.db.damaged-" + old: false, "history.db.damaged-" + young: true,
		"history.db": true, "other.damaged-" + old: true, "history.db.damaged-x": true,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s := &Server{folder: f, Log: slog.New(slog.DiscardHandler)}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s.forgetOld(ctx)
		if exists(path) != stays {
			t.Errorf("%s stays: %v", name, !stays)
		}
	}
}
