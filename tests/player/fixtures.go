package player

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"

	"github.com/parley-irc/parley/ircd/store"
)

// A lookup knows the names of the addresses that clients connect from.
type lookup map[netip.Addr]found

type found struct{ host, ident string }

// Host implements dispatch.Lookup.
func (l lookup) Host(_ context.Context, addr netip.Addr) (string, bool) {
	host := l[addr].host
	return host, host != ""
}

// Ident implements dispatch.Lookup.
func (l lookup) Ident(_ context.Context, _, remote netip.AddrPort) (string, bool) {
	ident := l[remote.Addr()].ident
	return ident, ident != ""
}

// complaints is a log in which nothing may go wrong.
type complaints struct {
	mu  sync.Mutex
	err error
}

func (c *complaints) first() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Enabled implements slog.Handler.
func (c *complaints) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

// Handle implements slog.Handler.
func (c *complaints) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	asked := false // that is what "store fails" does
	r.Attrs(func(a slog.Attr) bool {
		err, _ := a.Value.Any().(error)
		asked = asked || errors.Is(err, store.ErrUnavailable)
		fmt.Fprintf(&b, "\n\t%s", a)
		return true
	})
	if asked {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = fmt.Errorf("a server has logged: %s%s", r.Message, b.String())
	}
	return nil
}

// WithAttrs implements slog.Handler.
func (c *complaints) WithAttrs([]slog.Attr) slog.Handler { return c }

// WithGroup implements slog.Handler.
func (c *complaints) WithGroup(string) slog.Handler { return c }
