// Package atheme reads the database of Atheme, services.db: a line for each account, nick,
// channel, entry of an access list, and so on. What does not fit into a line is in lines
// of metadata beside it.
// https://github.com/atheme/atheme/wiki
package atheme

import (
	"bytes"
	"io"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/migrate"
)

// Like reports whether a file begins as one of Atheme's.
func Like(head []byte) bool {
	return bytes.HasPrefix(head, []byte("GRVER ")) || bytes.HasPrefix(head, []byte("DBV "))
}

// A file is a database on the way to become a migrate.Network.
type file struct {
	out      *migrate.Network
	version  int64
	protocol string // the module for the IRC server, if the file says it
	order    []string
	accounts map[string]*account
	groups   map[string][]member
	channels map[string]*channel
	named    []string // the channels, in the order of the file
}

// An account is one with what is known of it from other lines.
type account struct {
	migrate.Account
	pass  string
	flags string
	data  map[string]string
}

// A member is somebody in a group.
type member struct{ account, flags string }

// A channel is one with what is known of it from other lines.
type channel struct {
	migrate.Channel
	flags   string
	on, off int64
	entries []*entry
	data    map[string]string
}

// An entry is one of an access list, which also has those who are kept out.
type entry struct {
	target, flags, by string
	since             time.Time
	data              map[string]string
}

// Read reads a database.
func Read(r io.Reader) (*migrate.Network, error) {
	f := &file{
		out: &migrate.Network{}, version: 12, accounts: map[string]*account{}, groups: map[string][]member{}, channels: map[string]*channel{},
	}
	if err := rows(r, f.row); err != nil {
		return nil, err
	}
	for _, name := range f.order {
		f.finishAccount(f.accounts[name])
	}
	for _, name := range f.named {
		f.finishChannel(f.channels[name])
	}
	return f.out, nil
}

// readers read the rows of each type. Those of other types, such as statistics and what
// tells versions apart, are left out without a word.
var readers = map[string]func(*file, *row){
	"DBV": func(f *file, r *row) { f.version = r.number() },
	"MDEP": func(f *file, r *row) {
		if name, ok := strings.CutPrefix(r.word(), "protocol/"); ok {
			f.protocol = name
		}
	},
	"MU": (*file).user, "MDU": (*file).userData, "MN": (*file).nick, "MCFP": (*file).cert, "ME": (*file).memo,
	"GACL": (*file).groupAccess,
	"MC":   (*file).channel, "MDC": (*file).chanData, "CA": (*file).access, "MDA": (*file).accessData,
	"KL": (*file).kline, "XL": (*file).xline, "QL": (*file).qline,
	"HO": (*file).offer,
	"HR": func(f *file, r *row) {
		nick, host := r.word(), r.word()
		f.out.Note("host", nick, "%s was asked for, and nobody had answered: ask again", host)
	},
	"SO": func(f *file, r *row) {
		f.out.Note("operator of services", r.word(), "operators are in the configuration: write an [[oper]]")
	},
	"BOT": func(f *file, r *row) {
		f.out.Note("bot", r.word(), "channels have no bots: ChanServ speaks for them")
	},
	"SI": func(f *file, r *row) {
		f.out.Note("ignored by services", r.word(), "write a ban (UBAN) if it is still needed")
	},
}

func (f *file) row(r row) {
	if read := readers[r.kind]; read != nil {
		read(f, &r)
	}
}

func (f *file) offer(r *row) {
	first := r.word()
	if strings.HasPrefix(first, "!") {
		f.out.Note("host", r.word(), "it was offered to the group %s: there are no groups", first)
		return
	}
	since := r.when()
	f.out.Offers = append(f.out.Offers, migrate.Host{Host: first, Since: since, By: r.word()})
}

// ban reads what bans have in common: how long, since when, by whom and why.
func (f *file) ban(b migrate.Ban, r *row) {
	length := r.number()
	b.Set, b.By, b.Reason = r.when(), r.word(), ""
	b.Reason = migrate.Text(r.text())
	if length > 0 && !b.Set.IsZero() {
		b.Until = migrate.Unix(b.Set.Unix() + length)
	}
	f.out.Bans = append(f.out.Bans, b)
}

func (f *file) kline(r *row) {
	r.word() // its number
	user, host := r.word(), r.word()
	f.ban(migrate.Ban{Action: "ban", Target: "*!" + user + "@" + host}, r)
}

func (f *file) xline(r *row) {
	r.word()
	f.ban(migrate.Ban{Action: "ban", Target: "r:" + r.word()}, r)
}

func (f *file) qline(r *row) {
	r.word()
	f.ban(migrate.Ban{Action: "reserve", Target: r.word()}, r)
}
