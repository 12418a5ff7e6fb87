//go:build linux

package main

// What is read goes into few large buffers; what waits for a peer goes into
// small ones, which grow if they must.
const bufferSize, pageSize, sparesKept = 64 << 10, 2 << 10, 256

func (f *floor) buffer() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return take(&f.buffers, bufferSize)
}

func (f *floor) giveBack(b []byte) {
	f.mu.Lock()
	if cap(b) == bufferSize && len(f.buffers) < 4 {
		f.buffers = append(f.buffers, b[:0])
	}
	f.mu.Unlock()
}

// page is called with the lock held.
func (f *floor) page() []byte { return take(&f.pages, pageSize) }

func (f *floor) returnPage(b []byte) {
	f.mu.Lock()
	if cap(b) >= pageSize && len(f.pages) < sparesKept {
		f.pages = append(f.pages, b[:0])
	}
	f.mu.Unlock()
}

func take(list *[][]byte, size int) []byte {
	if n := len(*list); n > 0 {
		b := (*list)[n-1]
		*list = (*list)[:n-1]
		return b
	}
	return make([]byte, 0, size)
}
