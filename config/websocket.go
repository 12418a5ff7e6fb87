package config

// IRC over WebSocket, for clients in a browser.
type WebSocket struct {
	// The web sites whose pages may connect, "https://chat.example.org". "*" in a
	// name stands for any characters; ["*"] lets every page in.
	Origins []string `toml:"origins" form:"origin"`
	// Let in programs that name no web site. Browsers always name one.
	AllowMissing bool `toml:"allow-missing"`
}

func defaultWebSocket() WebSocket {
	return WebSocket{
		Origins:      []string{"http://localhost", "http://localhost:*", "http://127.0.0.1", "http://127.0.0.1:*"},
		AllowMissing: true,
	}
}
