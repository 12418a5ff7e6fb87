package config

// Figures for Prometheus, and what tells a supervisor whether the server is well:
// docs/manual/monitoring.md. Nobody is asked who they are here, so let nobody but your
// own machines reach it.
type Monitoring struct {
	// Answer requests for /metrics, /healthz and /readyz.
	Enabled bool `toml:"enabled"`
	// Where: an address and port, or a unix socket, "unix:/run/parley/metrics.sock".
	Listen string `toml:"listen" form:"address" required:"true"`
	// Answer requests for /debug/pprof, too: profiles of the program, for those who
	// develop it. They show no messages, but what the server is doing.
	Pprof bool `toml:"pprof"`
}

func defaultMonitoring() Monitoring { return Monitoring{Listen: "127.0.0.1:9667"} }
