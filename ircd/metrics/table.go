package metrics

import (
	"runtime"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/network"
)

// A tell is how a row tells a value.
type tell = func(value float64, labels ...string)

func gauge(name, help string, read func(*Source, tell), labels ...string) Metric {
	return Metric{prefix + name, false, help, labels, read}
}

func counter(name, help string, read func(*Source, tell), labels ...string) Metric {
	return Metric{prefix + name, true, help, labels, read}
}

// tallied is a counter of the dispatcher.
func tallied(name, help string, read func(*dispatch.Tally) uint64) Metric {
	return counter(name, help, func(s *Source, tell tell) { tell(float64(read(&s.Core.Tally))) })
}

// kept is a figure of the history.
func kept(name, help string, read func(history.Stats) float64) Metric {
	return gauge(name, help, ofHistory(read))
}

func ofHistory(read func(history.Stats) float64) func(*Source, tell) {
	return func(s *Source, tell tell) {
		if s.History != nil {
			tell(read(s.History()))
		}
	}
}

// linked is a figure of each other server of the network.
func linked(name, help string, read func(network.Site) float64) Metric {
	return gauge(name, help, func(s *Source, tell tell) {
		for _, site := range s.Core.Network.Sites() {
			if !site.Here {
				tell(read(site), site.Name)
			}
		}
	}, "server")
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// all are the metrics. To add one, add a row; what it counts, count where it happens.
var all = []Metric{
	gauge("build_info", "Always 1; the labels say what runs.", func(s *Source, tell tell) {
		tell(1, s.Core.Version, runtime.Version(), s.Core.Name())
	}, "version", "goversion", "server"),

	gauge("clients", "Clients that are connected to this server, and connections that are not registered yet.", func(s *Source, tell tell) {
		clients, unknown, _ := s.Core.Counts()
		tell(float64(clients), "registered")
		tell(float64(unknown), "connecting")
	}, "state"),
	gauge("clients_max", "The most clients that were connected at once since the start.", func(s *Source, tell tell) {
		_, _, most := s.Core.Counts()
		tell(float64(most))
	}),
	gauge("users", "Users of the whole network.", func(s *Source, tell tell) { tell(float64(s.Core.Network.World.Counts().Users)) }),
	gauge("users_local", "Users who are connected to this server.", func(s *Source, tell tell) { tell(float64(s.Core.Network.World.Counts().Local)) }),
	gauge("opers", "Operators of the whole network who are online.", func(s *Source, tell tell) { tell(float64(s.Core.Network.World.Counts().Opers)) }),
	gauge("channels", "Channels of the whole network that somebody is in.", func(s *Source, tell tell) { tell(float64(s.Core.Network.World.Counts().Channels)) }),
	gauge("accounts", "Accounts.", func(s *Source, tell tell) {
		if s.Core.Accounts != nil {
			tell(float64(s.Core.Accounts.Count()))
		}
	}),
	gauge("channels_registered", "Channels that are registered.", func(s *Source, tell tell) {
		if s.Core.Channels != nil {
			tell(float64(s.Core.Channels.Count()))
		}
	}),
	gauge("bans", "Bans of the network.", func(s *Source, tell tell) {
		if s.Core.Bans != nil {
			tell(float64(s.Core.Bans.Count()))
		}
	}),
	gauge("defcon_level", "How alert the network is, from 1 (most) to 5 (not at all).", func(s *Source, tell tell) {
		tell(float64(s.Core.Defcon.State().Level))
	}),
	gauge("draining", "1 while clients are sent away because the server will be stopped.", func(s *Source, tell tell) {
		tell(truth(s.Core.Network.Draining() != ""))
	}),

	counter("listener_connections_total", "Connections that a listener has accepted.", func(s *Source, tell tell) {
		for _, l := range s.Listeners() {
			tell(float64(l.Accepted), l.Address)
		}
	}, "listener"),
	counter("listener_failures_total", "Connections that ended before the first line: refused, or without a complete handshake.", func(s *Source, tell tell) {
		for _, l := range s.Listeners() {
			tell(float64(l.Failed), l.Address)
		}
	}, "listener"),
	counter("connections_refused_total", "Connections that were refused for their address: banned, or over a limit.", func(s *Source, tell tell) {
		for why, n := range s.Refused() {
			tell(float64(n), why)
		}
	}, "reason"),
	tallied("connections_total", "Connections that came to speak IRC.", func(t *dispatch.Tally) uint64 { return t.Connected.Load() }),
	tallied("registrations_total", "Connections that became clients.", func(t *dispatch.Tally) uint64 { return t.Registered.Load() }),
	tallied("flooded_total", "Clients that were disconnected because of a limit.", func(t *dispatch.Tally) uint64 { return t.Flooded.Load() }),
	tallied("send_queue_exceeded_total", "Clients that were disconnected because they did not read what they were sent.", func(t *dispatch.Tally) uint64 { return t.Overflowed.Load() }),
	tallied("ping_timeouts_total", "Clients that were disconnected because they said nothing for long.", func(t *dispatch.Tally) uint64 { return t.Silent.Load() }),

	tallied("received_bytes_total", "What clients have sent, TLS and frames not counted.", func(t *dispatch.Tally) uint64 { return t.Read.Load() }),
	tallied("sent_bytes_total", "What clients were sent, TLS and frames not counted.", func(t *dispatch.Tally) uint64 { return t.Written.Load() }),
	counter("commands_total", "Commands that clients have given.", func(s *Source, tell tell) {
		for _, c := range s.Core.Commands.Sorted() {
			tell(float64(c.Used()), c.Name)
		}
	}, "command"),
	tallied("command_panics_total", "Commands that went wrong by a mistake in the program; the log has each.", func(t *dispatch.Tally) uint64 { return t.Panics.Load() }),
	counter("logins_total", "Attempts to log in to accounts.", func(s *Source, tell tell) {
		tell(float64(s.Core.Tally.LoggedIn.Load()), "ok")
		tell(float64(s.Core.Tally.LoginFailed.Load()), "failed")
	}, "result"),
	counter("oper_acts_total", "What operators have done by their privileges.", func(s *Source, tell tell) {
		for _, a := range audit.All() {
			tell(float64(s.Core.Tally.Acts(a.Name)), a.Name)
		}
	}, "act"),

	kept("history_buffers", "Channels and conversations with a history.", func(x history.Stats) float64 { return float64(x.Buffers) }),
	kept("history_events", "Messages and events in the history.", func(x history.Stats) float64 { return float64(x.Events) }),
	kept("history_memory_bytes", "Memory of the history, without what Go adds.", func(x history.Stats) float64 { return float64(x.Bytes) }),
	kept("history_file_bytes", "Size of the file of the history.", func(x history.Stats) float64 { return float64(x.File) }),
	kept("history_pending", "Changes of the history that are not written yet.", func(x history.Stats) float64 { return float64(x.Pending) }),
	kept("history_degraded", "1 while the history cannot be written and is kept in memory.", func(x history.Stats) float64 { return truth(x.Degraded) }),
	counter("history_evicted_total", "Events that were removed because of a bound.", ofHistory(func(x history.Stats) float64 { return float64(x.Evicted) })),
	counter("history_refused_total", "Events that could not be encoded, or not be read.", ofHistory(func(x history.Stats) float64 { return float64(x.Refused) })),
	counter("history_compactions_total", "How often the file of the history was written anew.", ofHistory(func(x history.Stats) float64 { return float64(x.Compactions) })),
	gauge("store_file_bytes", "Size of the file of records.", func(s *Source, tell tell) {
		bytes, _ := s.Store()
		tell(float64(bytes))
	}),
	gauge("store_writable", "0 while records cannot be written: nobody can register.", func(s *Source, tell tell) {
		_, writable := s.Store()
		tell(truth(writable))
	}),

	gauge("tls_certificate_expiry_timestamp_seconds", "When the certificate of a listener ends.", func(s *Source, tell tell) {
		for _, l := range s.Listeners() {
			if !l.Expires.IsZero() {
				tell(float64(l.Expires.Unix()), l.Address)
			}
		}
	}, "listener"),
	counter("acme_orders_total", "Certificates that were got from an authority, and attempts that failed.", func(s *Source, tell tell) {
		got, failed := s.ACME()
		tell(float64(got), "ok")
		tell(float64(failed), "failed")
	}, "result"),
	counter("rehashes_total", "How often the configuration was read again.", func(s *Source, tell tell) {
		r := s.Rehash()
		tell(float64(r.Done), "ok")
		tell(float64(r.Failed), "failed")
	}, "result"),
	gauge("config_last_reload_successful", "0 if the configuration, when it was last read, was wrong and changed nothing.", func(s *Source, tell tell) {
		tell(truth(s.Rehash().OK))
	}),
	gauge("config_last_reload_success_timestamp_seconds", "When the configuration in use was read.", func(s *Source, tell tell) {
		tell(float64(s.Rehash().At.Unix()))
	}),

	counter("mail_letters_total", "Letters that were delivered, or never will be.", func(s *Source, tell tell) {
		c := s.Mail()
		tell(float64(c.Delivered), "delivered")
		tell(float64(c.Lost), "lost")
	}, "result"),
	gauge("mail_letters_waiting", "Letters that wait to be delivered.", func(s *Source, tell tell) { tell(float64(s.Mail().Waiting)) }),
	counter("push_notifications_total", "Requests to push services.", func(s *Source, tell tell) {
		if s.Push != nil {
			sent, failed := s.Push()
			tell(float64(sent), "sent")
			tell(float64(failed), "failed")
		}
	}, "result"),

	gauge("servers", "Servers of the network that are in reach and equal, this one included.", func(s *Source, tell tell) {
		n := 0
		for _, site := range s.Core.Network.Sites() {
			if site.InStep {
				n++
			}
		}
		tell(float64(n))
	}),
	gauge("network_members", "Servers that are members of the network, this one included.", func(s *Source, tell tell) {
		all, _ := s.Members()
		tell(float64(all))
	}),
	gauge("network_members_reached", "Members that can be reached, this one included: without a majority nobody can register.", func(s *Source, tell tell) {
		_, reached := s.Members()
		tell(float64(reached))
	}),
	linked("link_up", "1 while a server is linked.", func(x network.Site) float64 { return truth(x.Up) }),
	linked("link_in_step", "1 while all that is known there is known here.", func(x network.Site) float64 { return truth(x.InStep) }),
	linked("link_latency_seconds", "How long a message there and back takes.", func(x network.Site) float64 { return x.Latency.Seconds() }),
	linked("link_queued_bytes", "What waits to be sent there.", func(x network.Site) float64 { return float64(x.Queued) }),
	linked("link_sent_bytes", "What was sent there since the link is up.", func(x network.Site) float64 { return float64(x.Sent) }),
	linked("link_received_bytes", "What has come from there since the link is up.", func(x network.Site) float64 { return float64(x.Received) }),
	linked("link_changed_timestamp_seconds", "Since when the link is up, or down.", func(x network.Site) float64 { return float64(x.Since.Unix()) }),
	linked("link_users", "Users who are connected there.", func(x network.Site) float64 { return float64(x.Users) }),
}
