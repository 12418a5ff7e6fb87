package push

import (
	"slices"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/wire"
)

// Bounds of what waits. Of a conversation only the newest message is sent; the others
// are kept for when that one is deleted before.
const (
	maxNotices = 8    // of a conversation
	maxTalks   = 32   // of a device
	maxWaiting = 8192 // conversations of all devices
	maxShown   = 64   // conversations of which an account is remembered to have been told
)

// A queue is what waits to be sent, by device.
type queue struct {
	mu      sync.Mutex
	of      map[string]map[string]*device // by account and endpoint
	shown   map[string]map[string]*shown  // by account and conversation
	waiting int                           // conversations
	closed  bool
}

// A device is one that something waits for, or with which there is trouble.
type device struct {
	account  string
	sub      Subscription
	talks    map[string]*talk
	busy     bool        // somebody sends to it
	timer    *time.Timer // begins to send
	notUntil time.Time
	tries    int       // that failed since the last success
	failing  time.Time // since when
}

// A talk is a conversation of which a device is to be told something.
type talk struct {
	due     time.Time
	notices []Notice      // the last is sent
	control *wire.Message // sent instead: what was told is read, or deleted
}

// shown is what an account has been told of a conversation.
type shown struct {
	until time.Time
	ids   []string
}

func (q *queue) init() {
	q.of, q.shown = map[string]map[string]*device{}, map[string]map[string]*shown{}
}

// close drops everything.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for _, devices := range q.of {
		for _, d := range devices {
			d.stop()
		}
	}
	q.of, q.shown, q.waiting = nil, nil, 0
}

func (d *device) stop() {
	if d.timer != nil {
		d.timer.Stop()
	}
}

// keep drops what waits for devices that an account has no longer.
func (q *queue) keep(account string, devices []Subscription) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for endpoint, d := range q.of[account] {
		i := slices.IndexFunc(devices, func(s Subscription) bool { return s.Endpoint == endpoint })
		if i < 0 {
			q.forget(d)
		} else {
			d.sub = devices[i]
		}
	}
	if len(devices) == 0 {
		delete(q.shown, account)
	}
}

func (q *queue) forget(d *device) {
	d.stop()
	q.waiting -= len(d.talks)
	d.talks = nil
	delete(q.of[d.account], d.sub.Endpoint)
	if len(q.of[d.account]) == 0 {
		delete(q.of, d.account)
	}
}

// device returns the entry of a device, which it makes if there is none.
func (q *queue) device(account string, sub Subscription) *device {
	devices := q.of[account]
	if devices == nil {
		devices = map[string]*device{}
		q.of[account] = devices
	}
	d := devices[sub.Endpoint]
	if d == nil {
		d = &device{account: account, sub: sub, talks: map[string]*talk{}}
		devices[sub.Endpoint] = d
	}
	return d
}

// talk returns a conversation of a device. If there is none it is made, to be sent at
// due, unless too much waits: then t is nil.
func (q *queue) talk(account string, sub Subscription, name string, due time.Time) (d *device, t *talk) {
	if d = q.of[account][sub.Endpoint]; d != nil {
		if t = d.talks[name]; t != nil {
			return d, t
		}
	}
	if q.waiting >= maxWaiting || d != nil && len(d.talks) >= maxTalks {
		return d, nil
	}
	d, t = q.device(account, sub), &talk{due: due}
	d.talks[name] = t
	q.waiting++
	return d, t
}

func (q *queue) drop(d *device, name string) {
	if d.talks[name] != nil {
		delete(d.talks, name)
		q.waiting--
	}
}

// next returns the conversation of a device that is due first.
func (d *device) next() (name string, t *talk) {
	for n, x := range d.talks {
		if t == nil || x.due.Before(t.due) || x.due.Equal(t.due) && n < name {
			name, t = n, x
		}
	}
	return name, t
}

// wait is how long until something is to be sent to a device.
func (d *device) wait(now time.Time) (time.Duration, bool) {
	_, t := d.next()
	if t == nil {
		return 0, false
	}
	due := t.due
	if d.notUntil.After(due) {
		due = d.notUntil
	}
	return max(due.Sub(now), 0), true
}
