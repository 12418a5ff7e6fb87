package tests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-irc/parley/tests/player"
)

// TestConversations plays every file of the folder conversations on one server and
// on two linked ones: both must read the same.
func TestConversations(t *testing.T) {
	for _, s := range conversations(t) {
		name := strings.TrimSuffix(filepath.Base(s.File), ".txtar")
		if !s.Linked {
			t.Run(name+"/one", func(t *testing.T) { player.InBubble(t, s, false) })
		}
		if !s.Single {
			t.Run(name+"/two", func(t *testing.T) { player.InBubble(t, s, true) })
		}
	}
}

// TestConversationsOverTCP plays those files that need nothing special against the
// server at PARLEY_ADDR.
func TestConversationsOverTCP(t *testing.T) {
	addr := os.Getenv("PARLEY_ADDR")
	if addr == "" {
		t.Skip("PARLEY_ADDR=host:port is not set")
	}
	for _, s := range conversations(t) {
		if !s.Plain() {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(s.File), ".txtar"), func(t *testing.T) {
			if err := player.OverTCP(s, addr); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func conversations(t *testing.T) (all []*player.Script) {
	files, err := filepath.Glob("conversations/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations", err)
	}
	for _, file := range files {
		s, err := player.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}
