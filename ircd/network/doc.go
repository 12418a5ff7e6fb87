// Package network carries out what users request, on this server and on those it
// is linked to.
//
// Everything that can happen has a file with two steps. Asking, in the exported
// function such as Kick, runs on the server of the user who makes the request:
// may this user do it? Applying, in a function such as applyKick, is the same
// code on every server: it changes the state by merging the event's facts, and
// tells those who see it. A single server is a network of one.
//
// This is the only package that changes the state. An event is applied and
// published under the same lock, so all servers and clients see one order of what
// happens in a channel.
//
// # Where to find what
//
// Begin with say.go, or kick.go, which is shorter: all that happens is like that.
//
//	network.go    the Network, who acts (Actor), and what events and messages are made of
//	apply.go      which function applies which event, and under which locks
//	settle.go     what follows from it for others, and is told when that is done
//	link.go       how events reach the other servers, and theirs this one
//	hooks.go      what is asked of, and told to, the packages above: registrations, spam filters
//
// What users do:
//
//	connect.go attach.go quit.go     come, with one more client, and go
//	alwayson.go                      stay without a client
//	nick.go describe.go account.go   change what they are called, and are
//	away.go monitor.go               are away; wait for others
//	accept.go                        speak to whom they do not hear
//	oper.go override.go announce.go  do what operators may
//	inform.go                        tell operators what has happened
//
// What happens in channels:
//
//	join.go part.go kick.go          who is there
//	members.go                       what one who joins is shown
//	invite.go                        and knocking
//	topic.go
//	mode.go mode_plan.go             which changes of a MODE are made
//	expire.go                        entries of lists whose time is over
//	rename.go renaming.go            may it be, and then what becomes of those who are in it
//	metadata.go notes.go             of channels and users: setting it, and telling of it
//
// What is said:
//
//	say.go tell.go absent.go         to a channel, to somebody, to somebody who is not there
//	message.go multiline.go lines.go as lines
//	typing.go
//	edit.go edited.go redact.go      and is taken back
//	push.go                          and alerts a device
//	screen.go                        and is looked at by spam filters
//
// What bounds it:
//
//	flood.go                         how much a channel bears (mode F)
//	newcomers.go restless.go         how much strangers do together, and one who never rests
//	throttle.go pace.go              not too often: once in a while, or a few times
//	fading.go                        what both remember, for as long as it counts
//
// What is kept of it:
//
//	record.go bound.go               in which buffers, and for how long
//	promise.go                       who is told only when it is on disk
//	readable.go playback.go          who may read what, and how it reads
//	search.go seen.go
//	markers.go device.go             up to where somebody has read it, or a device has heard it
//	forget.go                        what ends before its time
//	changed.go                       whom to tell that something is new about a user
//
// How servers come to know the same. Facts are merged, whoever was first:
//
//	peers.go peer.go                 the other servers, and how far each of them is in step
//	servers.go                       the same, as operators are shown it
//	sync.go                          Up and Down: meeting, asking for the facts that differ
//	sums.go                          which facts differ
//	query.go                         what a server asks another
//	merge.go merge_user.go           facts that come without a story, of which clients are told
//	merge_channel.go                 what is different
//	reunite.go                       two channels that turn out to be one
//	split.go                         a server's users leave and return together
//	recent.go told.go                a connection that broke for a moment, and nobody noticed
//	tend.go                          asking again, now and then
//	collect.go                       forgetting what all have seen
//
// How they come to keep the same history. What was said is asked for by how far one is with
// each server, and what was done to it is in the ledger:
//
//	past.go                          the idea; keeping what others have said
//	past_ask.go past_answer.go       asking for what was missed, and answering that
//	past_missed.go                   what that is
//	past_finds.go                    what one has found that all others believe to have
//	shelf.go                         how far this server is, and what is written down of that
//	ledger.go redo.go                edits, deletions, shifts: noted, and done again after a crash
//	shift.go shifting.go             the history of a channel follows its name
package network
