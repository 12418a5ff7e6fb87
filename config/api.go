package config

import (
	"net"
	"net/netip"
	"strings"
	"time"
)

// The HTTP API, by which programs do what operators do: docs/manual/api.md. Who asks
// shows a token, of which only the hash is here. A browser that opens the address sees
// what there is.
type API struct {
	// Answer requests.
	Enabled bool `toml:"enabled"`
	// Where: an address and port, or a unix socket, "unix:/run/parley/api.sock". Let
	// others than this machine reach it only with TLS, or by a proxy that speaks TLS.
	Listen string `toml:"listen" form:"address" required:"true"`
	// Speak HTTPS, with the certificates of [tls].
	TLS bool `toml:"tls"`
	// Who may ask.
	Tokens []APIToken `toml:"token"`
	// Who is told of what happens.
	Webhooks []Webhook `toml:"webhook"`
}

// A token of the API, one [[api.token]] for each; "ircd token" makes one.
type APIToken struct {
	// Whose it is, as the trail of what operators did has it.
	Name string `toml:"name" form:"word" required:"true"`
	// The hash of the token.
	Hash string `toml:"hash" form:"token-hash" required:"true" secret:"true"`
	// What it is good for: scopes such as "accounts:read", which docs/reference/api.md
	// lists, or "*" for all.
	Scopes []string `toml:"scopes" form:"scope" required:"true"`
	// The last day on which it is good, "2027-12-31", or a moment,
	// "2027-12-31T12:00:00Z". Empty for ever.
	Expires string `toml:"expires" form:"date"`
	// From where it is good: addresses or networks. Empty for everywhere.
	From []string `toml:"from" form:"cidr"`
}

// A web hook: an address that is sent a request whenever something happens, one
// [[api.webhook]] for each.
type Webhook struct {
	// The address, https unless private is true.
	URL string `toml:"url" form:"url" required:"true"`
	// What requests are signed with, so that who gets one knows from whom it is.
	Secret string `toml:"secret" form:"secret" required:"true" secret:"true"`
	// Which events: types such as "account.registered", which docs/reference/api.md
	// lists, "account.*", or "*" for all.
	Events []string `toml:"events" form:"event" required:"true"`
	// Let the address be one of this machine, or of a private network, and be http.
	Private bool `toml:"private"`
	// How long an answer may take. 0 for ten seconds.
	Timeout Duration `toml:"timeout" range:"0s..1m"`
}

func defaultAPI() API {
	return API{Listen: "127.0.0.1:8098", Tokens: []APIToken{}, Webhooks: []Webhook{}}
}

func exampleAPIToken() APIToken {
	return APIToken{Name: "website", Hash: "sha256:" + strings.Repeat("0", 64), Scopes: []string{"status", "accounts:read"}, From: []string{"192.0.2.80"}}
}

func exampleWebhook() Webhook {
	return Webhook{URL: "https://example.org/hooks/irc", Secret: "replace-me-by-what-openssl-rand-prints", Events: []string{"account.*"}, Timeout: Duration(10 * time.Second)}
}

// Ends returns when a token is good no more, zero if it always is.
func (t APIToken) Ends() time.Time {
	if day, err := time.Parse(time.DateOnly, t.Expires); err == nil {
		return day.AddDate(0, 0, 1)
	}
	moment, _ := time.Parse(time.RFC3339, t.Expires)
	return moment
}

// Waits returns how long an answer may take.
func (w Webhook) Waits() time.Duration {
	if w.Timeout == 0 {
		return 10 * time.Second
	}
	return time.Duration(w.Timeout)
}

func isDate(s string) bool {
	_, day := time.Parse(time.DateOnly, s)
	_, moment := time.Parse(time.RFC3339, s)
	return day == nil || moment == nil
}

func (d *decoder) api(c *Config) {
	a := &c.API
	names := map[string]bool{}
	for i, t := range a.Tokens {
		if names[t.Name] && t.Name != "" {
			d.bad(index("api.token", i)+".name", "is %q again; every token needs a name of its own", t.Name)
		}
		names[t.Name] = true
	}
	urls := map[string]bool{}
	for i, w := range a.Webhooks {
		path := index("api.webhook", i) + ".url"
		if urls[w.URL] {
			d.bad(path, "is %q again; write all events of an address into one [[api.webhook]]", w.URL)
		}
		if urls[w.URL] = true; !w.Private && strings.HasPrefix(w.URL, "http://") {
			d.bad(path, "is not encrypted; write an address that begins with https, or private = true if it is in a network of your own")
		}
	}
	d.webAddresses(c)
}

// webAddresses reports addresses that two listeners want.
func (d *decoder) webAddresses(c *Config) {
	used := map[string]string{}
	for i, l := range c.Listeners {
		used[index("listener", i)] = l.Address
	}
	check := func(key, address string) {
		for _, other := range used {
			if message := collide(other, address); message != "" {
				d.bad(key, "%s", message)
				return
			}
		}
		used[key] = address
	}
	if c.Monitoring.Enabled {
		check("monitoring.listen", c.Monitoring.Listen)
	}
	if c.API.Enabled {
		check("api.listen", c.API.Listen)
	}
	if a := c.TLS.ACME; a.Enabled && a.HTTPListen != "" {
		check("tls.acme.http-listen", a.HTTPListen)
	}
}

// Local reports whether only this machine reaches an address of a listener.
func Local(address string) bool {
	if strings.HasPrefix(address, unixPrefix) {
		return true
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
