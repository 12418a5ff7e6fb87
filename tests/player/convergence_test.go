package player

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// fewHistories is how many TestConvergence tries, unless -rapid.checks says it: "make
// converge" tries a thousand.
const fewHistories = "25"

// TestConvergence lets clients of three or five servers do anything while what the
// servers tell each other is held up now and then, while some cannot reach others, and
// while some are killed, also many at once, before they have written what they have
// published. In the end all servers must be equal, and every client must
// know what is so from what it was told.
func TestConvergence(t *testing.T) {
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "rapid.checks" })
	if !chosen {
		checks := flag.Lookup("rapid.checks").Value
		defer func(usual string) { _ = checks.Set(usual) }(checks.String())
		_ = checks.Set(fewHistories)
	}
	rapid.Check(t, func(rt *rapid.T) {
		servers := rapid.SampledFrom([]int{3, 3, 5}).Draw(rt, "servers")
		program := rapid.SliceOfN(step(everywhere[:servers]), 60, 200).Draw(rt, "program")
		if err := converge(t, everywhere[:servers], program, nil); err != nil {
			text := strings.Join(slices.DeleteFunc(program, func(line string) bool { return line == "pass" }), "\n")
			rt.Fatalf("%v\nAs a file of testdata/histories:\nservers %d\n%s", err, servers, text)
		}
	})
}

// TestHistories plays histories of which servers once made something different. Their
// comments say what. With -v it shows what every client reads.
func TestHistories(t *testing.T) {
	files, err := filepath.Glob("testdata/histories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("there are none", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var program []string
			servers := 3
			for line := range strings.Lines(string(text)) {
				line = strings.TrimSpace(line)
				if _, err := fmt.Sscanf(line, "servers %d", &servers); err == nil || line == "" || line[0] == '#' {
					continue
				}
				program = append(program, line)
			}
			var trace func(string)
			if testing.Verbose() {
				trace = func(line string) { t.Log(line) }
			}
			if err := converge(t, everywhere[:servers], program, trace); err != nil {
				t.Error(err)
			}
		})
	}
}

var (
	everywhere = []string{"east", "west", "north", "south", "centre"}

	names    = []string{"a", "b", "c", "d", "e", "f"} // the clients, and the nicks they may have
	channels = []string{"#x", "#y", "#z"}
)

// step returns one line of a program.
func step(places []string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "word") }
		name, nick, channel := pick(names...), pick(names...), pick(channels...)
		sign := pick("+", "-")
		from, to := pick(places...), pick(places...)
		fallen := []string{from} // those that are killed at the same time
		if sign == "+" {
			fallen = places[:rapid.IntRange(1, len(places)).Draw(t, "fallen")]
		}
		crash := "crash " + strings.Join(fallen, " ")
		return pick(
			"pass", // which is what others shrink to
			"delay", "deliver", "wait 1ms", "wait 3s", "wait 90s",
			"split "+from+" "+to, "cut "+from+" "+to, "heal "+from+" "+to, "heal "+from+" "+to,
			"restart "+from, crash, crash, "start "+from, "start "+to, "utter "+name+" "+channel, "utter "+name+" "+channel, "lose "+from+" "+to+" 2", "slow "+from+" "+to+" 100ms", "deafen "+from+" "+to,
			name+" > JOIN "+channel, name+" > JOIN "+channel, name+" > JOIN "+channel,
			name+" > PART "+channel, name+" > RENAME "+channel+" "+pick(channels...)+" :why",
			name+" > KICK "+channel+" "+nick,
			name+" > NICK "+nick, name+" > NICK "+nick+"2",
			name+" > TOPIC "+channel+" :by "+name,
			name+" > AWAY :"+nick,
			name+" > INVITE "+nick+" "+channel,
			name+" > MODE "+channel+" "+sign+pick("o", "v", "h", "o")+" "+nick,
			name+" > MODE "+channel+" "+sign+pick("i", "m", "s", "t", "D"),
			name+" > MODE "+channel+" "+sign+"l "+pick("2", "3", "9"),
			name+" > MODE "+channel+" "+sign+"k "+nick,
			name+" > MODE "+channel+" "+sign+pick("b", "e", "I")+" "+nick,
			name+" > PRIVMSG "+channel+" :hi", name+" > PRIVMSG "+channel+" :hi", name+" > PRIVMSG "+nick+" :hello",
			name+" > REDACT "+channel+" LAST", name+" > @draft/target-msgid=LAST;draft/edit-text=better EDIT "+channel,
			"hangup "+name, "login "+name, "login "+name, "logout "+name, "kill "+name,
			"roam "+name, "roam "+name, "hangup "+name+"-phone", name+"-phone > PRIVMSG "+channel+" :hi",
			"stay "+name, "hangup "+name, "store fails", "store works", name+" > CS REGISTER "+channel,
			name+" > SETNAME :"+nick, name+" > MODE "+nick+" "+sign+"B", name+" > METADATA * SET url :"+nick, name+" > METADATA "+channel+" SET url :"+nick,
		)
	})
}

func converge(t *testing.T, places, program []string, trace func(string)) (err error) {
	synctest.Test(t, func(t *testing.T) {
		b, e := newBubble(&Script{sections: map[string]string{"config.toml": "[channels]\ndefault-modes = \"+n\"\nrename-interval = \"0s\"\nrename-forward = \"1m\""}}, true)
		if e != nil {
			t.Fatal(e)
		}
		defer b.close()
		b.lag = 5 * time.Millisecond
		w := &watchers{
			places: places, said: map[string]string{}, accounts: map[string]bool{}, kept: map[string]bool{},
			player: &player{stage: b, bound: binding{}}, eyes: map[*client]*eye{}, trace: trace,
		}
		if trace == nil {
			w.trace = func(string) {}
		}
		defer w.player.close()
		if err = w.run(b, program); err == nil {
			err = w.check(b)
		}
	})
	return err
}
