//go:build linux

package main

import (
	"bytes"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net"
	"sync"
	"syscall"
)

// A floor is the server "limit": it registers anyone, lets them into channels
// and hands lines on, and checks nothing. What it costs is what sockets and Go
// cost; a real server is judged by how near it comes.
type floor struct {
	mu       sync.Mutex // guards everything, because there is one core
	channels map[string][]*peer
	dirty    []*peer
	buffers  [][]byte // to be used again, as are the pages
	pages    [][]byte
	ready    chan struct{}
}

// serveLimit is the subcommand that runs a floor until it is killed.
func serveLimit(args []string) error {
	fs := flag.NewFlagSet("limit", flag.ContinueOnError)
	plain := fs.String("plain", "127.0.0.1:6667", "address for plaintext")
	secure := fs.String("tls", "", "address for TLS; empty: none")
	cert := fs.String("cert", "", "certificate file")
	key := fs.String("key", "", "key file")
	if err := fs.Parse(args); err != nil {
		return err
	}
	f := &floor{channels: map[string][]*peer{}, ready: make(chan struct{}, 1)}
	go f.flush()
	if *secure != "" {
		pair, err := tls.LoadX509KeyPair(*cert, *key)
		if err != nil {
			return err
		}
		l, err := tls.Listen("tcp4", *secure, &tls.Config{Certificates: []tls.Certificate{pair}})
		if err != nil {
			return err
		}
		go func() { _ = f.accept(l) }()
	}
	l, err := net.Listen("tcp4", *plain)
	if err != nil {
		return err
	}
	return f.accept(l)
}

func (f *floor) accept(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ECONNABORTED) {
			continue
		}
		if err != nil {
			return err
		}
		go f.serve(newPeer(f, conn))
	}
}

func (f *floor) serve(p *peer) {
	for {
		data, err := p.read()
		if len(data) > 0 {
			f.heard(p, data)
		}
		f.giveBack(data)
		if err != nil || p.quit {
			break
		}
	}
	f.mu.Lock()
	for name := range p.in {
		f.leave(p, name, fmt.Appendf(nil, ":%s!u@h QUIT :gone\r\n", p.nick))
	}
	p.gone = true
	f.mu.Unlock()
	f.kick()
	p.conn.Close()
}

// heard handles the lines that one read brought, and wakes the writer once.
func (f *floor) heard(p *peer, data []byte) {
	f.mu.Lock()
	if len(p.partial) > 0 {
		data = append(p.partial, data...)
		p.partial = nil
	}
	for len(data) > 0 {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			p.partial = bytes.Clone(data)
			break
		}
		verb, rest := split(data[:i])
		data = data[i+1:]
		if string(verb) == "PRIVMSG" {
			f.say(p, rest)
			continue
		}
		f.handle(p, string(verb), string(rest))
	}
	f.mu.Unlock()
	f.kick()
}

// say hands a line on. The line is made once for all members.
func (f *floor) say(p *peer, rest []byte) {
	target, _, _ := bytes.Cut(rest, []byte(" "))
	line := make([]byte, 0, len(p.nick)+len(rest)+24)
	line = append(append(append(line, ':'), p.nick...), "!u@h PRIVMSG "...)
	line = append(append(line, rest...), "\r\n"...)
	for _, m := range f.channels[string(target)] {
		if m != p {
			m.queue(line)
		}
	}
}

func (f *floor) handle(p *peer, verb, rest string) {
	switch verb {
	case "NICK":
		if p.nick == "" {
			p.nick = rest
			return
		}
		line := fmt.Appendf(nil, ":%s!u@h NICK :%s\r\n", p.nick, rest)
		p.nick = rest
		f.toPeers(p, line)
	case "USER":
		if !p.waiting {
			p.welcome()
		}
	case "CAP":
		p.negotiate(rest)
	case "PING":
		p.queue(fmt.Appendf(nil, ":limit PONG limit :%s\r\n", rest))
	case "JOIN":
		f.join(p, rest)
	case "PART":
		f.leave(p, rest, fmt.Appendf(nil, ":%s!u@h PART %s\r\n", p.nick, rest))
	case "QUIT":
		p.queue([]byte("ERROR :bye\r\n"))
		p.quit = true
	}
}
