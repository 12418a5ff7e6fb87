package session

import (
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/wire"
)

// StartBatch starts a batch of replies of that type, and returns its reference.
// Under a label it is inside the batch of the label. If the client has no
// batches, the reference is "" and nothing is queued; replies in the batch are
// then plain replies. EndBatch must follow.
// https://ircv3.net/specs/extensions/batch
func (s *Session) StartBatch(kind string, params ...string) (ref string) {
	return s.StartTaggedBatch(nil, kind, params...)
}

// StartTaggedBatch is StartBatch for a batch that has tags.
func (s *Session) StartTaggedBatch(tags wire.Tags, kind string, params ...string) (ref string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !s.Caps().Has(caps.Batch) {
		return ""
	}
	ref = s.newRef()
	s.replyMessage(&wire.Message{Tags: tags, Source: s.server, Command: "BATCH", Params: append([]string{"+" + ref, kind}, params...)}, s.Caps())
	return ref
}

// ReplyInBatch queues a reply as a part of the batch.
func (s *Session) ReplyInBatch(ref string, m *wire.Message) {
	if ref == "" {
		s.ReplyMessage(m)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	var room [8]wire.Tag // enough, but for those with many tags of their own
	inside := *m
	inside.Tags = append(append(room[:0], m.Tags...), wire.Tag{Key: "batch", Value: ref})
	s.replyMessage(&inside, s.Caps().With(caps.Batch))
}

// EndBatch ends the batch.
func (s *Session) EndBatch(ref string) {
	if ref == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.replyMessage(&wire.Message{Source: s.server, Command: "BATCH", Params: []string{"-" + ref}}, s.Caps())
	}
}
