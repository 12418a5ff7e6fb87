package roff

import (
	"os/exec"
	"strings"
	"testing"
)

func sample() *Page {
	p := New("tea", "8", "make tea", "Teas")
	p.Section("Description")
	p.Para(".dots and `bold-words`, ‹italics›, a * alone, it's \\n.\n\n'quotes' first")
	p.Part("A part")
	p.Item("`--hot` ‹DEGREES›", "How hot.")
	p.More("Not … hot.")
	p.Example("tea --hot 90 \\\n  .leaf ~ ^")
	return p
}

func TestPage(t *testing.T) {
	got := sample().String()
	for _, want := range []string{
		".TH TEA 8 \"\" \"Teas\" \"\"\n", ".SH NAME\ntea \\- make tea\n", ".SH DESCRIPTION\n.PP\n\\&.dots and \\fBbold\\-words\\fR, \\fIitalics\\fR, a * alone, it\\(aqs \\en.\n",
		".PP\n\\(aqquotes\\(aq first\n", ".SS A part\n.TP\n\\fB\\-\\-hot\\fR \\fIDEGREES\\fR\nHow hot.\n.IP\nNot \\[u2026] hot.\n",
		".EX\ntea \\-\\-hot 90 \\e\n  .leaf \\(ti \\(ha\n.EE\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q:\n%s", want, got)
		}
	}
}

// TestGroff tests that groff, where there is one, finds nothing to warn of.
func TestGroff(t *testing.T) {
	path, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("there is no groff")
	}
	cmd := exec.Command(path, "-man", "-ww", "-z", "-Tutf8")
	cmd.Stdin = strings.NewReader(sample().String())
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
}
