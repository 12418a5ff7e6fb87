package tests

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/reputation"
	"github.com/parley-irc/parley/ircd/server"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// bots is how many spammers come, each from an address of its own, and honest how many
// people are in each of the two channels that they come for.
const bots, honest = 500, 12

// mostNoise is how many messages of the spammers somebody reads, and mostStir how many
// other lines, such as that they join and leave: in all, however long it lasts.
const mostNoise, mostStir = 5, 14

// TestWave: five hundred spammers, each from another address, join, flood, write to
// everybody, change their nicks, invite and paint in colours, for two minutes, against
// the settings that a server has by itself. Nobody reads more than a few of their lines,
// and nobody honest is disconnected, or kept from talking.
func TestWave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWave(t)
		defer w.close()
		w.roll("evil", bots, 2*time.Minute)
		for _, p := range w.people {
			noise, stir := p.count()
			if noise > mostNoise || stir > mostStir {
				t.Errorf("%s has read %d messages and %d other lines of spammers:\n%s", p.nick, noise, stir, strings.Join(p.take(), "\n"))
			}
		}
		w.chat(t)
	})
}

// TestWaveAtTheDoor: three lines of an operator end the wave. Those who are there are
// gone, and those who come do not come in.
func TestWaveAtTheDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWave(t)
		defer w.close()
		stop := w.start("evil", 100)
		defer stop()
		time.Sleep(5 * time.Second)
		for _, line := range []string{
			"SPAMFILTER ADD * *evil.example* BAN 1d Spam",
			`SPAMFILTER ADD u /^evil[0-9]+x*!/ KILL Spam`,
			"DEFCON 2 a wave of bots",
		} {
			w.people[0].send(line)
		}
		time.Sleep(time.Minute) // in which those who are there speak once more
		for _, p := range w.people {
			p.take()
		}
		w.roll("evil", bots, time.Minute)
		for _, p := range w.people {
			if noise, stir := p.count(); noise+stir > 0 {
				t.Errorf("%s reads them still:\n%s", p.nick, strings.Join(p.take(), "\n"))
			}
		}
		clients, _, _ := w.server.Counts()
		if want := len(w.people); clients != want {
			t.Errorf("there are %d clients, not %d", clients, want)
		}
		w.chat(t)
	})
}

// A waveOf is a server with people, and spammers.
type waveOf struct {
	server *dispatch.Server
	people []*listener
	addr   uint32
	cancel context.CancelFunc
	ctx    context.Context
	ended  []func()
	mu     sync.Mutex
	conns  []net.Conn
}

