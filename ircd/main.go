// Command ircd is Parley, an IRC server, and what its operator needs beside it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/server/control"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1   // it could not be done
	exitUsage  = 2   // the configuration, or the command line, is wrong
	exitForced = 130 // interrupted a second time, without an orderly stop
)

// A cli is the command line. The comments of flags and commands are its help.
type cli struct {
	Config string `short:"c" placeholder:"FILE" help:"The configuration. Without it, parley.toml in this folder or, if there is none, the built-in defaults."`

	Run       runCommand       `cmd:"" default:"withargs" help:"Run the server. This is what happens without a command."`
	Check     checkCommand     `cmd:"" help:"Tell all that is wrong in the configuration, and in the files it names."`
	Init      initCommand      `cmd:"" help:"Write a configuration with every setting explained."`
	Mkcert    mkcertCommand    `cmd:"" help:"Make a self-signed certificate."`
	Genpasswd genpasswdCommand `cmd:"" help:"Make the hash of a password, for the configuration."`
	Token     tokenCommand     `cmd:"" help:"Make a token for the HTTP API, and what the configuration has to say of it."`
	Account   accountCommand   `cmd:"" help:"Add, delete and list accounts of the running server."`
	Link      linkCommand      `cmd:"" help:"Look after the network that this server is linked to."`
	Rehash    rehashCommand    `cmd:"" help:"Let the running server read its configuration again."`
	Status    statusCommand    `cmd:"" help:"Show how the running server does."`
	Export    exportCommand    `cmd:"" help:"Write all that a server keeps as lines of JSON: a backup that can be read."`
	Import    importCommand    `cmd:"" help:"Read such a file, or what another server has kept, into the data folder."`
	Repair    repairCommand    `cmd:"" help:"Tell whether the files in the data folder are whole, and repair them."`
	Compact   compactCommand   `cmd:"" help:"Let the running server write its history file anew, without what was deleted."`
	Reference referenceCommand `cmd:"" help:"Write the reference manual."`
	Version   versionCommand   `cmd:"" help:"Show the version."`
}

// A world is what commands use of the process.
type world struct {
	in       *os.File
	out, err io.Writer
	env      []string
}

const description = `Parley is an IRC server: it needs no database, no services and no configuration to begin with.

To try it, type "ircd" and connect a client to 127.0.0.1, port 6667. To keep it, type "ircd init", edit parley.toml, and start it again.

Exit codes: 0 done or stopped in order, 1 could not be done, 2 the configuration or the command line is wrong, 130 interrupted twice.`

func main() { os.Exit(execute(os.Args[1:], world{os.Stdin, os.Stdout, os.Stderr, os.Environ()})) }

// execute runs a command line, and returns the exit code.
func execute(args []string, w world) int {
	var c cli
	helped := false
	parser, err := kong.New(&c, append(options(w), kong.Exit(func(int) { helped = true }), kong.Bind(w))...)
	if err != nil {
		panic(err) // the declarations above are wrong
	}
	ctx, err := parser.Parse(args)
	if helped {
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(w.err, "ircd: %v\nTry \"ircd --help\".\n", err)
		return exitUsage
	}
	return report(ctx.Run(&c, w), w)
}

// options are those of the command line.
func options(w world) []kong.Option {
	return []kong.Option{
		kong.Name("ircd"), kong.Description(description), kong.Writers(w.out, w.err),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Vars{"sources": sourceNames()},
	}
}

// report tells an error, and returns its exit code.
func report(err error, w world) int {
	var problems config.Problems
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errForced):
		return exitForced
	case errors.As(err, &problems):
		for _, p := range problems {
			fmt.Fprintln(w.err, p)
		}
		return exitUsage
	case errors.Is(err, control.ErrNotRunning):
		fmt.Fprintf(w.err, "ircd: %v; start it by \"ircd run\", and give both the same --config\n", err)
	default:
		fmt.Fprintln(w.err, "ircd:", err)
	}
	return exitFailed
}

// defaultConfig is the configuration that is used if it is there.
const defaultConfig = "parley.toml"

// path returns the configuration to use, or "" for the defaults.
func (c *cli) path() string {
	if c.Config != "" {
		return c.Config
	}
	if _, err := os.Stat(defaultConfig); err == nil {
		return defaultConfig
	}
	return ""
}
