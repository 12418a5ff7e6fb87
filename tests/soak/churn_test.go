package soak

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	password = "oolong-tea"
	accounts = 12
	rooms    = 8
	kept     = 50 // messages of each channel and conversation

	betweenUs = "between us"
)

// A churn is people who come and go. It counts what they do.
type churn struct {
	server *server
	mu     sync.Mutex
	counts map[string]int
	broken []string // lives that did not go as they should
	nicks  int
}

// newChurn registers accounts and channels.
func newChurn(t *testing.T, s *server) *churn {
	t.Helper()
	c := &churn{server: s, counts: map[string]int{}}
	for i := range accounts {
		p := c.person(rand.IntN(len(kinds)))
		if err := p.arrive(t.Context(), account(i), false); err != nil {
			t.Fatal(err)
		}
		asked := [][2]string{{"REGISTER * * " + password, "REGISTER"}}
		if i < rooms {
			asked = slices.Insert(asked, 1, [2]string{"JOIN " + room(i), "366"}, [2]string{"CS REGISTER " + room(i), "NOTICE"})
		}
		for _, ask := range asked {
			heard := p.await(ask[1])
			p.say(ask[0])
			if err := p.until(t.Context(), heard, ask[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.chat(t.Context(), i); err != nil {
			t.Fatal(err)
		}
		p.say("QUIT")
		<-p.gone
		p.conn.close()
	}
	clear(c.counts)
	return c
}

// chat fills the history of an account's conversations with those before it and with itself,
// which people fill too slowly for a warm-up.
func (p *person) chat(ctx context.Context, i int) error {
	for with := range i + 1 {
		for range kept {
			p.say("PRIVMSG " + account(with) + " :" + betweenUs)
		}
	}
	heard := p.await("PONG")
	p.say("PING 1")
	return p.until(ctx, heard, "PONG")
}

func account(i int) string { return fmt.Sprint("owner", i) }

func room(i int) string { return fmt.Sprint("#room", i) }

// run keeps so many people there until ctx ends, and returns when all have left.
func (c *churn) run(ctx context.Context, people int) {
	var all sync.WaitGroup
	for range people {
		all.Go(func() {
			for rest(ctx, time.Second) {
				if err := c.live(ctx); err != nil && ctx.Err() == nil {
					c.mu.Lock()
					c.broken = append(c.broken, err.Error())
					c.mu.Unlock()
				}
			}
		})
	}
	all.Wait()
}

// rest waits for a random time, and reports whether there is any left.
func rest(ctx context.Context, most time.Duration) bool {
	select {
	case <-time.After(time.Duration(rand.Int64N(int64(most)))):
		return true
	case <-ctx.Done():
		return false
	}
}

func (c *churn) count(what string) {
	c.mu.Lock()
	c.counts[what]++
	c.mu.Unlock()
}

// live is one life, from connecting to the end.
func (c *churn) live(ctx context.Context) error {
	p := c.person(rand.IntN(len(kinds)))
	c.mu.Lock()
	c.nicks++
	nick := fmt.Sprint("guest", c.nicks)
	c.mu.Unlock()
	if rand.IntN(20) == 0 {
		c.count("left while connecting")
		return p.peep(ctx)
	}
	if err := p.arrive(ctx, nick, rand.IntN(3) == 0); err != nil {
		p.conn.cutIfAny()
		return err
	}
	c.count("came by " + kinds[p.kind].name)
	defer p.conn.cut()
	home := room(rand.IntN(rooms))
	p.say("JOIN " + home)
	for n := 3 + rand.IntN(8); n > 0 && rest(ctx, 1500*time.Millisecond); n-- {
		p.say(strings.NewReplacer("{home}", home, "{other}", room(rand.IntN(rooms)), "{account}", account(rand.IntN(accounts)),
			"{nick}", nick).Replace(doings[rand.IntN(len(doings))]))
		select {
		case <-p.gone:
			return fmt.Errorf("%s was sent away: %s", nick, p.last())
		default:
		}
	}
	p.leave(ctx)
	return nil
}

// doings are what people do; most of it is talking.
var doings = []string{
	"PRIVMSG {home} :good tea, isn't it?", "PRIVMSG {home} :one more cup, please", "PRIVMSG {home} :with milk", "PRIVMSG {home} :or with lemon",
	"PRIVMSG {home} :it is late", "NOTICE {home} :the kettle is on", "PRIVMSG {account} :" + betweenUs, "@+typing=active TAGMSG {home}",
	"NICK {nick}x", "JOIN {other}", "PART {other} :elsewhere", "PART {home}\r\nJOIN {home}", "AWAY :brewing", "AWAY", "TOPIC {home} :about {nick}",
	"WHO {home}", "WHOIS {account}", "MONITOR + {account},{nick}y", "MONITOR C", "CHATHISTORY LATEST {home} * 20", "LIST", "SETNAME :drinks tea",
	"METADATA * SET url :https://tea.example/{nick}", "MARKREAD {home} timestamp=2100-01-01T00:00:00.000Z", "INVITE {account} {home}",
}

// ends are how people leave. Some are missed only after ping-timeout.
var ends = []string{"QUIT", "QUIT", "QUIT", "closed", "closed", "cut", "silent"}

func (p *person) leave(ctx context.Context) {
	end := ends[rand.IntN(len(ends))]
	p.churn.count("left: " + end)
	switch end {
	case "QUIT":
		p.say("QUIT :bye")
	case "closed":
		p.conn.close()
		return
	case "cut":
		return // as every life ends
	case "silent":
		p.deaf.Store(true)
	}
	select {
	case <-p.gone:
	case <-ctx.Done():
	case <-time.After(patience):
	}
}

// String says what was done.
func (c *churn) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(c.counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", what, c.counts[what]))
	}
	return strings.Join(parts, ", ")
}

// check fails if lives went wrong. On a machine that has much else to do a few may.
func (c *churn) check(t *testing.T) {
	t.Helper()
	came := 0
	for _, k := range kinds {
		if n := c.counts["came by "+k.name]; n == 0 {
			t.Errorf("nobody came by %s", k.name)
		} else {
			came += n
		}
	}
	if len(c.broken)*100 > came {
		t.Errorf("of %d people %d were not served: %q", came, len(c.broken), c.broken[:min(5, len(c.broken))])
	}
}

// credentials are those of an account for SASL PLAIN.
func credentials(name string) string {
	return base64.StdEncoding.EncodeToString([]byte("\x00" + name + "\x00" + password))
}
