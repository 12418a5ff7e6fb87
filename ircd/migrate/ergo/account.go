package ergo

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/migrate"
)

// What Ergo keeps of an account as JSON.
type (
	credentials struct {
		Version        int
		PassphraseHash []byte
		Certfps        []string
		Salt           []byte
		Iters          int
		StoredKey      []byte
		ServerKey      []byte
	}
	settings struct {
		AutoreplayLines *int
		NickEnforcement int
		AllowBouncer    int
		AlwaysOn        int
		DMHistory       int
		Email           string
	}
	suspension struct {
		TimeCreated      time.Time
		Duration         time.Duration
		OperName, Reason string
	}
	vhost struct {
		ApprovedVHost string
		Enabled       bool
	}
	membership struct {
		Modes    string
		JoinTime int64 // Unix nanoseconds
	}
)

func (f *file) account(key string) {
	get := func(what string) string { return f.records["account."+what+" "+key] }
	a := migrate.Account{Name: get("name"), Registered: nano(get("registered.time"))}
	if a.Name == "" {
		a.Name = key
	}
	if get("verified") == "" {
		f.out.Note("account", a.Name, "it was never verified; its owner can register it here")
		return
	}
	f.credentials(&a, get("credentials"))
	s, _ := decode[settings](f, "account", a.Name, "the settings", get("settings"))
	a.Email, a.Confirmed, a.Settings = s.Email, s.Email != "", s.words()
	if nicks := get("additionalnicks"); nicks != "" {
		a.Nicks = strings.Split(nicks, ",")
	}
	if v, ok := decode[suspension](f, "account", a.Name, "the suspension", get("suspended")); ok {
		a.Suspended = &migrate.Ruling{Reason: migrate.Text(v.Reason), By: v.OperName, Since: sane(v.TimeCreated), Until: until(v.TimeCreated, v.Duration)}
	}
	if v, ok := decode[vhost](f, "account", a.Name, "the host", get("vhost")); ok && v.ApprovedVHost != "" {
		a.Host = &migrate.Host{Host: v.ApprovedVHost, Off: !v.Enabled}
	}
	a.Metadata, _ = decode[map[string]string](f, "account", a.Name, "the metadata", get("metadata"))
	a.Markers, _ = decode[map[string]time.Time](f, "account", a.Name, "the read markers", get("readmarkers"))
	seen, _ := decode[map[string]time.Time](f, "account", a.Name, "when it was last used", get("lastseen"))
	for _, t := range seen {
		if t = sane(t); t.After(a.Seen) {
			a.Seen = t
		}
	}
	f.stay(&a, get)
	if get("pushsubscriptions") != "" {
		f.out.Note("push notifications", a.Name, "devices were told with a key of the old server; they register again when they connect")
	}
	f.out.Accounts = append(f.out.Accounts, a)
}

func (f *file) credentials(a *migrate.Account, value string) {
	c, ok := decode[credentials](f, "account", a.Name, "the password", value)
	if !ok {
		a.SecretErr = foreign.ErrNone
		return
	}
	a.Certs = c.Certfps
	if a.Secret, a.SecretErr = foreign.Ergo(c.Version, c.PassphraseHash); a.SecretErr != nil {
		return
	}
	if c.Version == 1 && c.Iters >= 4096 && c.Iters <= 1_000_000 && len(c.Salt) > 0 && len(c.StoredKey) == 32 && len(c.ServerKey) == 32 {
		a.Secret.Scram = &foreign.Scram{Salt: c.Salt, Iterations: c.Iters, StoredKey: c.StoredKey, ServerKey: c.ServerKey}
	}
}

// words returns the settings as NickServ here has them. Each is a number that stands for
// a word; 0 is the default.
func (s settings) words() map[string]string {
	all := map[string]string{
		"enforce":     map[int]string{1: "none", 2: "strict"}[s.NickEnforcement],
		"multiclient": map[int]string{1: "off", 2: "on"}[s.AllowBouncer],
		"always-on":   map[int]string{1: "false", 4: "true"}[s.AlwaysOn],
		"history":     keeps[s.DMHistory],
	}
	if n := s.AutoreplayLines; n != nil && *n >= 0 {
		all["autoreplay-lines"] = strconv.Itoa(min(*n, 1000))
	}
	maps.DeleteFunc(all, func(_, v string) bool { return v == "" })
	return all
}

// keeps are the words for how history is kept.
var keeps = map[int]string{1: "off", 2: "ephemeral", 3: "persistent"}

// stay reads the channels of an account whose user was always on.
func (f *file) stay(a *migrate.Account, get func(string) string) {
	channels, ok := decode[map[string]membership](f, "account", a.Name, "the channels", get("channeltomodes"))
	if !ok {
		return
	}
	a.Stay = &migrate.Stay{Realname: migrate.Text(get("realname")), Modes: get("modes")}
	for _, name := range slices.Sorted(maps.Keys(channels)) {
		m := channels[name]
		a.Stay.Channels = append(a.Stay.Channels, migrate.Membership{Channel: name, Status: m.Modes, Joined: migrate.Unix(m.JoinTime / int64(time.Second))})
	}
}
