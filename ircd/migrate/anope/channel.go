package anope

import (
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/migrate"
)

func (f *file) channel(o object) {
	name := o.fields["name"]
	if name == "" || f.channels[fold(name)] != nil {
		return
	}
	ch := &migrate.Channel{
		Name: name, Founder: f.owner(o.fields["founderid"], o.fields["founder"]), Successor: f.owner(o.fields["successorid"], o.fields["successor"]),
		Registered: o.when("registered", "time_registered"),
		Topic:      migrate.Topic{Text: migrate.Text(o.fields["last_topic"]), By: o.fields["last_topic_setter"], Set: o.when("last_topic_time")},
		Settings:   map[string]string{},
	}
	for flag, setting := range map[string]string{"CS_PRIVATE": "private", "RESTRICTED": "restricted", "SECUREOPS": "secureops", "TOPICLOCK": "topiclock"} {
		if o.is(flag) {
			ch.Settings[setting] = "on"
		}
	}
	if _, known := o.fields["KEEPTOPIC"]; !known {
		ch.Settings["keeptopic"] = "off"
	}
	if text := o.fields["description"]; text != "" {
		ch.Settings["desc"] = text
	}
	for _, word := range strings.Fields(o.fields["last_modes"]) {
		mode, param, _ := strings.Cut(word, ",")
		f.mode(ch, &ch.Modes, mode, param, false)
	}
	f.channels[fold(name)] = ch
	f.levels[fold(name)] = levels(o.fields["levels"])
}

// finishChannels keeps the order of the file.
func (f *file) finishChannels() {
	done := map[string]bool{}
	for _, o := range f.by["ChannelInfo"] {
		if key := fold(o.fields["name"]); f.channels[key] != nil && !done[key] {
			done[key] = true
			f.out.Channels = append(f.out.Channels, *f.channels[key])
		}
	}
}

// letters are the modes here by what Anope calls them.
var letters = map[string]byte{
	"MODERATED": 'm', "NOEXTERNAL": 'n', "TOPIC": 't', "INVITE": 'i', "SECRET": 's', "PRIVATE": 'p', "KEY": 'k', "LIMIT": 'l',
	"REGISTEREDONLY": 'R', "REGMODERATED": 'M', "NOCTCP": 'C', "NONOTICE": 'T', "NOKNOCK": 'K', "NOINVITE": 'V', "NONICK": 'N',
	"BLOCKCOLOR": 'c', "STRIPCOLOR": 'c', "SSL": 'z', "AUDITORIUM": 'u', "OPERONLY": 'O', "ALLINVITE": 'g', "REDIRECT": 'f',
	"JOINFLOOD": 'j', "DELAYEDJOIN": 'D', "OPMODERATED": 'U', "HISTORY": 'H',
	"BAN": 'b', "EXCEPT": 'e', "INVITEOVERRIDE": 'I',
	"PERM": 0, "REGISTERED": 0, // as every registered channel is here
}

// mode adds a mode of a channel to a list.
func (f *file) mode(ch *migrate.Channel, to *[]migrate.Mode, name, param string, off bool) {
	letter, known := letters[name]
	switch {
	case !known && !off:
		f.out.Note("channel", ch.Name, "without mode %s, which there is not here", name)
	case !known, letter == 0:
	case letter == 'b' || letter == 'e' || letter == 'I':
		if !off && param != "" {
			ch.Lists = append(ch.Lists, migrate.Entry{Letter: letter, Mask: address(param)})
		}
	default:
		*to = append(*to, migrate.Mode{Letter: letter, Param: param, Off: off})
	}
}

func (f *file) lock(o object) {
	if ch := f.channels[fold(o.fields["ci"])]; ch != nil {
		param := o.fields["param"]
		if !o.is("set") {
			param = ""
		}
		f.mode(ch, &ch.Lock, o.fields["name"], param, !o.is("set"))
	}
}

// A right is a privilege of Anope, and the flag here that gives it: by the level, the flag
// and the name of the list that have it unless a channel says otherwise.
type right struct {
	name  string
	flag  rune // here
	level int
	there rune
}

