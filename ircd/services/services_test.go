package services

import (
	"testing"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/commands"
)

// TestGroups tests that HELP lists every command once: that a group names no command
// that does not exist, and that none is in two.
func TestGroups(t *testing.T) {
	for _, v := range All(casemap.ASCII, Choice{Commands: commands.Table, Accounts: true, Channels: true, Hosts: true, Memos: true, History: true}) {
		listed := map[string]int{}
		for _, g := range v.Grouped() {
			for _, name := range g.Commands {
				if listed[name]++; v.Commands[name] == nil {
					t.Errorf("%s has no command %s", v.Nick, name)
				}
			}
		}
		for _, c := range v.Commands.Sorted() {
			if listed[c.Name] != 1 {
				t.Errorf("HELP of %s lists %s %d times", v.Nick, c.Name, listed[c.Name])
			}
		}
	}
}
