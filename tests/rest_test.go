package tests

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/server"
)

// A dozer is the server's end of a connection that can be parked. It hears what is sent
// to its channel, and is heard through a pipe.
type dozer struct {
	net.Conn
	said        chan string
	called      chan bool
	interrupted chan bool
	once        sync.Once
	waits       atomic.Bool // and may be called to rest
	parked      atomic.Bool
	left        []string // that was said while it was parked
}

func newDozer(c net.Conn) *dozer {
	return &dozer{Conn: c, said: make(chan string), called: make(chan bool), interrupted: make(chan bool)}
}

func (d *dozer) ReadPooled(pool *sync.Pool, mayRest bool) (*[]byte, int, error) {
	var line string
	if len(d.left) > 0 {
		line, d.left = d.left[0], nil
	} else {
		d.waits.Store(mayRest)
		defer d.waits.Store(false)
		select {
		case line = <-d.said:
		case <-d.called:
			return nil, 0, nil
		case <-d.interrupted:
			return nil, 0, os.ErrDeadlineExceeded
		}
	}
	buf := pool.Get().(*[]byte)
	return buf, copy(*buf, line+"\r\n"), nil
}

func (d *dozer) Rest() {
	if d.waits.Load() {
		d.called <- true
	}
}

func (d *dozer) Interrupt() { d.once.Do(func() { close(d.interrupted) }) }

func (d *dozer) Park(resume func()) bool {
	d.parked.Store(true)
	go func() {
		select {
		case line := <-d.said:
			d.left = append(d.left, line)
		case <-d.interrupted:
		}
		d.parked.Store(false)
		resume()
	}()
	return true
}

// TestIdleClients tests that an idle client needs no goroutine, and misses nothing: it
// hears others, is heard, is asked whether it is there, and is told when it has to go.
func TestIdleClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cfg := config.Default()
		s, err := server.NewCore(cfg, server.Parts{Log: slog.New(slog.DiscardHandler), Now: time.Now, Secret: make([]byte, 32)})
		if err != nil {
			t.Fatal(err)
		}
		go s.Watch(ctx)
		left := 0
		s.Left = func() { left++ }
		served := make(chan bool)
		connect := func(nick string) (*listener, *dozer) {
			ours, theirs := net.Pipe()
			d := newDozer(theirs)
			go func() {
				s.Serve(ctx, d, dispatch.Peer{})
				served <- true
			}()
			l := &listener{nick: nick, conn: ours}
			go l.listen()
			d.said <- "NICK " + nick
			d.said <- "USER u 0 * :" + nick
			d.said <- "JOIN #tea"
			synctest.Wait()
			l.take()
			return l, d
		}
		ann, annsEnd := connect("ann")
		bob, bobsEnd := connect("bob")
		ann.take()

		heard := func(l *listener, what string) {
			t.Helper()
			synctest.Wait()
			if lines := l.take(); len(lines) != 1 || !strings.Contains(lines[0], what) {
				t.Errorf("%s reads %q instead of %s", l.nick, lines, what)
			}
		}
		for range 3 {
			time.Sleep(7 * time.Second)
			synctest.Wait()
			if !annsEnd.parked.Load() || !bobsEnd.parked.Load() {
				t.Error("an idle client has a goroutine")
			}
			annsEnd.said <- "PRIVMSG #tea :hello"
			heard(bob, "hello")
			if annsEnd.parked.Load() || !bobsEnd.parked.Load() {
				t.Error("one who talks is parked, or one who only hears is not")
			}
			bobsEnd.said <- "PING here"
			heard(bob, "PONG")
		}
		<-served // the first goroutines of both
		<-served

		time.Sleep(time.Duration(cfg.Server.PingInterval) + time.Second)
		heard(ann, "PING")
		heard(bob, "PING")
		annsEnd.said <- "PONG :"
		time.Sleep(time.Duration(cfg.Server.PingTimeout - cfg.Server.PingInterval))
		synctest.Wait()
		if lines := strings.Join(ann.take(), " "); !strings.Contains(lines, "QUIT :Ping timeout") {
			t.Errorf("ann reads %q", lines)
		}
		if lines := strings.Join(bob.take(), " "); !strings.Contains(lines, "ERROR") || left != 1 {
			t.Errorf("bob reads %q, and %d have left", lines, left)
		}
		time.Sleep(10 * time.Second)
		cancel()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if lines := strings.Join(ann.take(), " "); !strings.Contains(lines, "shutting down") || left != 2 {
			t.Errorf("at the end, ann reads %q, and %d have left", lines, left)
		}
		_ = s.Network.History.Close()
	})
}
