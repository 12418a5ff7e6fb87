package dispatch

import (
	"slices"
	"strings"
	"sync"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// A Service is a part of the server that is spoken to like a user, such as
// NickServ, and by a command of its own. Its answers are notices.
type Service struct {
	Nick     string
	Aliases  []string  // commands that stand for "PRIVMSG Nick"
	About    lang.Text // what it does, in a sentence
	Commands Table
	// Groups are the commands as HELP lists them. Those in no group follow.
	Groups []Group
	// Spoken are the commands that can be given in a channel, whose name then is
	// their first parameter.
	Spoken []string
}

// A Group is commands of a service that belong together.
type Group struct {
	Title    lang.Text
	Commands []string
}

// Grouped returns the commands of the service by group. The last group has no title: it is
// of those that are in no other.
func (v *Service) Grouped() (all []Group) {
	rest := Group{}
	for _, c := range v.Commands.Sorted() {
		if !slices.ContainsFunc(v.Groups, func(g Group) bool { return slices.Contains(g.Commands, c.Name) }) {
			rest.Commands = append(rest.Commands, c.Name)
		}
	}
	return append(slices.Clone(v.Groups), rest)
}

// Services are services by folded nick.
type Services map[casemap.Folded]*Service

// Service returns the service of this nick, or nil.
func (s *Server) Service(nick string) *Service {
	return s.Services[s.Network.World.Mapping.Fold(nick)]
}

// reserved are nicks of services that networks usually have: nobody is to be taken
// for one, also where there is none.
var reserved = [...]string{"NickServ", "ChanServ", "HistServ", "HostServ", "MemoServ", "OperServ", "BotServ", "SaslServ", "Services", "Global"}

// IsService reports whether a nick is that of a service, or looks like it.
func (s *Server) IsService(nick string) bool {
	s.lookalikes.once.Do(func() { s.lookalikes.is = Reserves(s.Network.World.Mapping, s.Services) })
	return s.lookalikes.is(nick)
}

// Reserves returns what reports whether a nick is, or looks like, one that stands for a
// part of the server: nobody gets it.
func Reserves(m casemap.Mapping, services Services) func(nick string) bool {
	all := map[casemap.Folded]bool{}
	for _, service := range services {
		all[m.Skeleton(service.Nick)] = true
	}
	for _, name := range reserved {
		all[m.Skeleton(name)] = true
	}
	return func(nick string) bool { return all[m.Skeleton(nick)] } // equal nicks look alike
}

// lookalikes are what the nicks of services look like. Which services there are does
// not change while clients are served.
type lookalikes struct {
	once sync.Once
	is   func(nick string) bool
}

// serviceHost is the host of services.
const serviceHost = "services"

// Source returns nick!user@host of the service.
func (v *Service) Source() string { return v.Nick + "!" + v.Nick + "@" + serviceHost }

// Host returns the host of the service.
func (v *Service) Host() string { return serviceHost }

// Ask runs a command of a service, which is the first of the words, and sends what
// it refuses as a notice. Commands that have subcommands are named by two words.
func (r *Request) Ask(v *Service, words []string) error {
	if len(words) == 0 {
		words = []string{"HELP"}
	}
	f := v.Commands.find(words, false)
	name, c, rest := f.name, f.Command, f.rest
	q := &Request{Conn: r.Conn, Message: wire.Message{Tags: r.Message.Tags, Command: name, Params: rest}, Command: c, service: v}
	switch {
	case c == nil && name == "HELP":
		q.serviceHelp(v, rest)
	case c == nil:
		q.Notice("There is no command %s. Try HELP.", name)
	case c.Privileged && !q.May(c.Oper):
		q.Notice("Only operators with the privilege %s may do that.", c.Oper)
	case c.Run == nil && len(rest) > 0:
		q.Notice("There is no command %s. HELP %s lists them all.", name+" "+strings.ToUpper(rest[0]), name)
	case c.Run == nil, len(rest) < c.MinParams():
		q.Notice("Usage: %s", f.synopsis())
	default:
		return q.answer(c.Run(q))
	}
	return nil
}

// Relay runs a command of clients on behalf of a service, which answers for it.
func (r *Request) Relay(command string, params []string) error {
	c := r.Server.Commands[command]
	r.Command, r.Message.Command, r.Message.Params = c, command, params
	c.used.Add(1)
	return r.dispatch(c, 0)
}

// Rest returns the parameters from number i on, as they were written.
func (r *Request) Rest(i int) string {
	return strings.Join(r.Message.Params[min(i, len(r.Message.Params)):], " ")
}

// Decline sends a refusal of a service as a notice, and returns other errors.
func (r *Request) Decline(err error) error { return r.answer(err) }

// As returns a request of the same client whose notices are those of a service.
func (r *Request) As(v *Service) *Request {
	return &Request{Conn: r.Conn, Message: r.Message, Command: r.Command, service: v}
}

// Overhear runs what somebody has said in a channel if it is a command of a service,
// behind the prefix for those. It is like any other request then.
func (r *Request) Overhear(ch *state.Channel, text string) error {
	prefix := r.Server.Config().Channels.Fantasy
	if prefix == "" || !strings.HasPrefix(text, prefix) || r.Server.Channels == nil {
		return nil
	}
	words := strings.Fields(text[len(prefix):])
	if len(words) == 0 {
		return nil
	}
	if rec := r.Server.Channels.Lookup(ch.Name()); !rec.Registered() || rec.Setting("fantasy") == "off" {
		return nil
	}
	for _, v := range r.Server.Services {
		if slices.Contains(v.Spoken, strings.ToUpper(words[0])) {
			return r.Ask(v, slices.Insert(words, 1, ch.Name()))
		}
	}
	return nil
}

// answer sends a user's mistake as a notice; other errors are the caller's.
func (r *Request) answer(err error) error {
	switch reply := err.(type) {
	case numerics.Reply:
		r.Notice(lang.Verbatim, reply.Last())
		return nil
	case numerics.Fail:
		r.Notice(lang.Verbatim, reply.Said())
		return nil
	}
	return err
}

// Commands returns the commands that stand for speaking to a service.
func (v Services) Commands() (all []Command) {
	for _, service := range v {
		for _, name := range append([]string{strings.ToUpper(service.Nick)}, service.Aliases...) {
			all = append(all, Command{
				Name:  name,
				Usage: "[<command> [<parameter>...]]",
				Help:  "Speaks to %s. %s",
				Words: []any{service.Nick, service.About},
				Run: func(r *Request) error {
					return r.Ask(service, strings.Fields(strings.Join(r.Message.Params, " ")))
				},
			})
		}
	}
	return all
}
