package session

import (
	"bytes"
	"strconv"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/wire"
)

// A label is a request that is being answered under its label. Whether the
// answer needs a batch is known when there is a second reply or none is to
// come; until then the first one waits, and what others sent after it. Nothing
// else does: a long answer is written while it is made.
//
// A nil label is that of a request without one.
type label struct {
	value string
	ref   string   // the batch, once there is one
	first []byte   // the reply that waits
	held  [][]byte // what others sent since
	bytes int      // in first and held
}

// holds reports whether messages of others must wait.
func (l *label) holds() bool { return l != nil && l.first != nil }

func (l *label) hold(b []byte) {
	l.held = append(l.held, b)
	l.bytes += len(b)
}

func (l *label) size() int {
	if l == nil {
		return 0
	}
	return l.bytes
}

// Begin begins the response to a request with the label, or with none if it is
// empty. If the client has the capabilities for it, the response is labelled:
// one message carries the label itself, several are in a batch that carries it,
// and in place of none there is an ACK. End must follow, whatever happens. A
// label longer than wire.MaxLabel bytes is ignored.
// https://ircv3.net/specs/extensions/labeled-response
func (s *Session) Begin(value string) {
	if value == "" || len(value) > wire.MaxLabel {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !s.Caps().HasAll(caps.Of(caps.LabeledResponse, caps.Batch)) {
		return
	}
	s.endLabel()
	s.label = &label{value: value}
	s.begun = true
}

// End ends the response that Begin began. Without a label it does nothing.
func (s *Session) End() {
	if !s.begun {
		return
	}
	s.begun = false
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endLabel()
}

// Postpone ends the response that Begin began without an answer, and returns its
// label, or "" if there is none. The request is answered later, by a response that
// is begun with that label. There must not have been a reply.
func (s *Session) Postpone() (label string) {
	if !s.begun {
		return ""
	}
	s.begun = false
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.label == nil || s.label.first != nil || s.label.ref != "" {
		return ""
	}
	label, s.label = s.label.value, nil
	return label
}

// respond makes lines a part of the labelled response.
func (s *Session) respond(b []byte) {
	l := s.label
	if l.first == nil && l.ref == "" {
		l.first = b
		l.bytes += len(b)
		return
	}
	if l.ref == "" {
		s.openBatch()
	}
	s.pushInBatch(b)
}

// openBatch makes the labelled response a batch, and queues what has waited.
func (s *Session) openBatch() {
	l := s.label
	l.ref = s.newRef()
	s.appendLabelled("BATCH", "+"+l.ref, "labeled-response")
	s.pushInBatch(l.first)
	s.pushHeld()
}

func (s *Session) pushHeld() {
	l := s.label
	for _, b := range l.held {
		s.push(b)
	}
	l.first, l.held, l.bytes = nil, nil, 0
}

// pushInBatch queues lines in the batch of the label. What is in an inner batch
// already stays there.
func (s *Session) pushInBatch(b []byte) {
	for line := range bytes.Lines(b) {
		if wire.InBatch(line) {
			s.push(line)
		} else {
			s.appendTagged(line, wire.Tag{Key: "batch", Value: s.label.ref})
		}
	}
}

// endLabel ends the labelled response, if there is one.
func (s *Session) endLabel() {
	l := s.label
	if l == nil || s.closed {
		return
	}
	switch {
	case l.ref != "":
		s.appendMessage(&wire.Message{Source: s.server, Command: "BATCH", Params: []string{"-" + l.ref}}, s.Caps(), nil)
	case l.first == nil:
		s.appendLabelled("ACK")
	case bytes.Count(l.first, []byte("\n")) == 1 || wire.IsBatch(l.first):
		line, rest, _ := bytes.Cut(l.first, []byte("\n"))
		s.appendTagged(l.first[:len(line)+1], wire.Tag{Key: "label", Value: l.value})
		if len(rest) > 0 {
			s.push(rest)
		}
	default:
		s.openBatch()
		s.endLabel()
		return
	}
	s.pushHeld()
	s.label = nil
	s.queued()
}

// appendLabelled queues a line of the server's own that carries the label.
func (s *Session) appendLabelled(command string, params ...string) {
	s.appendMessage(&wire.Message{
		Tags:    wire.Tags{{Key: "label", Value: s.label.value}},
		Source:  s.server,
		Command: command,
		Params:  params,
	}, caps.Of(caps.LabeledResponse), nil) // even if the request has disabled it
}

// newRef returns a reference tag that the session has not used. References of
// batches in shared frames must not begin with "r".
func (s *Session) newRef() string {
	s.refs++
	return "r" + strconv.FormatUint(uint64(s.refs), 36)
}
