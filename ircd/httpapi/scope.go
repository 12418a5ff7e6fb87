package httpapi

// A Scope is what a token is good for.
type Scope string

// A ScopeRow describes a scope.
type ScopeRow struct {
	Scope Scope
	Help  string
}

var scopes []ScopeRow

func scope(name, help string) Scope {
	scopes = append(scopes, ScopeRow{Scope(name), help})
	return Scope(name)
}

// The scopes.
var (
	ScopeStatus        = scope("status", "See how the server does, and the servers of the network.")
	ScopeUsersRead     = scope("users:read", "See who is online, with real addresses.")
	ScopeUsersWrite    = scope("users:write", "Remove and rename users, make them join and leave channels, tell them something.")
	ScopeChannelsRead  = scope("channels:read", "See all channels, also secret ones, and their registrations.")
	ScopeChannelsWrite = scope("channels:write", "Change topics and modes of channels, remove members, suspend and forbid channels.")
	ScopeAccountsRead  = scope("accounts:read", "See accounts, with their e-mail addresses and logins.")
	ScopeAccountsWrite = scope("accounts:write", "Make, suspend and remove accounts, and choose their passwords.")
	ScopeAccountsCheck = scope("accounts:check", "Ask whether a password is that of an account.")
	ScopeBansRead      = scope("bans:read", "See the bans of the network, and whom they are about.")
	ScopeBansWrite     = scope("bans:write", "Set and remove bans, and how alert the network is.")
	ScopeAnnounce      = scope("announce", "Tell all users, or all operators, something.")
	ScopeServer        = scope("server", "Read the configuration again and check one, link and unlink servers, send clients away, stop the server.")
	ScopeAudit         = scope("audit:read", "Read what operators have done.")
	ScopeHistory       = scope("history:read", "Read what was said in channels, and what accounts have said anywhere.")
	ScopeBackup        = scope("backup", "Get a copy of all that the server keeps, secrets included.")
	ScopeEvents        = scope("events", "Be told what happens.")
)

// all is the scope that is every other.
const all Scope = "*"

// Scopes returns the scopes.
func Scopes() []ScopeRow { return scopes }

// Unknown returns the first of the names that is not one of a scope, or "".
func Unknown(names []string) string {
	for _, name := range names {
		known := Scope(name) == all
		for _, row := range scopes {
			known = known || row.Scope == Scope(name)
		}
		if !known {
			return name
		}
	}
	return ""
}

// covers reports whether a token with these scopes is good for one.
func covers(names []string, s Scope) bool {
	for _, name := range names {
		if Scope(name) == s || Scope(name) == all {
			return true
		}
	}
	return false
}
