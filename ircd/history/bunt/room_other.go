//go:build !linux

package bunt

// room returns how many bytes can be written to the disk that a file is on.
func room(string) (bytes int64, known bool) { return 0, false }
