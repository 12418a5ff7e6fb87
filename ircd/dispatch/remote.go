package dispatch

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// Some commands can be given to another server of the network. That runs them as if the
// user were connected to it, and what it answers is sent back.

// dispatchTo runs c on the server that the client has named.
func (r *Request) dispatchTo(c *Command) error {
	server, err := r.Server.Network.ServerOf(r.Param(c.Server - 1))
	if err != nil {
		return err
	}
	if server == r.Server.Name() {
		return c.Run(r)
	}
	words := append([]string{c.Name}, r.Message.Params...)
	words[c.Server] = server
	var lines []string
	err = r.Wait(func(ctx context.Context) (err error) {
		lines, err = r.Server.Network.AskServer(ctx, server, r.User, words)
		return err
	})
	if err != nil {
		return r.unanswered(err)
	}
	for _, line := range lines {
		m, err := wire.Parse([]byte(line))
		if err != nil {
			continue
		}
		m.Source = server
		r.Session.ReplyMessage(&m)
	}
	return nil
}

// unanswered tells the client that a server does not answer.
func (r *Request) unanswered(err error) error {
	var refusal *link.Refusal
	if errors.As(err, &refusal) || errors.Is(err, link.ErrUnreachable) || errors.Is(err, context.DeadlineExceeded) {
		r.Notice("The server does not answer now. Try again later.")
		return nil
	}
	return err
}

// AnswerFor runs a command for a user of another server, and returns the lines that it
// answers. Only those can be run that name a server.
func (s *Server) AnswerFor(ctx context.Context, by *state.User, words []string) ([]string, error) {
	c := s.Commands[words[0]]
	if c == nil || c.Server == 0 {
		return nil, errors.New("this command is not for other servers")
	}
	var out sink
	conn := &Conn{Server: s, User: by, ctx: ctx, Session: session.New(&out, session.Options{MaxQueue: link.MaxRequest / 2})}
	conn.Session.Server(s.Name())
	if in, err := s.Languages.Catalogue(s.Config().Server.Language); err == nil {
		conn.Session.SetLanguage(in)
	}
	conn.user.Store(by)
	r := &conn.request
	*r = Request{Conn: conn, Message: wire.Message{Command: words[0], Params: words[1:]}, Command: c}
	if err := r.guard(c.Name, func() error { return r.dispatch(c, 0) }); err != nil {
		r.Error(err)
	}
	conn.Session.Close(nil)
	<-conn.Session.Done()
	return out.lines(), nil
}

// A sink is the transport of a session that has no client.
type sink struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements session.Transport.
func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text.Len() > link.MaxRequest/2 {
		return 0, net.ErrClosed
	}
	return s.text.Write(b)
}

// Close implements session.Transport.
func (*sink) Close() error { return nil }

// SetWriteDeadline implements session.Transport.
func (*sink) SetWriteDeadline(time.Time) error { return nil }

func (s *sink) lines() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.SplitSeq(s.text.String(), "\r\n") {
		if line != "" {
			all = append(all, line)
		}
	}
	return all
}
