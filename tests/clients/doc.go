// Package clients tests the server with the clients, bots and bouncers that people use:
// "make clients" runs what is installed, and says what is missing and where it comes
// from. Nothing is installed by the tests.
//
// Each test starts a server of its own, and a peer that reads and writes the raw
// protocol. What the client shows on its screen, and what the peer hears of it, is what
// its user and the others would see.
package clients
