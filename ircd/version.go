package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// release is the version that is being worked on.
const release = "0.1.0-dev"

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(w world) error {
	fmt.Fprintf(w.out, "%s (%s %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// version returns the release with the commit it was built from, if that is known.
func version() string {
	v := "parley-" + release
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if commit := settings["vcs.revision"]; len(commit) >= 8 {
		v += "-" + commit[:8]
	}
	if settings["vcs.modified"] == "true" {
		v += "+changes"
	}
	return v
}
