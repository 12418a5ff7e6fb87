package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// release is the version that is being worked on.
const release = "0.1.0-dev"

type versionCommand struct{}

// Help is shown by "ircd version --help".
func (versionCommand) Help() string {
	return `The commit is that of the source the program was built from, if git knew it; "+changes" means that there were others, too. Releases can be built again from their commit, byte by byte: see ircd/packaging/release.sh.`
}

// Run prints the version.
func (versionCommand) Run(w world) error {
	fmt.Fprintf(w.out, "%s (%s %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if s := buildSettings(); s["vcs.revision"] != "" {
		fmt.Fprintf(w.out, "commit %s of %s\n", s["vcs.revision"], s["vcs.time"])
	}
	return nil
}

// version returns the release with the commit it was built from, if that is known.
func version() string {
	v, s := "parley-"+release, buildSettings()
	if commit := s["vcs.revision"]; len(commit) >= 8 {
		v += "-" + commit[:8]
	}
	if s["vcs.modified"] == "true" {
		v += "+changes"
	}
	return v
}

// buildSettings returns what is known of how the program was built.
func buildSettings() map[string]string {
	settings := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
	}
	return settings
}
