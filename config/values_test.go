package config

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDuration(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		as   string // "" if not a duration
	}{
		{"0", 0, "0s"},
		{"90s", 90 * time.Second, "1m30s"},
		{"15m", 15 * time.Minute, "15m"},
		{"7d", 7 * 24 * time.Hour, "7d"},
		{"2w", 14 * 24 * time.Hour, "14d"},
		{"250ms", 250 * time.Millisecond, "250ms"},
		{"1h30m", 90 * time.Minute, "1h30m"},
		{"", 0, ""}, {"s", 0, ""}, {"5", 0, ""}, {"1.5h", 0, ""}, {"-1s", 0, ""}, {"5 s", 0, ""}, {"5y", 0, ""}, {"5s5", 0, ""},
		{"99999999999d", 0, ""}, {"106751d106751d", 0, ""},
	}
	for _, test := range tests {
		d, err := ParseDuration(test.text)
		if test.as == "" {
			if err == nil {
				t.Errorf("%q is read as %v", test.text, d)
			}
			continue
		}
		if err != nil || d.Std() != test.want || d.String() != test.as {
			t.Errorf("%q is read as %v (%v), want %v", test.text, d, err, test.as)
		}
	}
}

// TestRounded tests that sizes are told in few figures.
func TestRounded(t *testing.T) {
	for s, want := range map[Size]string{
		0: "0 B", 94: "94 B", 1023: "1023 B", KiB: "1.0 KiB", 1465: "1.4 KiB", 12 * MiB: "12 MiB", 12*MiB - 1: "12 MiB",
		GiB + 600*MiB: "1.6 GiB", 1 << 50: "1048576 GiB",
	} {
		if got := s.Rounded(); got != want {
			t.Errorf("%d is %q, want %q", s, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	tests := []struct {
		text string
		want Size
		as   string // "" if not a size
	}{
		{"0", 0, "0"}, {"512", 512, "512"}, {"1024", KiB, "1KiB"}, {"1536KiB", 1536 * KiB, "1536KiB"}, {"2 GiB", 2 * GiB, "2GiB"},
		{"", 0, ""}, {"KiB", 0, ""}, {"-1", 0, ""}, {"1.5MiB", 0, ""}, {"1MB", 0, ""}, {"9999999999GiB", 0, ""},
	}
	for _, test := range tests {
		s, err := ParseSize(test.text)
		if test.as == "" {
			if err == nil {
				t.Errorf("%q is read as %v", test.text, s)
			}
			continue
		}
		if err != nil || s != test.want || s.String() != test.as {
			t.Errorf("%q is read as %v (%v), want %v", test.text, s, err, test.as)
		}
	}
}

func TestValuesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Duration(rapid.Int64Range(0, math.MaxInt64/1_000_000).Draw(t, "ms") * 1e6)
		if again, err := ParseDuration(d.String()); err != nil || again != d {
			t.Fatalf("%v reads as %v (%v)", d, again, err)
		}
		s := Size(rapid.Int64Range(0, math.MaxInt64).Draw(t, "bytes"))
		if again, err := ParseSize(s.String()); err != nil || again != s {
			t.Fatalf("%v reads as %v (%v)", s, again, err)
		}
	})
}

func TestNearest(t *testing.T) {
	words := []string{"nick-length", "modes", "monitor"}
	for s, want := range map[string]string{
		"nick-lenght": "nick-length", "nicklength": "nick-length", "mode": "modes", "monitr": "monitor", "xyz": "", "": "",
	} {
		if got := nearest(s, words); got != want {
			t.Errorf("nearest to %q is %q, want %q", s, got, want)
		}
	}
}
