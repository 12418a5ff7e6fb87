package push

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"github.com/parley-irc/parley/ircd/wire"
)

// When what could not be sent is tried again, and when it is given up.
const (
	gap       = time.Second      // between two requests to a device
	firstTry  = 10 * time.Second // until the second try; each further one waits twice as long
	longest   = 15 * time.Minute // the longest wait
	tooOld    = time.Hour        // older notices are not sent any more
	hopeless  = 3 * 24 * time.Hour
	leastLost = 10 // failures, before a device is hopeless
)

// ttl is how long a push service keeps what a device does not fetch, in seconds.
// https://www.rfc-editor.org/rfc/rfc8030#section-5.2
const ttl = 24 * 60 * 60

// wake sees to it that what waits for a device is sent when it is due. The queue is
// locked.
func (s *Service) wake(d *device) {
	wait, ok := d.wait(s.now())
	if d.busy || !ok || s.queue.closed {
		return
	}
	d.stop()
	d.timer = time.AfterFunc(wait, func() { s.begin(d) })
}

// begin sends what is due for a device.
func (s *Service) begin(d *device) {
	s.queue.mu.Lock()
	if d.busy || s.queue.closed {
		s.queue.mu.Unlock()
		return
	}
	d.busy = true
	s.busy.Add(1)
	s.queue.mu.Unlock()
	defer s.busy.Done()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-s.ctx.Done():
		return
	}
	s.deliver(d)
}

// deliver sends one notification. What else is due is sent later, so that all devices
// have their turn.
func (s *Service) deliver(d *device) {
	s.queue.mu.Lock()
	name, t := d.next()
	now := s.now()
	if t == nil || t.due.After(now) || d.notUntil.After(now) {
		s.rest(d)
		s.queue.mu.Unlock()
		return
	}
	o := t.outgoing()
	if o.notice != nil {
		s.queue.told(*o.notice) // so that it is taken back if it is read meanwhile
	}
	sub := d.sub
	s.queue.mu.Unlock()

	r := s.post(sub, o, topic(d.account, name))

	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	s.settle(d, name, o, r)
	s.rest(d)
}

// An outgoing is what is sent of a conversation: its newest notice, or what has become
// of those that were sent before.
type outgoing struct {
	notice  *Notice
	control *wire.Message
}

func (t *talk) outgoing() outgoing {
	if n := len(t.notices); n > 0 {
		return outgoing{notice: new(t.notices[n-1])}
	}
	return outgoing{control: t.control}
}

// rest ends the turn of a device, which is forgotten when there is nothing to remember.
// The queue is locked.
func (s *Service) rest(d *device) {
	d.busy = false
	switch wait := d.notUntil.Sub(s.now()); {
	case len(d.talks) > 0:
		s.wake(d)
	case d.tries > 0, s.queue.closed, s.queue.of[d.account][d.sub.Endpoint] != d:
	case wait > 0:
		d.stop()
		d.timer = time.AfterFunc(wait, func() { s.begin(d) })
	default:
		s.queue.forget(d)
	}
}

// A result is what has come of a request.
type result struct {
	status int // of the answer, 0 if there was none
	after  time.Duration
	err    error
}

// post sends a request. Of the answer nothing but the status is of any consequence.
func (s *Service) post(sub Subscription, o outgoing, topic string) result {
	line, urgency := o.control, webpush.UrgencyNormal
	if o.notice != nil {
		line, urgency = &o.notice.Line, webpush.UrgencyHigh
	}
	resp, err := webpush.SendNotificationWithContext(s.ctx, payload(line, sub.caps()), &webpush.Subscription{
		Endpoint: sub.Endpoint, Keys: webpush.Keys{Auth: sub.Auth, P256dh: sub.P256dh},
	}, &webpush.Options{
		HTTPClient: s.client, Subscriber: s.options().Contact, Topic: topic, TTL: ttl, Urgency: urgency,
		VAPIDPublicKey: s.key.Public, VAPIDPrivateKey: s.key.Private,
	})
	if err != nil {
		return result{err: err}
	}
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer)
	resp.Body.Close()
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return result{status: resp.StatusCode, after: time.Duration(max(seconds, 0)) * time.Second}
}

// settle makes what waits follow the result of a request. The queue is locked.
func (s *Service) settle(d *device, name string, o outgoing, r result) {
	now := s.now()
	if s.queue.of[d.account][d.sub.Endpoint] != d {
		return // unsubscribed meanwhile
	}
	switch {
	case r.status >= 200 && r.status < 300:
		s.sent.Add(1)
		d.tries, d.failing, d.notUntil = 0, time.Time{}, now.Add(gap)
		s.done(d, name, o)
	case r.status == http.StatusNotFound, r.status == http.StatusGone:
		s.lose(d, "the push service does not know it any more")
	case r.err == nil && r.status != http.StatusTooManyRequests && r.status < 500, errors.Is(r.err, ErrAddress):
		// Trying again would be of no use for this one.
		s.failed(d, now, r)
		d.notUntil = now.Add(gap)
		s.done(d, name, o)
	default:
		s.failed(d, now, r)
		d.notUntil = now.Add(max(backoff(d.tries), min(r.after, time.Hour)))
		s.discard(d, now)
	}
	if d.tries >= leastLost && now.Sub(d.failing) > hopeless {
		s.lose(d, "it could not be reached for days")
	}
}

// done drops what has been sent: the newest notice of a conversation, with those before
// it. What has come meanwhile waits for its own time.
func (s *Service) done(d *device, name string, o outgoing) {
	t := d.talks[name]
	if t == nil {
		return // read meanwhile, or deleted
	}
	if t.control == o.control {
		t.control = nil
	}
	if t.due = s.now(); t.control == nil {
		t.due = t.due.Add(s.options().Delay)
	}
	s.without(d, name, func(n Notice) bool { return o.notice != nil && !n.Time.After(o.notice.Time) })
}

func (s *Service) failed(d *device, now time.Time, r result) {
	s.failures.Add(1)
	if d.tries++; d.failing.IsZero() {
		d.failing = now
	}
	s.log.Debug("a notification was not sent", "host", host(d.sub.Endpoint), "status", r.status, "tries", d.tries)
}

// discard drops what is too old to be of interest.
func (s *Service) discard(d *device, now time.Time) {
	for name, t := range d.talks {
		if t.due.Before(now.Add(-tooOld)) {
			s.queue.drop(d, name)
		}
	}
}

// lose removes a device that is not there any more.
func (s *Service) lose(d *device, why string) {
	s.queue.forget(d)
	s.log.Info("a device is not notified any more", "account", d.account, "host", host(d.sub.Endpoint), "reason", why)
	s.busy.Go(func() {
		if err := s.Unsubscribe(s.ctx, d.account, d.sub.Endpoint); err != nil && s.ctx.Err() == nil {
			s.log.Error("a device could not be removed", "account", d.account, "error", err)
		}
	})
}

func backoff(tries int) time.Duration { return min(firstTry<<min(tries-1, 10), longest) }

// topic is what a push service knows a conversation by: a notification that a device has
// not fetched yet is replaced by the next one of the conversation, or by the word that
// it has been read. It says nothing to others.
// https://www.rfc-editor.org/rfc/rfc8030#section-5.4
func topic(account, talk string) string {
	sum := sha256.Sum256([]byte(account + " " + talk))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}
