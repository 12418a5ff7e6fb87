package bunt

import (
	"path/filepath"
	"syscall"
)

// room returns how many bytes can be written to the disk that a file is on.
func room(path string) (bytes int64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &s); err != nil || s.Blocks == 0 {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
