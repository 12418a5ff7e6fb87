package sasl

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

// TestRoundTrip tests that what Encode makes of data, Feed puts together again.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// 300 bytes are a chunk, so that lengths around it are of interest.
		n := rapid.OneOf(rapid.IntRange(0, 1000), rapid.SampledFrom([]int{299, 300, 301, 600, 900})).Draw(t, "n")
		data := rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "data")
		params := Encode(data)
		var f Framer
		for i, p := range params {
			if len(p) == 0 || len(p) > chunk {
				t.Fatalf("chunk of %d bytes", len(p))
			}
			got, complete, err := f.Feed(p)
			if err != nil || complete != (i == len(params)-1) {
				t.Fatalf("chunk %d of %d: %v, %v", i, len(params), complete, err)
			}
			if complete && !bytes.Equal(got, data) {
				t.Fatalf("%x became %x", data, got)
			}
		}
	})
}

func TestFramer(t *testing.T) {
	full := strings.Repeat("A", chunk)
	for _, tt := range []struct {
		name  string
		lines []string
		n     int // bytes of the message, or -1 if it is not complete
		want  error
	}{
		{"empty", []string{"+"}, 0, nil},
		{"exactly one chunk", []string{full, "+"}, 300, nil},
		{"two chunks and the rest", []string{full, full, "AAAA"}, 603, nil},
		{"only a chunk", []string{full}, -1, nil},
		{"largest", append(slices.Repeat([]string{full}, 40), strings.Repeat("A", maxText-40*chunk)), maxText * 3 / 4, nil},
		{"larger", slices.Repeat([]string{full}, 41), -1, ErrFailed},
		{"aborted", []string{full, "*"}, -1, ErrAborted},
		{"one byte too long", []string{full + "A"}, -1, ErrTooLong},
		{"without padding", []string{"AA"}, -1, ErrFailed},
		{"bits in the padding", []string{"AB=="}, -1, ErrFailed},
		{"padding within", []string{"AA==AAAA"}, -1, ErrFailed},
		{"line end", []string{"AA\r\nAA"}, -1, ErrFailed},
		{"url alphabet", []string{"__--"}, -1, ErrFailed},
		{"plus within", []string{"+AAA"}, 3, nil},
	} {
		var f Framer
		var data []byte
		var complete bool
		var err error
		for _, line := range tt.lines {
			data, complete, err = f.Feed(line)
		}
		if !errors.Is(err, tt.want) || complete != (tt.n >= 0) || complete && len(data) != tt.n {
			t.Errorf("%s: %d bytes, %v, %v", tt.name, len(data), complete, err)
		}
		if err != nil && f.text != nil {
			t.Errorf("%s: the framer is not empty", tt.name)
		}
	}
}

func FuzzFramer(f *testing.F) {
	f.Add("AAAA", "+")
	f.Add(strings.Repeat("A", chunk), "*")
	f.Add("+", "====")
	f.Add("000+", "0")
	f.Fuzz(func(t *testing.T, a, b string) {
		var fr Framer
		for _, param := range []string{a, b} {
			data, complete, err := fr.Feed(param)
			if len(fr.text) > maxText || complete && (err != nil || fr.text != nil) {
				t.Fatalf("%q: %v, %v, %d bytes kept", param, complete, err, len(fr.text))
			}
			want := param
			if param == "+" {
				want = ""
			}
			if complete && base64.StdEncoding.EncodeToString(data) != want && param == a {
				t.Fatalf("%q reads as %q", param, data)
			}
		}
	})
}

// nobody returns who proves identities where there are no accounts.
func nobody(t testing.TB) *accounts.Prover {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	s, err := accounts.Open(ctx, st, accounts.Options{
		Hash: password.Cheap, ScramIterations: 4096, PerAccount: accounts.Limit{Burst: 1 << 30, Every: time.Nanosecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); st.Close() })
	return s.At(netip.Addr{})
}

// FuzzExchange feeds lines to every mechanism, none of which may prove anything.
func FuzzExchange(f *testing.F) {
	f.Add("AGppbGxlcwBtaWxsZXQ=", "+", "+")
	f.Add("biwsbj1qaWxsZXMscj1ub25jZQ==", "Yz1iaXdzLHI9eCxwPUFBQUE=", "+")
	prover := nobody(f)
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, m := range All.And(Bearer) {
			x, err := All.And(Bearer).Start(m.Name, Env{Prover: prover, Fingerprint: cert})
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range []string{a, b, c} {
				replies, done, err := x.Feed(ctx, line)
				if _, ok := x.Proof(); done || ok || err != nil && replies != nil {
					t.Fatalf("%s %q: %q, %v, %v", m.Name, line, replies, done, err)
				}
			}
		}
	})
}
