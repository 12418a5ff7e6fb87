package listener

import (
	"context"
	"errors"
	"net"
	"runtime/debug"
	"time"
)

// background is the context of what is bounded by deadlines of the connection:
// a cancellable context would cost each connection a goroutine or a timer.
var background = context.Background()

const (
	firstPause = 5 * time.Millisecond
	lastPause  = time.Second
	logEvery   = time.Minute
)

// Serve accepts connections until Close. Each is handshaken in a goroutine of
// its own, which calls handle and closes the connection when handle returns.
func (l *Listener) Serve(handle func(*Conn)) {
	var pause time.Duration
	var logged time.Time
	failures := 0
	for {
		nc, err := l.ln.Accept()
		if err == nil {
			pause = 0
			l.accepted.Add(1)
			go l.welcome(nc, handle)
			l.o.Way.Give() // who is here comes before who is about to be
			continue
		}
		if l.closed() || errors.Is(err, net.ErrClosed) {
			return
		}
		failures++
		if now := time.Now(); now.Sub(logged) >= logEvery {
			l.o.Log.Error("cannot accept connections", "listener", l.o.Address, "failures", failures, "err", err)
			logged, failures = now, 0
		}
		// The usual reason is that descriptors are used up, which only time can
		// change: without a pause this loop would take a core to itself.
		pause = min(max(2*pause, firstPause), lastPause)
		timer := time.NewTimer(pause)
		select {
		case <-l.closing:
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

func (l *Listener) closed() bool {
	select {
	case <-l.closing:
		return true
	default:
		return false
	}
}

// welcome takes a connection from accept to the end of handle.
func (l *Listener) welcome(nc net.Conn, handle func(*Conn)) {
	c, ok := l.greet(nc)
	if !ok {
		return
	}
	// TLS and HTTP have grown this goroutine's stack, which would stay grown for
	// as long as the client is there.
	if l.o.TLS != nil || l.o.WebSocket {
		go converse(c, handle)
		return
	}
	converse(c, handle)
}

// greet performs the handshake, or closes the connection. A panic in it, which
// only a client's bytes can have caused, ends that connection.
func (l *Listener) greet(nc net.Conn) (c *Conn, ok bool) {
	h := &handshake{l: l}
	defer func() {
		if r := recover(); r != nil {
			l.o.Log.Error("panic in a handshake", "listener", l.o.Address, "panic", r, "stack", string(debug.Stack()))
		}
		if !ok {
			l.failed.Add(1)
			nc.Close()
			h.leave()
		}
	}()
	if err := h.run(nc); err != nil {
		l.o.Log.Debug("handshake failed", "listener", l.o.Address, "peer", nc.RemoteAddr().String(), "err", err)
		if h.told {
			l.linger(h.c)
		}
		return nil, false
	}
	return h.c, true
}

// linger lets a peer read why it was refused. In a flood of refusals only some
// get that: each costs a descriptor meanwhile.
func (l *Listener) linger(c *Conn) {
	const most, wait = 64, 250 * time.Millisecond
	if l.lingering.Add(1) <= most {
		c.Finish(wait)
	}
	l.lingering.Add(-1)
}

// converse runs handle, and closes the connection unless handle has parked it. If it
// has, the connection belongs to another goroutine by now.
func converse(c *Conn, handle func(*Conn)) {
	parks := c.rest.parks.Load()
	growStack()
	handle(c)
	if c.rest.parks.Load() == parks {
		c.Close()
		c.release()
	}
}

// growStack makes room on the stack for all that registration takes. Growing it in
// one step, while there is little on it, is cheap; in the depths of a command it has
// to be copied again and again. The garbage collector shrinks it when it is idle.
//
//go:noinline
func growStack() {
	var frame [9 << 10]byte
	keep(&frame)
}

//go:noinline
func keep(*[9 << 10]byte) {}
