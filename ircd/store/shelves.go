package store

// The shelves. What is kept on a shelf, and its schema, belongs to the package
// named here.
const (
	// Accounts: an account by its folded name (package accounts).
	Accounts = "accounts"
	// Nicks: who owns a nick, or that nobody may, by the skeleton of the nick:
	// a name and those that look like it have one owner (package accounts).
	Nicks = "nicks"
	// Certs: the account of a client certificate, by its fingerprint (package
	// accounts).
	Certs = "certs"
	// Channels: a channel registration by its folded name (package chanreg).
	Channels = "channels"
	// Bans: a server ban by its kind and mask (package bans).
	Bans = "bans"
	// Hits: how often a ban has met somebody on a server, by the server and the key of
	// the ban (package bans).
	Hits = "hits"
	// Filters: a spam filter by its ID (package spamfilter).
	Filters = "filters"
	// FilterHits: how often a spam filter has met somebody on a server, by the server and
	// the ID of the filter (package spamfilter).
	FilterHits = "filterhits"
	// Reputations: for how long somebody is known, a part of what a server has counted by
	// the server and a number (package reputation).
	Reputations = "reputations"
	// VHosts: the host that others see, by the folded name of its account, and what is
	// offered to all, by "*" (package vhosts).
	VHosts = "vhosts"
	// Memos: what people have left for the owner of an account, by its folded name
	// (package memos).
	Memos = "memos"
	// Residents: a user who stays without clients, by the folded name of the account
	// (package alwayson).
	Residents = "residents"
	// Markers: up to when somebody has read what, by the folded name of the account
	// (package markers).
	Markers = "markers"
	// Audit: what an operator has done, by an ID that orders all of it (package
	// audit).
	Audit = "audit"
	// Tokens: what a service elsewhere is told of somebody, once, by the hash of the token
	// (package authtoken).
	Tokens = "tokens"
	// Profiles: the metadata of an account, by its folded name (package profiles).
	Profiles = "profiles"
	// Push: the devices that are told when somebody is spoken to, by the folded name of
	// the account (package push).
	Push = "push"
	// Logins: how an account was used, by its folded name (package accounts).
	Logins = "logins"
	// Identities: the account of somebody whom an authority elsewhere knows, by a sum of
	// who that is there (package accounts).
	Identities = "identities"
	// Settings: what the network agrees on and no person sets, such as secrets
	// it made for itself, by name.
	Settings = "settings"
	// Servers: the members of a network of several servers, by name (package
	// store/jetstream).
	Servers = "servers"
)

// OfAccount are the shelves whose keys are the folded names of accounts, besides
// Accounts: their records are removed with the account, in the same commit.
var OfAccount = []string{Profiles, Push, Logins, VHosts, Memos}

// Shelves are all shelves.
var Shelves = []string{
	Accounts, Nicks, Certs, Channels, Bans, Hits, VHosts, Residents, Markers, Audit, Profiles, Push, Settings, Servers,
	Logins, Tokens, Identities, Memos, Filters, FilterHits, Reputations,
}
