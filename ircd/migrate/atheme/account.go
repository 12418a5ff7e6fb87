package atheme

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/migrate"
)

// user reads an account: number, name, password, address, registered, last seen, flags.
func (f *file) user(r *row) {
	a := &account{data: map[string]string{}}
	if f.version >= 10 {
		a.Key = r.word()
	}
	a.Name, a.pass, a.Email = r.word(), r.word(), r.word()
	a.Registered, a.Seen, a.flags = r.when(), r.when(), r.word()
	key := fold(a.Name)
	if a.Name == "" || f.accounts[key] != nil {
		return
	}
	f.accounts[key] = a
	f.order = append(f.order, key)
}

func (f *file) userData(r *row) {
	if a := f.accounts[fold(r.word())]; a != nil {
		name := r.word()
		a.data[name] = r.text()
	}
}

func (f *file) nick(r *row) {
	if a := f.accounts[fold(r.word())]; a != nil {
		if nick := r.word(); fold(nick) != fold(a.Name) {
			a.Nicks = append(a.Nicks, nick)
		}
	}
}

func (f *file) cert(r *row) {
	if a := f.accounts[fold(r.word())]; a != nil {
		a.Certs = append(a.Certs, r.word())
	}
}

// memoRead is the bit of a memo that was read.
const memoRead = 1

func (f *file) memo(r *row) {
	if a := f.accounts[fold(r.word())]; a != nil {
		m := migrate.Memo{From: r.word(), Sent: r.when()}
		m.Read = r.number()&memoRead != 0
		m.Text = migrate.Text(r.text())
		a.Memos = append(a.Memos, m)
	}
}

// The flags of accounts that mean something here.
const (
	waits    = "W" // for the code that was mailed
	hashed   = "C" // the password is not kept as it is
	enforces = "E"
	noPass   = "S" // nobody can log in by a password
)

// finishAccount adds an account of which all lines have been read.
func (f *file) finishAccount(a *account) {
	has := func(flag string) bool { return strings.Contains(a.flags, flag) }
	if has(waits) {
		f.out.Note("account", a.Name, "it was never verified; its owner can register it here")
		return
	}
	// Until version 8 flags are a number, of which this bit says that the password is
	// hashed.
	const hashedBit = 0x100
	old, err := strconv.ParseUint(strings.TrimPrefix(a.flags, "+"), 0, 64)
	if a.Email == "noemail" || a.Email == "*" {
		a.Email = ""
	}
	// There, too, who reads the mail to the address could choose another password.
	a.Confirmed = a.Email != ""
	if a.Secret, a.SecretErr = foreign.Atheme(a.pass, has(hashed) || err == nil && old&hashedBit != 0); has(noPass) {
		a.Secret, a.SecretErr = foreign.Secret{}, foreign.ErrNone
	}
	if has(enforces) || a.data["private:doenforce"] != "" {
		a.Settings = map[string]string{"enforce": "timeout"}
	}
	a.Account.Suspended = a.frozen()
	a.host(f)
	for _, what := range []string{"private:mark:reason", "private:restrict:reason"} {
		if text := a.data[what]; text != "" {
			f.out.Note("note of operators", a.Name, "%s", text)
		}
	}
	f.out.Accounts = append(f.out.Accounts, a.Account)
}

// frozen returns why nobody may use the account, or nil.
func (a *account) frozen() *migrate.Ruling {
	by := a.data["private:freeze:freezer"]
	if by == "" {
		return nil
	}
	return &migrate.Ruling{By: by, Reason: migrate.Text(a.data["private:freeze:reason"]), Since: seconds(a.data["private:freeze:timestamp"])}
}

// host notes the host of an account. That of a single nick has no place here.
func (a *account) host(f *file) {
	const key = "private:usercloak"
	if h := a.data[key]; h != "" {
		a.Host = &migrate.Host{Host: h, By: a.data[key+"-assigner"], Since: seconds(a.data[key+"-timestamp"])}
	}
	for _, name := range slices.Sorted(maps.Keys(a.data)) {
		h := a.data[name]
		if nick, ok := strings.CutPrefix(name, key+":"); ok && (a.Host == nil || a.Host.Host != h) {
			f.out.Note("host", nick, "%s: an account has one host for all its nicks", h)
		}
	}
}

func (f *file) groupAccess(r *row) {
	group := fold(r.word())
	f.groups[group] = append(f.groups[group], member{r.word(), r.word()})
}
