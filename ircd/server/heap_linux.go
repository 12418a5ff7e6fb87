package server

import "syscall"

// untouch gives the pages of b back to the system, as if it had never been touched: it
// reads as zeros. Memory that was used before is cleared when it is allocated, which
// would make all of it resident. b must begin with a page, as large slices do.
func untouch(b []byte) { _ = syscall.Madvise(b, syscall.MADV_DONTNEED) }