func newWave(t *testing.T) *waveOf {
	w := &waveOf{}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	banned, err := bans.Open(w.ctx, st, casemap.ASCII, "ua", log)
	if err != nil {
		t.Fatal(err)
	}
	spam, err := spamfilter.Open(w.ctx, st, "ua", log)
	if err != nil {
		t.Fatal(err)
	}
	names, err := reputation.Open(w.ctx, st, "ua", make([]byte, 32), log)
	if err != nil {
		t.Fatal(err)
	}
	alert, err := defcon.Open(w.ctx, st, log)
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Opers = []config.Oper{{Name: "x", Password: "$argon2id$x", Class: "netadmin"}}
	w.server, err = server.NewCore(cfg, server.Parts{
		Log: log, Now: time.Now, Version: "test", Secret: make([]byte, 32),
		Verify: func(context.Context, string, string) bool { return true },
		Bans:   banned, Filters: spam, Reputation: names, Defcon: alert,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.ended = []func(){banned.Close, spam.Close, names.Close, alert.Close, func() { _ = st.Close() }}
	go w.server.Watch(w.ctx)
	for i := range 2 * honest {
		p := w.connect(fmt.Sprintf("ann%d", i))
		p.send(fmt.Sprintf("JOIN #tea%d", i%2))
		w.people = append(w.people, p)
		time.Sleep(10 * time.Second)
	}
	w.people[0].send("OPER x x")
	for _, p := range w.people {
		p.send("PRIVMSG #tea0,#tea1 :good morning")
		time.Sleep(10 * time.Second)
	}
	synctest.Wait()
	for _, p := range w.people {
		p.take()
	}
	return w
}

// connect connects a client from an address of its own.
func (w *waveOf) connect(nick string) *listener {
	w.addr++
	from := netip.AddrFrom4([4]byte{203, 0, byte(w.addr >> 8), byte(w.addr)})
	ours, theirs := net.Pipe()
	go w.server.Serve(w.ctx, theirs, dispatch.Peer{Addr: netip.AddrPortFrom(from, 1)})
	l := &listener{nick: nick, conn: ours, pong: true}
	go l.listen()
	go func() { // a client that is delayed must not delay the test
		l.send("NICK " + nick)
		l.send("USER x 0 * :x")
	}()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns = append(w.conns, ours)
	return l
}

// roll lets a wave of spammers come for some time.
func (w *waveOf) roll(name string, count int, span time.Duration) {
	stop := w.start(name, count)
	time.Sleep(span)
	stop()
	time.Sleep(time.Second)
	synctest.Wait()
}

// start lets a wave of spammers come.
func (w *waveOf) start(name string, count int) (stop func()) {
	end := make(chan struct{})
	for i := range count {
		b := w.connect(fmt.Sprintf("%s%d", name, i))
		go w.spam(b, name, i, end)
	}
	return func() { close(end) }
}

// spam does all that spammers do, again and again.
func (w *waveOf) spam(b *listener, name string, i int, stop <-chan struct{}) {
	for round := 0; ; round++ {
		select {
		case <-stop:
			return
		default:
		}
		lines := []string{"JOIN #tea0,#tea1", fmt.Sprintf("PRIVMSG #tea0,#tea1 :visit evil.example %d/%d", i, round)}
		for n := range 4 {
			lines = append(lines, fmt.Sprintf("PRIVMSG #tea%d :\x03%d,%d%s evil.example", n%2, n, round%16, strings.Repeat("\u2588", 40+n)))
		}
		for n := range 2 * honest {
			lines = append(lines, fmt.Sprintf("PRIVMSG ann%d :evil.example for you, ann%d, %d", n, n, round), fmt.Sprintf("NOTICE ann%d :evil.example %d", n, i))
		}
		lines = append(lines, fmt.Sprintf("NICK %s%dx%d", name, i, round), fmt.Sprintf("NICK %s%d", name, i), "JOIN #"+name)
		for n := range 4 {
			lines = append(lines, fmt.Sprintf("INVITE ann%d #%s", (i+n)%(2*honest), name))
		}
		lines = append(lines, "PART #tea0,#tea1 :evil.example", "AWAY :evil.example", "SETNAME :evil.example", "KNOCK #tea0 :evil.example")
		for _, line := range lines {
			b.send(line)
		}
		if round == 4 {
			b.send("QUIT :evil.example")
			return
		}
		time.Sleep(time.Duration(1+i%7) * time.Second)
	}
}

// chat lets everybody say something, which the others have to hear.
func (w *waveOf) chat(t *testing.T) {
	for _, p := range w.people {
		p.take()
	}
	for i, p := range w.people {
		p.send(fmt.Sprintf("PRIVMSG #tea%d :still here %d", i%2, i))
		synctest.Wait()
	}
	for i, p := range w.people {
		heard := 0
		for _, line := range p.take() {
			if strings.Contains(line, "still here") {
				heard++
			}
		}
		if heard != honest-1 {
			t.Errorf("ann%d hears %d of %d", i, heard, honest-1)
		}
	}
}

// count counts what a client has read of spammers: messages, and other lines.
func (l *listener) count() (noise, stir int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if strings.HasPrefix(line, ":ann") || !strings.Contains(line, "!") {
			continue
		}
		switch command := strings.Fields(line)[1]; command {
		case "PRIVMSG", "NOTICE", "INVITE", "710":
			noise++
		default:
			stir++
		}
	}
	return noise, stir
}

func (w *waveOf) close() {
	w.mu.Lock()
	for _, c := range w.conns {
		c.Close()
	}
	w.mu.Unlock()
	synctest.Wait()
	w.cancel()
	synctest.Wait()
	if h := w.server.Network.History; h != nil {
		_ = h.Close()
	}
	for _, f := range w.ended {
		f()
	}
	time.Sleep(10 * time.Minute)
	synctest.Wait()
}
