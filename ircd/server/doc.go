// Package server assembles a server from its parts: start, rehash, drain, stop.
//
// Everything that touches the machine is decided here and nowhere else: files,
// sockets, locks, logs. The parts know nothing of each other's origin, so the
// same core runs in tests with pipes and a fake clock (NewCore), and here with
// sockets and a data folder (Start).
//
// # Where to find what
//
//	server.go stop.go restart.go     Start, Run, and how it ends
//	open.go beside.go core.go        the parts, from the records up to what clients talk to
//	folder.go identity.go            the data folder, and what a server makes for itself
//	rehash.go load.go                another configuration while it runs
//	texts.go log.go
//
// What can be wrong with a configuration:
//
//	check.go checkmodes.go           what is wrong
//	checkspam.go advise.go           what is seldom meant
//
// Sockets:
//
//	listeners.go listening.go        those of clients, and where they are
//	client.go limits.go              who comes, and how many
//	certificates.go acme.go          by which certificate
//	web.go bounded.go                those of HTTP,
//	monitoring.go figures.go         for metrics and health,
//	profiles.go api.go               for profiles, and for programs
//
// What is kept, and by whom:
//
//	history.go tokens.go             what was said; tokens
//	link.go linkcontrol.go           other servers
//	authorities.go mail.go hasher.go who knows accounts elsewhere; letters; passwords
//
// Operators on this machine:
//
//	answer.go                        the commands that ask a running server
//	offline.go repair.go handover.go those for one that does not run
//	clock.go                         the time of tests
//	heap.go heap_linux.go            how much memory the collector of garbage may use
//	heap_other.go
package server
