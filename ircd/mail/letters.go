package mail

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/parley-irc/parley/ircd/lang"
)

// About is what letters about an account say of it.
type About struct {
	To      string // the address
	Network string
	Account string
}

func (a About) letter(kind string, until time.Time, subject lang.Phrase, body ...lang.Phrase) Letter {
	return Letter{To: a.To, Kind: kind, Until: until, Subject: subject, Body: body}
}

// left returns how long a code can be used, as people say it.
func left(until time.Time) lang.Phrase {
	return lang.Duration(max(time.Minute, time.Until(until).Round(time.Minute)))
}

// verbatim is what is to be typed, in every language.
func verbatim(format string, args ...any) lang.Phrase {
	return lang.Verbatim.With(fmt.Sprintf(format, args...))
}

// Welcome asks who has registered an account to confirm it.
func Welcome(a About, code string, until time.Time) Letter {
	return a.letter("welcome", until, say("Confirm your account on %s", a.Network),
		say("Somebody, hopefully you, has registered the account %s on %s with this address.", a.Account, a.Network),
		say("To confirm it, type this in your client within %s:", left(until)),
		verbatim("/msg NickServ VERIFY %s %s", a.Account, code),
		say("If that was not you, there is nothing to do: the account will be removed."))
}

// Address asks the owner of an account to confirm another address.
func Address(a About, code string, until time.Time) Letter {
	return a.letter("address", until, say("Confirm your address on %s", a.Network),
		say("Somebody, hopefully you, wants the account %s on %s to have this address.", a.Account, a.Network),
		say("To confirm it, type this in your client within %s:", left(until)),
		verbatim("/msg NickServ VERIFYEMAIL %s", code),
		say("If that was not you, there is nothing to do."))
}

// Reset has a code for another password, to be typed with it.
func Reset(a About, code string, until time.Time) Letter {
	return a.letter("reset", until, say("Another password for your account on %s", a.Network),
		say("Somebody, hopefully you, has forgotten the password of the account %s on %s.", a.Account, a.Network),
		say("To choose another one, type this in your client within %s:", left(until)),
		verbatim("/msg NickServ RESETPASS %s %s <new password>", a.Account, code),
		say("If that was not you, there is nothing to do: your password stays what it is."))
}

// Recovery has a short code, for a client that asks for it.
func Recovery(a About, code string, until time.Time) Letter {
	return a.letter("recovery", until, say("Your code for %s", a.Network),
		say("Somebody, hopefully you, has forgotten the password of the account %s on %s.", a.Account, a.Network),
		say("Type this code in your client within %s:", left(until)),
		verbatim("%s", code),
		say("It can be tried once. Nobody of the network will ever ask you for it. If that was not you, there is nothing to do: your password stays what it is."))
}

// noteUseful is for how long it is worth to tell what has happened.
const noteUseful = 48 * time.Hour

// PasswordChanged tells that the password was changed by a code.
func PasswordChanged(a About) Letter {
	return a.letter("password changed", time.Now().Add(noteUseful), say("Your password on %s has been changed", a.Network),
		say("The password of the account %s on %s has been changed by a code that was sent to this address. All its sessions have ended, and its certificates and app passwords are removed.", a.Account, a.Network),
		say("If that was not you, somebody reads your mail: change its password first, then that of the account."))
}

// AddressChanged tells the old address that there is another one.
func AddressChanged(a About) Letter {
	return a.letter("address changed", time.Now().Add(noteUseful), say("Your address on %s has been changed", a.Network),
		say("The account %s on %s has another e-mail address now.", a.Account, a.Network),
		say("If that was not you, ask the operators of the network for help."))
}

// Expiring tells that an account that nobody uses will be removed.
func Expiring(a About, at time.Time) Letter {
	return a.letter("expiring", at, say("Your account on %s will expire", a.Network),
		say("Nobody has used the account %s on %s for long. It will be removed on %s.", a.Account, a.Network, at.UTC().Format("2 January 2006")),
		say("To keep it, log in once. Who is away for longer can say so by /msg NickServ VACATION."))
}

// ChannelExpiring tells that the registration of a channel that nobody uses will end.
func ChannelExpiring(a About, channel string, at time.Time) Letter {
	return a.letter("channel expiring", at, say("Your channel %s on %s will expire", channel, a.Network),
		say("Nobody with access to the channel %s on %s has been there for long. It will not be registered any more on %s.", channel, a.Network, at.UTC().Format("2 January 2006")),
		say("To keep it, log in as %s and join it once.", a.Account))
}

// Memo tells that somebody has left a memo. What it says is not mailed.
func Memo(a About, from string) Letter {
	return a.letter("memo", time.Now().Add(noteUseful), say("%s has left you a memo on %s", from, a.Network),
		say("%s has left a memo for the account %s on %s. To read it, log in and type:", from, a.Account, a.Network),
		verbatim("/msg MemoServ READ NEW"),
		say("You get no more mail of this kind until you have read it. To get none any more: /msg MemoServ SET MAIL off"))
}

// messageID returns an identifier that no other message has.
func messageID(from string) string { return rand.Text() + "@" + domain(from) }
