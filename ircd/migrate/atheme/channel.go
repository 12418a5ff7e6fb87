package atheme

import (
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/migrate"
)

// channel reads a channel: name, registered, used, flags, and the mode lock: modes that
// are on and off, limit, key.
func (f *file) channel(r *row) {
	ch := &channel{data: map[string]string{}}
	ch.Name, ch.Registered = r.word(), r.when()
	r.word()
	ch.flags, ch.on, ch.off = r.word(), r.number(), r.number()
	if limit := r.number(); limit > 0 {
		ch.Lock = append(ch.Lock, migrate.Mode{Letter: 'l', Param: strconv.FormatInt(limit, 10)})
	}
	if key := r.word(); key != "" {
		ch.Lock = append(ch.Lock, migrate.Mode{Letter: 'k', Param: key})
	}
	name := fold(ch.Name)
	if ch.Name == "" || f.channels[name] != nil {
		return
	}
	f.channels[name] = ch
	f.named = append(f.named, name)
}

func (f *file) chanData(r *row) {
	if ch := f.channels[fold(r.word())]; ch != nil {
		name := r.word()
		ch.data[name] = r.text()
	}
}

// access reads an entry of an access list: channel, account or mask, flags, since, by.
func (f *file) access(r *row) {
	if ch := f.channels[fold(r.word())]; ch != nil {
		e := &entry{target: r.word(), flags: r.word(), since: r.when(), by: r.word(), data: map[string]string{}}
		ch.entries = append(ch.entries, e)
	}
}

// accessData reads metadata of an entry, which until version 11 is called by channel and
// target with a colon between them.
func (f *file) accessData(r *row) {
	first := r.word()
	if f.version >= 12 {
		if ch := f.channels[fold(first)]; ch != nil {
			ch.entry(r.word()).set(r)
		}
		return
	}
	for i, c := range first {
		if c != ':' {
			continue
		}
		if ch := f.channels[fold(first[:i])]; ch != nil {
			ch.entry(first[i+1:]).set(r)
			return
		}
	}
}

// entry returns the last entry of a target, or nil.
func (ch *channel) entry(target string) *entry {
	for i := len(ch.entries) - 1; i >= 0; i-- {
		if fold(ch.entries[i].target) == fold(target) {
			return ch.entries[i]
		}
	}
	return nil
}

func (e *entry) set(r *row) {
	if e != nil {
		name := r.word()
		e.data[name] = r.text()
	}
}

// seconds returns the time of a number, zero if it is none.
func seconds(text string) time.Time {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return migrate.Unix(n)
}

// finishChannel adds a channel of which all lines have been read.
func (f *file) finishChannel(ch *channel) {
	f.finishModes(ch)
	get := func(name string) string { return ch.data["private:"+name] }
	ch.Topic = migrate.Topic{Text: migrate.Text(get("topic:text")), By: get("topic:setter"), Set: seconds(get("topic:ts"))}
	ch.Settings = map[string]string{"entrymsg": get("entrymsg"), "url": ch.data["url"], "email": ch.data["email"], "desc": ch.data["description"]}
	for name, value := range ch.Settings {
		if value == "" {
			delete(ch.Settings, name)
		}
	}
	for flag, setting := range map[string]string{"r": "restricted", "p": "private", "z": "secureops", "t": "topiclock"} {
		if strings.Contains(ch.flags, flag) {
			ch.Settings[setting] = "on"
		}
	}
	if !strings.Contains(ch.flags, "k") {
		ch.Settings["keeptopic"] = "off"
	}
	if by := get("close:closer"); by != "" {
		ch.Suspended = &migrate.Ruling{By: by, Reason: migrate.Text(get("close:reason")), Since: seconds(get("close:timestamp"))}
	}
	f.choose(ch)
	for _, e := range ch.entries {
		f.grant(ch, e)
	}
	f.out.Channels = append(f.out.Channels, ch.Channel)
}

// choose finds the founder: of those who may do everything the one who was first. Of a
// group it is the first who may do everything in that.
func (f *file) choose(ch *channel) {
	var first *entry
	for _, e := range ch.entries {
		if strings.Contains(e.flags, "F") && (first == nil || !e.since.IsZero() && e.since.Before(first.since)) {
			first = e
		}
	}
	if first == nil {
		return
	}
	if ch.Founder = first.target; !strings.HasPrefix(first.target, "!") {
		return
	}
	ch.Founder = ""
	for _, m := range f.groups[fold(first.target)] {
		if strings.Contains(m.flags, "F") {
			f.out.Note("channel", ch.Name, "it belonged to the group %s: %s is founder", first.target, m.account)
			ch.Founder = m.account
			return
		}
	}
}

// grant reads an entry of the access list.
func (f *file) grant(ch *channel, e *entry) {
	switch {
	case strings.Contains(e.flags, "b"):
		f.keepOut(ch, e)
	case strings.HasPrefix(e.target, "!"):
		f.grantGroup(ch, e)
	case strings.ContainsAny(e.target, "!@*?"), strings.HasPrefix(e.target, "$"):
		f.out.Note("channel", ch.Name, "without the access of %s: here, accounts have access", e.target)
	case fold(e.target) != fold(ch.Founder):
		f.give(ch, e, e.target)
	}
}

func (f *file) give(ch *channel, e *entry, account string) {
	if flags := flagsOf(e.flags); flags != "" {
		ch.Access = append(ch.Access, migrate.Access{Account: account, Flags: flags, By: e.by, Since: e.since})
	}
}

// grantGroup gives the access of a group to those of its members who had it.
func (f *file) grantGroup(ch *channel, e *entry) {
	members := f.groups[fold(e.target)]
	for _, m := range members {
		if strings.ContainsAny(m.flags, "Fc") && fold(m.account) != fold(ch.Founder) {
			f.give(ch, e, m.account)
		}
	}
	f.out.Note("channel", ch.Name, "the access of the group %s is given to its members: there are no groups", e.target)
}

// keepOut reads an automatic kick.
func (f *file) keepOut(ch *channel, e *entry) {
	mask := e.target
	switch {
	case strings.HasPrefix(mask, "!"):
		f.out.Note("channel", ch.Name, "without the automatic kick of the group %s: there are no groups", mask)
		return
	case !strings.ContainsAny(mask, "!@*?$:"):
		mask = "a:" + mask
	}
	reason, _, _ := strings.Cut(e.data["reason"], "|") // what follows is for operators
	ch.Akicks = append(ch.Akicks, migrate.Akick{
		Mask: mask, Reason: migrate.Text(reason), By: e.by, Since: e.since, Until: seconds(e.data["expires"]),
	})
}

// flagsOf returns flags of Atheme as there are here. Most letters are the same. Who may do
// everything, but is not the founder, may do nearly everything.
func flagsOf(there string) string {
	if strings.Contains(there, "F") {
		return "SOP"
	}
	flags := ""
	add := func(letters string) {
		for _, c := range letters {
			if !strings.ContainsRune(flags, c) {
				flags += string(c)
			}
		}
	}
	for _, c := range there {
		switch c {
		case 'v', 'V', 'o', 'O', 'h', 'H', 't', 's', 'i', 'f', 'a':
			add(string(c))
		case 'q':
			add("a")
		case 'r':
			add("rk") // who may kick may also keep out
		case 'R':
			add("c")
		}
	}
	if strings.ContainsRune(flags, 'a') && strings.ContainsRune(flags, 'O') {
		add("A")
	}
	if flags == "" {
		return ""
	}
	return "+" + flags
}
