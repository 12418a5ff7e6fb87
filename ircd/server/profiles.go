package server

import (
	"net/http"
	"net/http/pprof"
	"runtime"
	"sync"
)

// profiles answers if the configuration, at that moment, allows it.
func (s *Server) profiles() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("/debug/pprof/", pprof.Index)
	m.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	m.HandleFunc("/debug/pprof/profile", pprof.Profile)
	m.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	m.HandleFunc("/debug/pprof/trace", pprof.Trace)
	for _, name := range []string{"mutex", "block"} {
		m.Handle("/debug/pprof/"+name, s.waits.counted(pprof.Handler(name)))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.Core.Config().Monitoring.Pprof {
			http.Error(w, "Profiles are off: see monitoring.pprof in the configuration.", http.StatusNotFound)
			return
		}
		m.ServeHTTP(w, r)
	})
}

// Waits are how long goroutines wait for locks and for each other. They are counted only while
// somebody takes a profile of them, as by /debug/pprof/mutex?seconds=5: at other times
// nobody pays for it.
type waits struct {
	mu     sync.Mutex
	takers int // of profiles
}

// One wait for a lock in so many is counted, and of others one for so many nanoseconds. The
// profile has all of them, by estimate.
const (
	waitsForLocks = 10
	waitsFor      = 10_000
)

// counted is a profile that needs the waits to be counted.
func (x *waits) counted(profile http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x.count(1)
		defer x.count(-1)
		profile.ServeHTTP(w, r)
	})
}

// count adds to those who take profiles.
func (x *waits) count(more int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.takers += more
	locks, others := 0, 0
	if x.takers > 0 {
		locks, others = waitsForLocks, waitsFor
	}
	runtime.SetMutexProfileFraction(locks)
	runtime.SetBlockProfileRate(others)
}
