package config

// The PROXY protocol, by which a load balancer tells the address of a client.
type Proxy struct {
	// The addresses (single ones or networks, "10.0.0.0/8") that may begin a
	// connection with a PROXY header, and whose X-Forwarded-For is believed in
	// WebSocket requests. Listeners that demand a header let nobody else in; on
	// the others, everybody else is who they are, whatever they say.
	AllowedFrom []string `toml:"allowed-from" form:"cidr"`
}

func defaultProxy() Proxy {
	return Proxy{AllowedFrom: []string{}}
}
