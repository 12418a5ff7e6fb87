package casemap

import "testing"

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"cheap watches":         "cheap watches",
		"сhеар wаtсhеs":         "cheap watches", // Cyrillic
		"ｃｈｅａｐ":                 "cheap",         // wide
		"𝐜𝐡𝐞𝐚𝐩":                 "cheap",         // mathematical
		"ch\u200beap":           "cheap",
		"c\u0336h\u0336e\u0301": "che",
		"watches\u00a0here":     "watches here",
		"Grüße, 世界":             "Gruße, 世界",
	} {
		if got := Plain(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { Plain("nothing to do here") }); n > 0 {
		t.Errorf("%v allocations for ASCII", n)
	}
}
