package cluster

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/link"
)

// A lane is an ordered stream in each direction between this server and one other,
// and requests. It has sessions: in one, nothing is lost, doubled or out of order.
// Whatever breaks that ends it, on both sides, and the next one begins.
//
// Two lanes of a pair do not wait for each other: one for the users of package
// cluster, and one for the link.
type lane struct {
	node   *Node
	peer   *peer
	number byte
	user   user

	mu     sync.Mutex
	change sync.Cond // of anything below that a goroutine waits for

	mine, theirs uint64 // sessions; theirs is 0 if it is not known
	up           bool
	ended        bool      // for good: the goroutines stop
	begun        time.Time // when the session began
	heard        time.Time // when a frame of it has come last
	pause        time.Time // until when no session begins
	failures     int       // since one lasted

	control []frame // to be sent before all else
	queue   []item  // to be sent
	queued  int64   // bytes of it
	sent    uint64  // number of the last frame that is counted
	waiting int64   // bytes that were sent, and the other has not said that it has taken

	arrived  uint64 // number of the last frame that has come and is counted
	unread   int64  // bytes of inbox
	taken    int64  // bytes that were taken, and the other has not been told of
	inbox    []news
	requests map[uint64]chan answer
	answers  int // that are being made

	pulse pulse
	total traffic
}

// A traffic counts bytes.
type traffic struct{ sent, received int64 }

// A user is what a lane serves.
type user struct {
	up      func()
	receive func(data []byte) error
	down    func(reason string, goodbye bool)
	answer  func(ctx context.Context, query []byte) ([]byte, error)
}

type item struct {
	kind byte
	data []byte
}

// A news is what the user is told of, one after the other.
type news struct {
	session uint64
	up      bool
	down    *closing
	data    []byte // pieces
	size    int64
}

type closing struct {
	reason  string
	goodbye bool
}

type answer struct {
	data []byte
	err  error
}

const (
	// maxWindow bounds what is on its way and not yet taken, in bytes.
	maxWindow = 4 << 20
	// maxQueue bounds what waits to be sent, in bytes.
	maxQueue = 64 << 20
	// maxFrame is about how long a frame of several pieces is.
	maxFrame = 60 << 10
	// silence is how long nothing may come.
	silence = 3 * time.Second
	// tick is how often a lane looks after itself.
	tick = time.Second
	// maxAnswers bounds the requests of one server that are answered at once.
	maxAnswers = 64
)

func newLane(n *Node, p *peer, number byte, u user) *lane {
	l := &lane{node: n, peer: p, number: number, user: u, mine: session(), requests: map[uint64]chan answer{}}
	l.change.L = &l.mu
	n.loops.Go(l.write)
	n.loops.Go(l.read)
	return l
}

// session returns a number that no session had before.
func session() uint64 { return rand.Uint64() | 1 }

// read tells the user what has come.
func (l *lane) read() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		for !l.ended && len(l.inbox) == 0 {
			l.change.Wait()
		}
		if len(l.inbox) == 0 {
			return
		}
		e := l.inbox[0]
		l.inbox[0] = news{}
		if l.inbox = l.inbox[1:]; len(l.inbox) == 0 {
			l.inbox = nil
		}
		l.mu.Unlock()
		err := l.tell(e)
		l.mu.Lock()
		if e.session == l.mine && e.data != nil {
			l.take(e, err)
		}
	}
}

// tell tells the user one news.
func (l *lane) tell(e news) error {
	switch {
	case e.up:
		l.user.up()
	case e.down != nil:
		l.user.down(e.down.reason, e.down.goodbye)
	}
	for rest := e.data; len(rest) > 0; {
		piece, after, err := nextPiece(rest)
		if err == nil {
			err = l.user.receive(piece)
		}
		if err != nil {
			return err
		}
		rest = after
	}
	return nil
}

// take notes that a frame was taken, and tells the other server now and then.
func (l *lane) take(e news, err error) {
	if err != nil {
		l.fail(err)
		return
	}
	l.unread -= e.size
	l.took(e.size)
}

// took counts bytes that the other server may send anew.
func (l *lane) took(size int64) {
	if l.taken += size; l.taken > maxWindow/8 {
		l.say(kindPing, nil)
	}
}

// fail ends a session because of what the other server has sent.
func (l *lane) fail(err error) { l.end(closing{reason: err.Error()}, true) }

// end ends the session, if there is one, and the next may begin. The other server is
// told unless it has said so itself.
func (l *lane) end(c closing, tell bool) {
	if tell && l.theirs != 0 {
		payload := []byte{0}
		if c.goodbye {
			payload[0] = 1
		}
		l.control = nil
		l.say(kindClose, append(payload, c.reason...))
	}
	wasUp := l.up
	l.mine, l.theirs, l.up = session(), 0, false
	l.queue, l.queued, l.sent, l.waiting = nil, 0, 0, 0
	l.arrived, l.unread, l.taken, l.inbox = 0, 0, 0, dropData(l.inbox)
	l.pulse, l.total = pulse{}, traffic{}
	for _, c := range l.requests {
		c <- answer{err: link.ErrUnreachable}
	}
	clear(l.requests)
	if wasUp {
		l.inbox = append(l.inbox, news{down: &c})
		l.delay()
	}
	l.change.Broadcast()
}

// dropData removes data from what the user is still to be told.
func dropData(inbox []news) []news {
	var kept []news
	for _, e := range inbox {
		if e.data == nil {
			kept = append(kept, e)
		}
	}
	return kept
}

// delay keeps sessions that fail again and again from being all there is.
func (l *lane) delay() {
	if l.failures++; l.failures > 2 {
		l.pause = time.Now().Add(min(time.Minute, 5*time.Second<<(l.failures-3)))
	}
}

// stop ends the lane for good.
func (l *lane) stop(c closing, tell bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	l.end(c, tell)
	l.ended = true
	l.change.Broadcast()
}
