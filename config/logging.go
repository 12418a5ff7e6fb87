package config

// What the server writes about its own work. It never writes what users say,
// nor passwords.
type Logging struct {
	// How much: "debug", "info", "warn" or "error".
	Level string `toml:"level" oneof:"debug|info|warn|error"`
	// "text" for people, "json" for programs.
	Format string `toml:"format" oneof:"text|json" restart:"true"`
	// The file to append to. Empty for the standard error.
	File string `toml:"file" form:"path" restart:"true"`
	// How many of the last acts of operators are kept for the command AUDIT. They
	// are in the log, too. 0 for none.
	Audit int `toml:"audit" range:"0..1000000" restart:"true"`
}

func defaultLogging() Logging {
	return Logging{Level: "info", Format: "text", Audit: 10_000}
}
