package push

import (
	"maps"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/wire"
)

// This file is what happens to what waits. Its methods do not wait, and may be called
// under locks, also of a Service that is nil.

// Notify tells the devices of an account of a message, after a while.
func (s *Service) Notify(n Notice) {
	if s.Idle() {
		return
	}
	devices := s.devices(n.Account)
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	if s.queue.closed {
		return
	}
	now := s.now()
	for _, sub := range devices {
		d, t := s.queue.talk(n.Account, sub, n.Talk, now.Add(s.options().Delay))
		if t == nil {
			continue
		}
		t.control = nil
		if t.notices = append(t.notices, n); len(t.notices) > maxNotices {
			t.notices = slices.Delete(t.notices, 0, 1)
		}
		s.wake(d)
	}
}

// Read drops what waits of a conversation up to until, which somebody has read. Devices
// that have been told of something in it are told that it is read: line says so.
func (s *Service) Read(account, conversation string, until time.Time, line wire.Message) {
	if s.Idle() {
		return
	}
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	for _, d := range s.queue.of[account] {
		if t := d.talks[conversation]; t != nil {
			s.without(d, conversation, func(n Notice) bool { return !n.Time.After(until) })
		}
	}
	if told := s.queue.shown[account][conversation]; told != nil && !told.until.After(until) {
		delete(s.queue.shown[account], conversation)
		s.control(account, conversation, line)
	}
}

// Retract drops a message that has been deleted. Devices that have been told of it are
// told so by line.
func (s *Service) Retract(msgid string, line wire.Message) {
	if s.Idle() {
		return
	}
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	s.queue.each(func(d *device, name string) { s.without(d, name, func(n Notice) bool { return n.MsgID == msgid }) })
	for account, talks := range s.queue.shown {
		for name, told := range talks {
			if slices.Contains(told.ids, msgid) {
				s.control(account, name, line)
			}
		}
	}
}

// Reword gives a message that waits another text.
func (s *Service) Reword(msgid, text string) {
	if s.Idle() {
		return
	}
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	s.queue.each(func(d *device, name string) {
		notices := d.talks[name].notices
		for i := range notices {
			if p := notices[i].Line.Params; notices[i].MsgID == msgid && len(p) > 1 {
				notices[i].Line.Params = append(slices.Clone(p[:len(p)-1]), text)
			}
		}
	})
}

// Forget drops what an account has said.
func (s *Service) Forget(author string) {
	if s.Idle() {
		return
	}
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	s.queue.each(func(d *device, name string) { s.without(d, name, func(n Notice) bool { return n.Author == author }) })
}

// each calls f for everything that waits; f may drop it.
func (q *queue) each(f func(d *device, talk string)) {
	for _, devices := range q.of {
		for _, d := range devices {
			for _, name := range slices.Collect(maps.Keys(d.talks)) {
				f(d, name)
			}
		}
	}
}

// without drops notices of a conversation.
func (s *Service) without(d *device, name string, drop func(Notice) bool) {
	t := d.talks[name]
	if t.notices = slices.DeleteFunc(t.notices, drop); len(t.notices) == 0 && t.control == nil {
		s.queue.drop(d, name)
	}
}

// control tells the devices of an account what has become of what they were told.
// Nothing that waits is sent before it.
func (s *Service) control(account, conversation string, line wire.Message) {
	for _, sub := range s.devices(account) {
		if !reads(line.Command, sub.caps()) {
			continue
		}
		if d, t := s.queue.talk(account, sub, conversation, s.now()); t != nil && len(t.notices) == 0 {
			t.control = &line
			s.wake(d)
		}
	}
}

// told remembers what an account has been told, so that it can be taken back.
func (q *queue) told(n Notice) {
	talks := q.shown[n.Account]
	if talks == nil {
		talks = map[string]*shown{}
		q.shown[n.Account] = talks
	}
	t := talks[n.Talk]
	if t == nil {
		if len(talks) >= maxShown {
			oldest := slices.MinFunc(slices.Collect(maps.Keys(talks)), func(a, b string) int { return talks[a].until.Compare(talks[b].until) })
			delete(talks, oldest)
		}
		t = &shown{}
		talks[n.Talk] = t
	}
	if t.ids = append(t.ids, n.MsgID); len(t.ids) > maxNotices {
		t.ids = slices.Delete(t.ids, 0, 1)
	}
	t.until = n.Time
}
