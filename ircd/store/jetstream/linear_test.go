package jetstream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

// An attempt is a change that somebody has tried.
type attempt struct {
	key        string
	over, rev  uint64 // rev is 0 if it is not known whether it was made
	begin, end time.Time
}

// TestLinear lets all servers change the same few records, while one after the other stops
// and starts. What was acknowledged must read as if one server had done it, one change after
// the other.
func TestLinear(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, "a.example", "b.example", "c.example")
	n.start()
	var (
		mu    sync.RWMutex // held to stop and start
		all   []attempt
		allMu sync.Mutex
		wg    sync.WaitGroup
	)
	stop := make(chan struct{})
	for i, h := range n.hosts {
		for range 2 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					mu.RLock()
					if s := n.hosts[i].Store; s != nil {
						if a, ok := try(s, fmt.Sprint("key", rand.IntN(3))); ok {
							allMu.Lock()
							all = append(all, a)
							allMu.Unlock()
						}
					}
					mu.RUnlock()
					time.Sleep(time.Millisecond)
				}
			})
		}
		_ = h
	}
	for i := range 3 {
		time.Sleep(time.Second)
		mu.Lock()
		n.hosts[i].stop()
		mu.Unlock()
		time.Sleep(300 * time.Millisecond)
		mu.Lock()
		n.hosts[i].start()
		mu.Unlock()
	}
	time.Sleep(time.Second)
	close(stop)
	wg.Wait()
	n.equal()
	made := 0
	for _, key := range []string{"key0", "key1", "key2"} {
		made += linear(t, key, all)
	}
	t.Logf("%d changes, %d of them made", len(all), made)
	if made < 5 {
		t.Error("that is too few")
	}
}

// try changes a record, as far as this server knows it.
func try(s *Store, key string) (a attempt, ok bool) {
	r, err := s.Get(context.Background(), "bans", key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return a, false
	}
	a = attempt{key: key, over: r.Rev, begin: time.Now()}
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	a.rev, err = s.Put(ctx, "bans", key, nil, r.Rev)
	a.end = time.Now()
	switch {
	case err == nil:
		return a, true
	case errors.Is(err, store.ErrUnavailable):
		a.rev = 0
		return a, true
	}
	return a, false // somebody else was faster
}

// linear checks the changes of one record, and returns how many were made.
func linear(t *testing.T, key string, all []attempt) int {
	var made []attempt
	doubtful := map[uint64]bool{} // what was to be replaced by a change that may have been made
	for _, a := range all {
		switch {
		case a.key != key:
		case a.rev == 0:
			doubtful[a.over] = true
		default:
			made = append(made, a)
		}
	}
	slices.SortFunc(made, func(a, b attempt) int { return cmp.Compare(a.rev, b.rev) })
	for i := 1; i < len(made); i++ {
		a, b := made[i-1], made[i]
		switch {
		case a.rev == b.rev:
			t.Errorf("%s: two changes have the revision %d", key, a.rev)
		case b.over < a.rev:
			t.Errorf("%s: revision %d replaced %d, though there was %d", key, b.rev, b.over, a.rev)
		case b.over > a.rev && !doubtful[a.rev]:
			t.Errorf("%s: revision %d replaced %d, which nobody has made after %d", key, b.rev, b.over, a.rev)
		case b.end.Before(a.begin):
			t.Errorf("%s: revision %d was there before %d was tried", key, b.rev, a.rev)
		}
	}
	return len(made)
}
