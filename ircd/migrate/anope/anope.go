// Package anope reads the databases of Anope: accounts, nicks, channels, hosts, memos and
// bans. Both of its forms, db_flatfile's anope.db and db_json's anope.json, hold objects
// with fields, whose names have changed a little between Anope 2.0 and 2.1.
// https://www.anope.org/
package anope

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/migrate"
)

// Like reports whether a file begins as one of Anope's.
func Like(head []byte) bool {
	return bytes.HasPrefix(head, []byte("OBJECT ")) || likeJSON(head)
}

func likeJSON(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")) && bytes.Contains(head, []byte(`"generator"`)) && bytes.Contains(head, []byte("Anope"))
}

// A file is a database on the way to become a migrate.Network.
type file struct {
	by  map[string][]object // by type
	out *migrate.Network
	// names are the accounts by their numbers, and by the nicks that belong to them; those
	// are in small letters.
	names    map[string]string
	accounts map[string]*migrate.Account
	channels map[string]*migrate.Channel
	levels   map[string]map[string]int // of channels
}

// Read reads a database.
func Read(r io.Reader) (*migrate.Network, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	read := readFlat
	if head, _ := in.Peek(1); string(head) == "{" {
		read = readJSON
	}
	all, err := read(in)
	if err != nil {
		return nil, err
	}
	f := &file{
		by: map[string][]object{}, out: &migrate.Network{}, names: map[string]string{}, accounts: map[string]*migrate.Account{},
		channels: map[string]*migrate.Channel{}, levels: map[string]map[string]int{},
	}
	for _, o := range all {
		f.by[o.kind] = append(f.by[o.kind], o)
	}
	if len(f.by["NickCore"])+len(f.by["ChannelInfo"])+len(f.by["XLine"]) == 0 {
		return nil, ErrForm
	}
	f.each("NickCore", f.account)
	f.each("NickAlias", f.alias)
	f.each("NSSuspendInfo", f.suspendAccount)
	f.each("HostRequest", f.wanted)
	f.each("Memo", f.memo)
	f.each("ChannelInfo", f.channel)
	f.each("ModeLock", f.lock)
	f.each("ChanAccess", f.access)
	f.each("AutoKick", f.akick)
	f.each("EntryMsg", f.entryMessage)
	f.each("CSMiscData", f.misc)
	f.each("CSSuspendInfo", f.suspendChannel)
	f.each("XLine", f.xline)
	f.each("ForbidData", f.forbid)
	for kind, why := range left {
		for _, o := range f.by[kind] {
			f.out.Note(why[0], o.first("owner", "name", "nick", "mask", "channel"), "%s", why[1])
		}
	}
	f.finish()
	return f.out, nil
}

// left are the objects that nothing is made of, and what to tell of them. Others, such as
// statistics and news, are left out without a word.
var left = map[string][2]string{
	"MyOper":    {"operator of services", "operators are in the configuration: write an [[oper]]"},
	"Oper":      {"operator of services", "operators are in the configuration: write an [[oper]]"},
	"BotInfo":   {"bot", "channels have no bots: ChanServ speaks for them"},
	"Exception": {"exception of session limits", "write an exemption (UBAN ADD EXEMPT) or [connections]"},
}

func (f *file) each(kind string, do func(object)) {
	for _, o := range f.by[kind] {
		do(o)
	}
}

// fold makes names comparable, as Anope compares them.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// finish puts everything together, in the order of the file.
func (f *file) finish() {
	done := map[*migrate.Account]bool{}
	for _, o := range f.by["NickCore"] {
		if a := f.accounts[fold(o.fields["display"])]; a != nil && !done[a] {
			done[a] = true
			f.out.Accounts = append(f.out.Accounts, *a)
		}
	}
	f.finishChannels()
}

// when returns the time of a field that has seconds.
func (o object) when(keys ...string) time.Time {
	n, err := strconv.ParseInt(o.first(keys...), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return migrate.Unix(n)
}

// owner returns the account of a number or a name, which may be a nick of it.
func (f *file) owner(id, name string) string {
	if id != "" && id != "0" {
		if account := f.names["id "+id]; account != "" {
			return account
		}
	}
	if account := f.names[fold(name)]; account != "" {
		return account
	}
	return name
}

func (f *file) ruling(o object) *migrate.Ruling {
	return &migrate.Ruling{Reason: migrate.Text(o.fields["reason"]), By: o.fields["by"], Since: o.when("time"), Until: o.when("expires")}
}

func (f *file) suspendAccount(o object) {
	if a := f.accounts[fold(f.owner("", o.fields["nick"]))]; a != nil {
		a.Suspended = f.ruling(o)
	}
}

func (f *file) suspendChannel(o object) {
	if ch := f.channels[fold(o.fields["chan"])]; ch != nil {
		ch.Suspended = f.ruling(o)
	}
}

// A kind of network-wide ban, by what Anope calls its manager.
const (
	bansHosts     = "xlinemanager/sgline"
	bansRealnames = "xlinemanager/snline"
	bansNames     = "xlinemanager/sqline"
)

func (f *file) xline(o object) {
	mask := o.fields["mask"]
	b := migrate.Ban{Action: "ban", Reason: migrate.Text(o.fields["reason"]), By: o.fields["by"], Set: o.when("created"), Until: o.when("expires")}
	if strings.HasPrefix(mask, "/") && strings.HasSuffix(mask, "/") {
		f.out.Note("ban", mask, "it is a regular expression; write a mask")
		return
	}
	switch o.fields["manager"] {
	case bansHosts:
		host, realname, has := strings.Cut(mask, "#")
		if b.Target = address(host); has && realname != "" {
			b.Target += "&" + realnames(realname)
		}
	case bansRealnames:
		b.Target = realnames(mask)
	case bansNames:
		b.Action, b.Target = "reserve", mask
	default:
		f.out.Note("ban", mask, "it is of an unknown kind")
		return
	}
	f.out.Bans = append(f.out.Bans, b)
}

// realnames returns the extended ban on a mask of real names. It has no spaces, as it is
// one word of a command.
func realnames(mask string) string { return "r:" + strings.ReplaceAll(mask, " ", "?") }

// address returns nick!user@host of a mask that may be less.
func address(mask string) string {
	switch {
	case strings.Contains(mask, "!"):
		return mask
	case strings.Contains(mask, "@"):
		return "*!" + mask
	}
	return "*!*@" + mask
}

// What ForbidData is about.
const (
	forbidsNick    = "1"
	forbidsChannel = "2"
)

func (f *file) forbid(o object) {
	mask, reason := o.fields["mask"], migrate.Text(o.fields["reason"])
	wild := strings.ContainsAny(mask, "*?")
	switch t := o.fields["type"]; {
	case t == forbidsChannel && !wild:
		f.out.Channels = append(f.out.Channels, migrate.Channel{
			Name: mask, Forbidden: &migrate.Ruling{Reason: reason, By: o.fields["creator"], Since: o.when("created"), Until: o.when("expires")},
		})
	case t == forbidsNick, t == forbidsChannel:
		f.out.Bans = append(f.out.Bans, migrate.Ban{
			Action: "reserve", Target: mask, Reason: reason, By: o.fields["creator"], Set: o.when("created"), Until: o.when("expires"),
		})
	default:
		f.out.Note("forbidden", mask, "what Anope forbids by type %s can be neither a nick nor a channel", o.fields["type"])
	}
}

// key tells an account from others.
func (o object) key() string { return fmt.Sprint(o.first("uniqueid")) }
