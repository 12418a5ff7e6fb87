// Package script asks a program whether a name and a password are right. The program
// reads questions and writes answers, JSON on a line each; it runs for as long as it
// likes, and is started again when it has ended. Or it listens on a unix socket.
//
// A question is {"accountName": "alice", "passphrase": "…", "ip": "192.0.2.1"}. An answer
// is {"success": true, "accountName": "Alice", "id": "4711", "email": "…"}, of which only
// the first is needed, {"success": false}, or {"success": false, "error": "why"} if it
// cannot be known.
package script

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/casemap"
)

// Name is what accounts are tied to.
const Name = "script"

// Options are how a program is asked. There is either a Command or a Socket.
type Options struct {
	Command []string // the program and its arguments
	Socket  string   // the path of a socket
	Workers int      // how many run, or how many connections there are
	Timeout time.Duration
	Rule    accounts.Rule
	Log     *slog.Logger
}

// A Program is an accounts.Authority. It may be used by several goroutines.
type Program struct {
	o    Options
	idle chan *worker // as many as there may be
	done chan struct{}
	busy sync.WaitGroup
}

// New returns a program, of which nothing runs before it is asked.
func New(o Options) *Program {
	p := &Program{o: o, idle: make(chan *worker, o.Workers), done: make(chan struct{})}
	for range o.Workers {
		p.idle <- &worker{open: o.open}
	}
	return p
}

func (o *Options) open() (line, error) {
	if o.Socket != "" {
		return dial(o.Socket, o.Timeout)
	}
	return start(o.Command, o.Log)
}

// Close ends the program, and waits until it has answered what it was asked.
func (p *Program) Close() {
	close(p.done)
	p.busy.Wait()
	for range p.o.Workers {
		(<-p.idle).close()
	}
}

type question struct {
	Name     string `json:"accountName"`
	Password string `json:"passphrase"`
	Address  string `json:"ip,omitempty"`
}

type answer struct {
	Success bool   `json:"success"`
	Name    string `json:"accountName"`
	ID      string `json:"id"`
	Email   string `json:"email"`
	Error   string `json:"error"`
}

var errClosed = errors.New("the program is being changed")

// Check implements accounts.Authority.
func (p *Program) Check(ctx context.Context, name, pw string, addr netip.Addr) (id accounts.Identity, rule accounts.Rule, err error) {
	q := question{Name: name, Password: pw}
	if addr.IsValid() {
		q.Address = addr.Unmap().String()
	}
	a, err := p.ask(ctx, q)
	switch {
	case err != nil:
		return id, rule, fmt.Errorf("%w: %w", accounts.ErrAuthority, err)
	case !a.Success:
		return id, rule, accounts.ErrCredentials
	}
	id = accounts.Identity{Authority: Name, Subject: a.ID, Name: a.Name, Email: a.Email, Confirmed: a.Email != ""}
	if id.Name == "" {
		id.Name = name
	}
	if id.Subject == "" {
		id.Subject = string(casemap.ASCII.Fold(id.Name))
	}
	return id, p.o.Rule, nil
}

// ask waits for a worker, and for its answer. Who does not wait for the answer does not
// end the worker: clients come and go faster than programs.
func (p *Program) ask(ctx context.Context, q question) (a answer, err error) {
	text, err := json.Marshal(q)
	if err != nil {
		return a, err
	}
	ctx, cancel := context.WithTimeout(ctx, p.o.Timeout)
	defer cancel()
	var w *worker
	select {
	case <-p.done:
		return a, errClosed
	case <-ctx.Done():
		return a, ctx.Err()
	case w = <-p.idle:
	}
	answered := make(chan answer, 1)
	p.busy.Go(func() {
		a, err := w.answer(text, p.o.Timeout)
		p.idle <- w
		if err != nil {
			a.Error = err.Error()
		}
		if a.Error != "" {
			p.o.Log.Warn("the program that knows accounts does not know", "error", a.Error)
		}
		answered <- a
	})
	select {
	case a = <-answered:
	case <-ctx.Done():
		return a, ctx.Err()
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}

func (w *worker) answer(question []byte, timeout time.Duration) (a answer, err error) {
	text, err := w.ask(question, timeout)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(text, &a); err != nil {
		w.close()
		return answer{}, errors.New("the answer is not JSON")
	}
	return a, nil
}
