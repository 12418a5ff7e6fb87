package dispatch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// slow waits a second, or until it is cancelled.
func slow(ctx context.Context) error {
	select {
	case <-time.After(time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestWait(t *testing.T) {
	for _, x := range []struct {
		name      string
		client    func(c net.Conn)
		cancelled bool
		quit      bool
		next      string // what is run afterwards
	}{
		{"a line meanwhile", func(c net.Conn) { io.WriteString(c, "PING a\r\n") }, false, false, "PING a"},
		{"a line in pieces", func(c net.Conn) {
			io.WriteString(c, "PI")
			time.Sleep(2 * time.Second)
			io.WriteString(c, "NG a\r\n")
		}, false, false, "PING a"},
		{"silence", func(c net.Conn) {
			time.Sleep(time.Minute)
			io.WriteString(c, "PING late\r\n")
		}, false, false, "PING late"},
		{"QUIT", func(c net.Conn) { io.WriteString(c, "QUIT :bye\r\n") }, true, false, "QUIT :bye"},
		{"the end", func(c net.Conn) { c.Close() }, true, true, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				defer ours.Close()
				defer theirs.Close()
				r := &Request{Conn: &Conn{ctx: t.Context(), conn: ours, lines: newLines(ours, 8192)}}
				start := time.Now()
				go x.client(theirs)
				err := r.Wait(slow)
				var quit Quit
				if errors.As(err, &quit) != x.quit || errors.Is(err, context.Canceled) != (x.cancelled && !x.quit) {
					t.Errorf("Wait returns %v", err)
				}
				if took := time.Since(start); (took < time.Second) != x.cancelled {
					t.Errorf("Wait took %v", took)
				}
				if line, err := r.lines.next(); string(line) != x.next {
					t.Errorf("then comes %q, %v", line, err)
				}
			})
		})
	}
}

// TestLeaving: what was not done because the client leaves is no failure of the server:
// nothing is logged, or said to whom does not read any more.
func TestLeaving(t *testing.T) {
	var log bytes.Buffer
	s := &Server{}
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	r := &Request{Conn: &Conn{Server: s}}
	r.Error(fmt.Errorf("read an account: %w", context.Canceled))
	if err := r.unlessQuit(fmt.Errorf("read metadata: %w", context.Canceled), "not read"); !errors.Is(err, context.Canceled) {
		t.Errorf("what ends the command: %v", err)
	}
	if log.Len() > 0 {
		t.Error(log.String())
	}
}
