package modes

import "testing"

func TestChangeSnomask(t *testing.T) {
	all, _ := ChangeSnomask("", "*")
	if len(all) != len(snomasks) {
		t.Fatalf("* is %q", all)
	}
	for _, tt := range []struct {
		current, change, want string
		unknown               rune
	}{
		{"", "kc", "ck", 0},
		{"ck", "o", "o", 0},
		{"ck", "+o", "cko", 0},
		{"ck", "-c+u", "ku", 0},
		{"ck", "-ck", "", 0},
		{"ck", "-*", "", 0},
		{"ck", "-*+o", "o", 0},
		{"", "*", all, 0},
		{"ck", "+?", "ck", '?'},
		{"ck", "é", "ck", 'é'},
	} {
		got, unknown := ChangeSnomask(tt.current, tt.change)
		if got != tt.want || unknown != tt.unknown {
			t.Errorf("%q after %q is %q, %q", tt.current, tt.change, got, unknown)
		}
	}
}
