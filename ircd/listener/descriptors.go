package listener

import "syscall"

// Descriptors returns how many files and sockets this process may have open, so
// that the number of clients can be kept below it. (Go raises the soft limit to
// the hard one at start.) It returns 0 if the limit is unknown.
func Descriptors() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return 0
	}
	const most = 1 << 30 // what "unlimited" is taken for
	return int(min(r.Cur, most))
}
