package memoserv

import (
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/memos"
)

func TestChosen(t *testing.T) {
	rec := memos.Record{Memos: []memos.Memo{{Number: 1, Read: time.Unix(1, 0)}, {Number: 3}, {Number: 4}}}
	for word, want := range map[string]string{
		"1": "1", "2": "", "1,4": "14", "2-4": "34", "3-9,1": "134", "new": "34", "READ": "1", "Last": "4", "all": "134",
	} {
		got := ""
		for _, m := range rec.Memos {
			if chosen(rec, word)(m) {
				got += string(rune('0' + m.Number))
			}
		}
		if got != want {
			t.Errorf("%s chooses %q, want %q", word, got, want)
		}
	}
	for _, word := range []string{"", "0", "-1", "4-2", "1,", ",", "1-2-3", "x", "1-x", "99999999999999999999"} {
		if chosen(rec, word) != nil {
			t.Errorf("%q can be read", word)
		}
	}
	if nothing := chosen(memos.Record{}, "LAST"); nothing == nil {
		t.Error("LAST cannot be read")
	}
}

func FuzzNumbers(f *testing.F) {
	for _, word := range []string{"3", "2-5", "1,4-6", "5-", ",,", "1-1"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		c := numbers(word)
		if c != nil && (c(memos.Memo{Number: 0}) || c(memos.Memo{Number: -1})) {
			t.Errorf("%q chooses what there is not", word)
		}
	})
}
