package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// streams are the streams of events that are open.
type streams struct {
	mu     sync.Mutex
	open   int
	ctx    context.Context // ended by close
	cancel func()
}

// mostStreams is how many streams there are at most.
const mostStreams = 64

// enter counts a stream, unless there are too many.
func (s *streams) enter() (ctx context.Context, leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil {
		s.ctx, s.cancel = context.WithCancel(context.Background())
	}
	if s.open >= mostStreams {
		return nil, nil, false
	}
	s.open++
	return s.ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open--
	}, true
}

// close ends the streams that are open.
func (s *streams) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx != nil {
		s.cancel()
		s.ctx = nil
	}
}

// A StreamQuery says which events.
type StreamQuery struct {
	Types string `query:"types" default:"*" doc:"Types of events with commas between them; account.* is all of an account, * is all."`
	After string `query:"after" doc:"Go on behind the event of this ID, if the server still has it. Last-Event-ID, which browsers send, does the same."`
}

// beat is how often a stream says that it is still there.
const beat = 15 * time.Second

// eventStream sends events as they happen.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func eventStream(c *Call, q StreamQuery) error {
	types := strings.Split(q.Types, ",")
	if unknown := UnknownEvent(types); unknown != "" {
		return Invalid.Because("There are no events %q.", unknown).In("types")
	}
	closing, leave, ok := c.events.enter()
	if !ok {
		return Unavailable.Because("There are %d streams of events, which is the limit.", mostStreams)
	}
	defer leave()
	after := q.After
	if after == "" {
		after = c.r.Header.Get("Last-Event-ID")
	}
	l := c.Bus.Listen(types, after)
	defer l.Stop()
	w := c.Begin("text/event-stream")
	out := http.NewResponseController(w)
	fmt.Fprint(w, ": events follow\n\n")
	t := time.NewTicker(beat)
	defer t.Stop()
	for {
		_ = out.SetWriteDeadline(time.Now().Add(beat)) // of a connection that has none, nobody waits for
		if err := out.Flush(); err != nil {
			return err
		}
		select {
		case <-l.Ready():
			if err := sendAll(w, l); err != nil {
				return err
			}
		case <-t.C:
			if !c.stillGood() {
				return nil
			}
			fmt.Fprint(w, ": still here\n\n")
		case <-closing.Done():
			return nil
		case <-c.r.Context().Done():
			return nil
		}
	}
}

// stillGood reports whether the token is one that a new request could use.
func (c *Call) stillGood() bool {
	t := find(c.Core.Config().API.Tokens, strings.TrimSpace(c.r.Header.Get("Authorization")[len("Bearer "):]))
	ends := c.Token.Ends()
	return t != nil && slices.Equal(t.Scopes, c.Token.Scopes) && (ends.IsZero() || time.Now().Before(ends))
}

func sendAll(w http.ResponseWriter, l *Listener) error {
	events, lost := l.Take()
	for _, e := range events {
		b, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "id: %s\nevent: %s\ndata: %s\n\n", e.ID, e.Type, b); err != nil {
			return err
		}
	}
	if lost > 0 {
		fmt.Fprintf(w, "event: lost\ndata: {\"count\":%d}\n\n", lost)
	}
	return nil
}
