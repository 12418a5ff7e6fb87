//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"syscall"
	"unsafe"
)

// A peer is a client of the floor. What waits for it is, while it is one piece,
// shared with all others that wait for the same.
type peer struct {
	f       *floor
	conn    net.Conn
	raw     syscall.RawConn // nil with TLS
	nick    string
	partial []byte
	own     []byte // what it reads into, with TLS
	in      map[string]bool
	out     []byte
	shared  bool // out belongs to others too
	dirty   bool
	stuck   bool // the socket is full; a goroutine waits for it
	waiting bool // for CAP END
	quit    bool
	gone    bool
}

func newPeer(f *floor, conn net.Conn) *peer {
	p := &peer{f: f, conn: conn}
	if tcp, ok := conn.(*net.TCPConn); ok {
		p.raw, _ = tcp.SyscallConn()
	}
	return p
}

// read returns what arrives, in a buffer to be given back. With plaintext, a
// peer that only waits holds none.
func (p *peer) read() (data []byte, err error) {
	if p.raw == nil {
		if p.own == nil {
			p.own = make([]byte, 4<<10)
		}
		n, err := p.conn.Read(p.own)
		return p.own[:n:n], err
	}
	var e error
	err = p.raw.Read(func(fd uintptr) bool {
		buf := p.f.buffer()
		var n int
		n, e = syscall.Read(int(fd), buf[:bufferSize])
		if n <= 0 {
			p.f.giveBack(buf)
			return e != syscall.EAGAIN
		}
		data = buf[:n]
		return true
	})
	if err == nil {
		err = e
	}
	if len(data) == 0 && err == nil {
		err = io.EOF
	}
	return data, err
}

// queue leaves b for the peer; b never changes. The floor's lock is held.
func (p *peer) queue(b []byte) {
	switch {
	case p.gone:
		return
	case p.out == nil:
		p.out, p.shared = b, true
	case p.shared:
		p.out, p.shared = append(append(p.f.page(), p.out...), b...), false
	default:
		p.out = append(p.out, b...)
	}
	if p.stuck && len(p.out) > 64<<20 {
		p.gone = true
		p.out = nil
		p.conn.Close()
		return
	}
	if !p.dirty && !p.stuck {
		p.dirty = true
		p.f.dirty = append(p.f.dirty, p)
	}
}

// flush writes what waits, for all peers, one write each. It lets whoever can
// still read do so first, so that more goes into each write.
func (f *floor) flush() {
	var work []*peer
	for range f.ready {
		runtime.Gosched()
		f.mu.Lock()
		work, f.dirty = f.dirty, work[:0]
		f.mu.Unlock()
		for _, p := range work {
			p.write()
		}
	}
}

func (f *floor) kick() {
	select {
	case f.ready <- struct{}{}:
	default:
	}
}

func (p *peer) write() {
	f := p.f
	f.mu.Lock()
	data, shared := p.out, p.shared
	p.out, p.dirty = nil, false
	f.mu.Unlock()
	n := 0
	if p.raw == nil {
		n, _ = p.conn.Write(data)
	} else {
		_ = p.raw.Write(func(fd uintptr) bool {
			// It cannot block, so Go's scheduler need not know of it.
			w, _, e := syscall.RawSyscall(syscall.SYS_WRITE, fd, uintptr(unsafe.Pointer(unsafe.SliceData(data))), uintptr(len(data)))
			if e == 0 {
				n = int(w)
			}
			return true
		})
	}
	if n = max(n, 0); n < len(data) && p.raw != nil {
		f.mu.Lock()
		p.stuck = true
		f.mu.Unlock()
		go p.push(bytes.Clone(data[n:]))
	}
	if !shared {
		f.returnPage(data)
	}
}

// push writes to a full socket.
func (p *peer) push(data []byte) {
	_, _ = p.conn.Write(data)
	p.f.mu.Lock()
	p.stuck = false
	if p.out != nil {
		p.dirty = true
		p.f.dirty = append(p.f.dirty, p)
	}
	p.f.mu.Unlock()
	p.f.kick()
}

func (p *peer) welcome() {
	p.queue(fmt.Appendf(nil, ":limit 001 %s :hello\r\n:limit 422 %s :no motd\r\n", p.nick, p.nick))
}

func (p *peer) negotiate(rest string) {
	verb, list, _ := strings.Cut(rest, " ")
	switch verb {
	case "LS":
		p.waiting = true
		p.queue([]byte(":limit CAP * LS :multi-prefix\r\n"))
	case "REQ":
		p.queue([]byte(":limit CAP * ACK " + list + "\r\n"))
	case "END":
		p.welcome()
	}
}

func (f *floor) join(p *peer, list string) {
	for name := range strings.SplitSeq(list, ",") {
		if p.in == nil {
			p.in = map[string]bool{}
		}
		p.in[name] = true
		f.channels[name] = append(f.channels[name], p)
		f.toChannel(name, fmt.Appendf(nil, ":%s!u@h JOIN %s\r\n", p.nick, name))
		names := []byte(nil)
		for i, m := range f.channels[name] {
			if i%40 == 0 {
				names = fmt.Appendf(names, "\r\n:limit 353 %s = %s :", p.nick, name)
			}
			names = append(append(names, m.nick...), ' ')
		}
		p.queue(fmt.Appendf(names[2:], "\r\n:limit 366 %s %s :end\r\n", p.nick, name))
	}
}

func (f *floor) leave(p *peer, name string, line []byte) {
	f.toChannel(name, line)
	delete(p.in, name)
	list := f.channels[name]
	for i, m := range list {
		if m == p {
			list[i] = list[len(list)-1]
			f.channels[name] = list[:len(list)-1]
			break
		}
	}
}

func (f *floor) toChannel(name string, line []byte) {
	for _, m := range f.channels[name] {
		m.queue(line)
	}
}

func (f *floor) toPeers(p *peer, line []byte) {
	for name := range p.in {
		f.toChannel(name, line)
	}
}
