package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/parley-irc/parley/ircd/store"
)

func list(t *testing.T, s store.Store, shelf, prefix string) (got []string) {
	t.Helper()
	err := s.List(context.Background(), shelf, prefix, func(r store.Record) bool {
		got = append(got, r.Key+"="+string(r.Value))
		return true
	})
	if err != nil {
		t.Error(err)
	}
	return got
}

func testList(t *testing.T, s store.Store) {
	var want []string
	for i := range 300 {
		key := fmt.Sprintf("k%03d", i)
		rev := put(t, s, "bans", key, key, 0)
		if i%3 == 0 {
			if err := s.Delete(context.Background(), "bans", key, rev); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want = append(want, key+"="+key)
	}
	put(t, s, "ban", "other", "", 0)
	put(t, s, "bansx", "other", "", 0)
	if got := list(t, s, "bans", ""); !slices.Equal(got, want) {
		t.Errorf("List has %d records, want %d", len(got), len(want))
	}
	if got := list(t, s, "bans", "k29"); !slices.Equal(got, []string{"k290=k290", "k292=k292", "k293=k293", "k295=k295", "k296=k296", "k298=k298", "k299=k299"}) {
		t.Errorf("List of a prefix: %q", got)
	}
	n := 0
	if err := s.List(context.Background(), "bans", "", func(store.Record) bool { n++; return n < 5 }); err != nil || n != 5 {
		t.Errorf("List went on to %d after f returned false (%v)", n, err)
	}
	if got := list(t, s, "vhosts", ""); len(got) != 0 {
		t.Errorf("List of an empty shelf: %q", got)
	}
}

func testListWhileWriting(t *testing.T, s store.Store) {
	for i := range 400 {
		put(t, s, "bans", fmt.Sprintf("k%03d", i), "", 0)
	}
	seen := map[string]int{}
	err := s.List(context.Background(), "bans", "", func(r store.Record) bool {
		seen[r.Key]++
		if _, err := s.Put(context.Background(), "bans", r.Key, []byte("again"), r.Rev); err != nil {
			t.Errorf("Put while listing: %v", err)
		}
		return true
	})
	if err != nil || len(seen) != 400 {
		t.Errorf("listed %d keys, %v", len(seen), err)
	}
	for key, n := range seen {
		if n != 1 {
			t.Errorf("%s was listed %d times", key, n)
		}
	}
}
