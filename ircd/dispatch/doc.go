// Package dispatch runs the connections of clients: it reads a line, finds the
// command, checks what the command's declaration requires, runs it, and sends the
// replies.
//
// What a command is, is said once, in its declaration: HELP, the reference and
// the checks before it runs are made from it. A line is done with before the next
// one of the same client is read, so whoever sees the answer to a later line sees
// the effects of the earlier ones.
//
// # Where to find what
//
// Begin with conn.go and request.go: all else is what they call.
//
//	server.go                        the Server, which commands operate on
//	command.go                       what a command declares
//	conn.go lines.go transport.go    a connection, what it reads, and where it writes to
//	request.go reply.go wait.go      one command being run, its answers, and what it waits for
//	batch.go                         what a client sends in one piece
//	service.go servicehelp.go        NickServ and the like
//	remote.go                        commands that another server answers
//
// Who comes first, and how much anybody may do:
//
//	budget.go                        flood control of one client
//	lobby.go rest.go                 who waits when many want to run; who takes no memory while idle
//	idle.go chores.go tally.go       what is looked at now and then, and what is counted
//
// How a client comes in:
//
//	door.go places.go                by its address
//	registration.go offer.go         what it says first, and what it is offered
//	greeting.go                      what it reads first
//	identity.go mechanisms.go        how it shows who it is
//	login.go register.go             to an account, or to a new one
//	authenticator.go                 with a second factor
//	oper.go                          as an operator
//
// What belongs to an account:
//
//	owner.go holders.go access.go    whose it is, and what it may do in channels
//	protect.go reserved.go rename.go its nicks, and names that nobody has
//	profile.go push.go device.go     metadata, notifications, devices
//	history.go memo.go erase.go      what was said to it and by it
//	persistence.go language.go       how it stays, and reads
//	host.go                          what others see of its address
//	tokener.go                       how services elsewhere know it
//
// What operators keep order with:
//
//	bans.go banned.go suspect.go     who may not be here
//	groups.go listed.go              who is in which group, and on lists of others
//	screen.go sentence.go            spam filters, and what they do
//	defcon.go drain.go               who comes in now, and who is sent away
//	audit.go inform.go               what was done, and what operators are told
//
//	keep.go                          nobody is told of what is not stored
package dispatch
