// Package commands implements the client commands, a file each. To add one, add a
// file: it declares the command and implements it.
//
// A handler resolves its parameters and calls one function of package network;
// every error it meets is returned.
package commands

import "github.com/parley-irc/parley/ircd/dispatch"

// Table is all client commands.
var Table = dispatch.Table{}

func add(c dispatch.Command) bool { return Table.Add(c) }
