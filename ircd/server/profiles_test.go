package server

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

// TestWaits: waits are counted while the first to the last takes a profile of them, and no longer.
func TestWaits(t *testing.T) {
	var x waits
	counted := func() bool { return runtime.SetMutexProfileFraction(-1) > 0 }
	take := func(meanwhile func()) {
		profile := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { meanwhile() })
		x.counted(profile).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	}
	take(func() {
		take(func() {})
		if !counted() {
			t.Error("waits are not counted while somebody still takes a profile")
		}
	})
	if counted() {
		t.Error("waits are counted although nobody takes a profile")
	}
}