var rights = []right{
	{"ACCESS_CHANGE", 'f', 10, 'f'},
	{"AKICK", 'k', 10, 'K'},
	{"AUTOOWNER", 'A', 9999, 'Q'},
	{"AUTOPROTECT", 'A', 10, 'A'},
	{"AUTOOP", 'O', 5, 'O'},
	{"AUTOHALFOP", 'H', 4, 'H'},
	{"AUTOVOICE", 'V', 3, 'V'},
	{"BAN", 'r', 4, 'b'},
	{"KICK", 'r', 4, 'k'},
	{"UNBAN", 'r', 4, 'u'},
	{"HALFOPME", 'h', 4, 'h'},
	{"INVITE", 'i', 5, 'i'},
	{"OPME", 'o', 5, 'o'},
	{"PROTECTME", 'a', 10, 'a'},
	{"OWNERME", 'a', 9999, 'q'},
	{"SET", 's', 9999, 'S'},
	{"MODE", 's', 9999, 's'},
	{"TOPIC", 't', 5, 't'},
	{"VOICEME", 'v', 3, 'v'},
}

// founderLevel is that of who may do everything.
const founderLevel = 10000

// lists are the flags of those on a list of XOP.
var lists = map[string]string{"QOP": "SOP", "SOP": "SOP", "AOP": "AOP", "HOP": "HOP", "VOP": "VOP"}

// levels reads the levels of a channel: names, and a number after each.
func levels(text string) map[string]int {
	words, all := strings.Fields(text), map[string]int{}
	for i := 0; i+1 < len(words); i += 2 {
		if n, err := strconv.Atoi(words[i+1]); err == nil {
			all[words[i]] = n
		}
	}
	return all
}

func (f *file) access(o object) {
	ch := f.channels[fold(o.fields["ci"])]
	if ch == nil {
		return
	}
	mask := o.fields["mask"]
	other := strings.HasPrefix(mask, "#")
	if !other && strings.ContainsAny(mask, "!@*?") {
		f.out.Note("channel", ch.Name, "without the access of %s: here, accounts have access", mask)
		return
	}
	flags := f.flags(fold(ch.Name), o.fields["provider"], o.fields["data"])
	if flags == "" {
		return // it gave nothing that there is here
	}
	if !other {
		mask = f.owner("", mask)
	}
	ch.Access = append(ch.Access, migrate.Access{Account: mask, Flags: flags, By: o.fields["creator"], Since: o.when("created")})
}

// flags returns the flags of an entry of the access list.
func (f *file) flags(channel, provider, data string) string {
	if list := lists[strings.ToUpper(data)]; list != "" && provider != "access/flags" {
		return list
	}
	level, err := strconv.Atoi(data)
	flags := ""
	for _, r := range rights {
		has := strings.ContainsRune(data, r.there) || strings.ContainsRune(data, 'F')
		if provider != "access/flags" {
			need, changed := f.levels[channel][r.name]
			if !changed {
				need = r.level
			}
			// A level below 0 takes the right from all but the founder.
			has = err == nil && (level >= founderLevel || need >= 0 && level >= need && level > 0)
		}
		if has && !strings.ContainsRune(flags, r.flag) {
			flags += string(r.flag)
		}
	}
	if flags == "" {
		return ""
	}
	return "+" + flags
}

func (f *file) akick(o object) {
	ch := f.channels[fold(o.fields["ci"])]
	if ch == nil {
		return
	}
	mask := o.fields["mask"]
	if account := f.owner(o.fields["ncid"], o.fields["nc"]); mask == "" && account != "" {
		mask = "a:" + account
	} else {
		mask = address(mask)
	}
	ch.Akicks = append(ch.Akicks, migrate.Akick{Mask: mask, Reason: migrate.Text(o.fields["reason"]), By: o.fields["creator"], Since: o.when("addtime")})
}

// entryMessage reads a message to who joins. Of several one is made.
func (f *file) entryMessage(o object) {
	ch, text := f.channels[fold(o.fields["ci"])], o.fields["message"]
	if ch == nil || text == "" {
		return
	}
	if first := ch.Settings["entrymsg"]; first != "" {
		text = first + " / " + text
	}
	ch.Settings["entrymsg"] = text
}

// misc reads a setting that the configuration of Anope has invented, as its example does.
func (f *file) misc(o object) {
	ch := f.channels[fold(o.fields["ci"])]
	if ch == nil {
		return
	}
	_, name, _ := strings.Cut(o.fields["name"], ":")
	switch name = fold(name); name {
	case "url", "email":
		ch.Settings[name] = o.fields["data"]
	default:
		f.out.Note("channel", ch.Name, "without the setting %s, which there is not here", name)
	}
}
