package httpapi

import "net/http"

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	remove = http.MethodDelete
)

// Routes returns all that can be asked for. To add something, add a row.
func Routes() []Route {
	return []Route{
		answers(Route{Method: get, Path: "/v1/status", ID: "status", Scope: ScopeStatus, Summary: "How the server does."}, status),
		answers(Route{Method: get, Path: "/v1/servers", ID: "servers", Scope: ScopeStatus, Summary: "The servers of the network."}, servers),
		answers(Route{Method: post, Path: "/v1/servers/{name}/unlink", ID: "unlink", Scope: ScopeServer, Summary: "Unlinks a server from the network, until it is linked again."}, unlink),
		answers(Route{Method: post, Path: "/v1/servers/{name}/link", ID: "link", Scope: ScopeServer, Summary: "Links a server again that was unlinked."}, relink),

		answers(Route{Method: get, Path: "/v1/users", ID: "listUsers", Scope: ScopeUsersRead, Summary: "Who is online."}, users),
		answers(Route{Method: get, Path: "/v1/users/{nick}", ID: "getUser", Scope: ScopeUsersRead, Summary: "Somebody who is online."}, user),
		answers(Route{Method: get, Path: "/v1/users/{nick}/whowas", ID: "whowas", Scope: ScopeUsersRead, Summary: "Who had a nick before, the latest first."}, whowas),
		answers(Route{Method: post, Path: "/v1/users/{nick}/kill", ID: "killUser", Scope: ScopeUsersWrite, Summary: "Removes somebody from the network."}, killUser),
		answers(Route{Method: post, Path: "/v1/users/{nick}/rename", ID: "renameUser", Scope: ScopeUsersWrite, Summary: "Gives somebody another nick."}, renameUser),
		answers(Route{Method: put, Path: "/v1/users/{nick}/identity", ID: "changeIdentity", Scope: ScopeUsersWrite, Summary: "Changes the host, username and real name that are shown of somebody."}, changeIdentity),
		answers(Route{Method: post, Path: "/v1/users/{nick}/join", ID: "joinUser", Scope: ScopeUsersWrite, Summary: "Makes somebody join a channel, whatever it forbids."}, joinUser),
		answers(Route{Method: post, Path: "/v1/users/{nick}/part", ID: "partUser", Scope: ScopeUsersWrite, Summary: "Makes somebody leave a channel."}, partUser),
		answers(Route{Method: post, Path: "/v1/users/{nick}/tell", ID: "tellUser", Scope: ScopeUsersWrite, Summary: "Tells somebody something, as a notice of the server."}, tellUser),

		answers(Route{Method: get, Path: "/v1/channels", ID: "listChannels", Scope: ScopeChannelsRead, Summary: "The channels that somebody is in."}, channels),
		answers(Route{Method: get, Path: "/v1/channels/{name}", ID: "getChannel", Scope: ScopeChannelsRead, Summary: "A channel, with its members and its registration."}, channel),
		answers(Route{Method: put, Path: "/v1/channels/{name}/topic", ID: "setTopic", Scope: ScopeChannelsWrite, Summary: "Changes the topic."}, setTopic),
		answers(Route{Method: post, Path: "/v1/channels/{name}/modes", ID: "setModes", Scope: ScopeChannelsWrite, Summary: "Changes modes, also bans and the status of members."}, setModes),
		answers(Route{Method: post, Path: "/v1/channels/{name}/kick", ID: "kickUser", Scope: ScopeChannelsWrite, Summary: "Removes a member."}, kickUser),
		answers(Route{Method: post, Path: "/v1/channels/{name}/tell", ID: "tellChannel", Scope: ScopeChannelsWrite, Summary: "Tells all members something, as a notice of the server that is not kept."}, tellChannel),
		answers(Route{Method: get, Path: "/v1/registrations", ID: "listRegistrations", Scope: ScopeChannelsRead, Summary: "The channels that are registered or forbidden."}, registrations),
		answers(Route{Method: post, Path: "/v1/channels/{name}/suspend", ID: "suspendChannel", Scope: ScopeChannelsWrite, Summary: "Closes a registered channel, and empties it."}, suspendChannel),
		answers(Route{Method: post, Path: "/v1/channels/{name}/unsuspend", ID: "unsuspendChannel", Scope: ScopeChannelsWrite, Summary: "Opens a channel that was suspended."}, unsuspendChannel),
		answers(Route{Method: post, Path: "/v1/channels/{name}/forbid", ID: "forbidChannel", Scope: ScopeChannelsWrite, Summary: "Forbids a channel: it is emptied, and its registration ends."}, forbidChannel),
		answers(Route{Method: post, Path: "/v1/channels/{name}/permit", ID: "permitChannel", Scope: ScopeChannelsWrite, Summary: "Permits a channel that was forbidden."}, permitChannel),
		stream(Route{Method: get, Path: "/v1/channels/{name}/history", ID: "channelHistory", Scope: ScopeHistory, Summary: "What was said in a channel, the oldest first: a line of JSON each.", Kind: lines}, channelHistory),

		answers(Route{Method: get, Path: "/v1/accounts", ID: "listAccounts", Scope: ScopeAccountsRead, Summary: "The accounts."}, listAccounts),
		answers(Route{Method: post, Path: "/v1/accounts", ID: "addAccount", Scope: ScopeAccountsWrite, Summary: "Makes an account, which needs no confirmation.", Done: http.StatusCreated}, addAccount),
		answers(Route{Method: post, Path: "/v1/accounts/check", ID: "checkAccount", Scope: ScopeAccountsCheck, Summary: "Says whether a password is that of an account. Nobody is logged in by it."}, checkAccount),
		answers(Route{Method: get, Path: "/v1/accounts/{name}", ID: "getAccount", Scope: ScopeAccountsRead, Summary: "An account."}, account),
		answers(Route{Method: remove, Path: "/v1/accounts/{name}", ID: "removeAccount", Scope: ScopeAccountsWrite, Summary: "Removes an account for good with all that its owner has said, on all servers, and frees its names."}, removeAccount),
		answers(Route{Method: get, Path: "/v1/accounts/{name}/logins", ID: "logins", Scope: ScopeAccountsRead, Summary: "How an account was used."}, logins),
		answers(Route{Method: post, Path: "/v1/accounts/{name}/suspend", ID: "suspendAccount", Scope: ScopeAccountsWrite, Summary: "Lets nobody use an account, and disconnects who does."}, suspendAccount),
		answers(Route{Method: post, Path: "/v1/accounts/{name}/unsuspend", ID: "unsuspendAccount", Scope: ScopeAccountsWrite, Summary: "Takes that back."}, unsuspendAccount),
		answers(Route{Method: put, Path: "/v1/accounts/{name}/password", ID: "changePassword", Scope: ScopeAccountsWrite, Summary: "Gives an account another password, and ends its sessions."}, changePassword),
		answers(Route{Method: post, Path: "/v1/accounts/{name}/logout", ID: "endSessions", Scope: ScopeAccountsWrite, Summary: "Ends the sessions of an account."}, endSessions),
		answers(Route{Method: post, Path: "/v1/accounts/{name}/drop-factors", ID: "dropFactors", Scope: ScopeAccountsWrite, Summary: "Takes the second factors of an account away, for an owner who has lost them."}, dropFactors),
		stream(Route{Method: get, Path: "/v1/accounts/{name}/history", ID: "accountHistory", Scope: ScopeHistory, Summary: "What an account has said anywhere, the newest first: a line of JSON each.", Kind: lines}, accountHistory),

		answers(Route{Method: get, Path: "/v1/bans", ID: "listBans", Scope: ScopeBansRead, Summary: "The bans of the network, the oldest first."}, listBans),
		answers(Route{Method: post, Path: "/v1/bans", ID: "addBan", Scope: ScopeBansWrite, Summary: "Sets a ban, or changes one.", Done: http.StatusCreated}, addBan),
		answers(Route{Method: get, Path: "/v1/bans/test", ID: "testBans", Scope: ScopeBansRead, Summary: "Which bans somebody meets, and what comes of them."}, testBans),
		answers(Route{Method: get, Path: "/v1/bans/{id}", ID: "getBan", Scope: ScopeBansRead, Summary: "A ban."}, getBan),
		answers(Route{Method: remove, Path: "/v1/bans/{id}", ID: "removeBan", Scope: ScopeBansWrite, Summary: "Removes a ban."}, removeBan),
		answers(Route{Method: get, Path: "/v1/defcon", ID: "getDefcon", Scope: ScopeBansRead, Summary: "How alert the network is."}, getDefcon),
		answers(Route{Method: put, Path: "/v1/defcon", ID: "setDefcon", Scope: ScopeBansWrite, Summary: "Sets how alert the network is."}, setDefcon),

		answers(Route{Method: post, Path: "/v1/announce", ID: "announce", Scope: ScopeAnnounce, Summary: "Tells all users, or all operators, something."}, announce),
		answers(Route{Method: post, Path: "/v1/rehash", ID: "rehash", Scope: ScopeServer, Summary: "Reads the configuration, the certificates and the texts again, and says what has changed."}, rehash),
		answers(Route{Method: post, Path: "/v1/config/check", ID: "checkConfig", Scope: ScopeServer, Summary: "Says what is wrong in a configuration. It changes nothing."}, checkConfig),
		answers(Route{Method: post, Path: "/v1/drain", ID: "drain", Scope: ScopeServer, Summary: "Takes no new clients, and sends those away who are connected."}, drain),
		answers(Route{Method: remove, Path: "/v1/drain", ID: "endDrain", Scope: ScopeServer, Summary: "Lets clients connect again."}, endDrain),
		answers(Route{Method: post, Path: "/v1/stop", ID: "stop", Scope: ScopeServer, Summary: "Stops the server."}, stop),
		answers(Route{Method: get, Path: "/v1/audit", ID: "audit", Scope: ScopeAudit, Summary: "What operators, and programs, have done, the newest first."}, trail),
		stream(Route{Method: get, Path: "/v1/backup", ID: "backup", Scope: ScopeBackup, Summary: "A copy of all that the server keeps, as \"ircd export\" writes it.", Kind: lines}, backup),
		stream(Route{Method: get, Path: "/v1/events", ID: "events", Scope: ScopeEvents, Summary: "What happens, as it happens (server-sent events).", Kind: "text/event-stream"}, eventStream),
	}
}
