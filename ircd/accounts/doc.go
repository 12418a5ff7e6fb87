// Package accounts keeps user accounts: who has registered which name, and how
// they prove who they are.
//
// Two things are kept apart here on purpose. Proving an identity, by a password,
// a certificate or SCRAM, gives a name and nothing else; it is done by a Prover,
// for SASL and for services alike. Becoming that account is decided by Authorise
// alone, with every check in one place: servers that repeated the checks beside
// each mechanism have forgotten one of them, again and again.
//
// The records are in a store.Store. What is asked often is answered from an index
// in memory that the store's Watch keeps current, so that nothing changes here
// when several servers share the store.
//
// # Where to find what
//
//	account.go record.go             an account as others see it, and as it is stored
//	accounts.go                      the Service
//	index.go update.go               what is answered from memory, and how a record changes
//	errors.go
//
// Who somebody is, and may be:
//
//	prove.go proof.go                a Prover finds out whose a secret is; a Proof says so
//	authorise.go                     the one place where a Proof becomes a login
//	scram.go app.go cert.go          by a verifier, a password for one device, a certificate
//	passkey.go elsewhere.go          by a key, or by an authority elsewhere
//	identity.go                      as which that is tied to an account
//	factor.go factors.go recovery.go second factors, and what replaces them once
//	throttle.go pool.go              how often one may guess, and how much is hashed at once
//	logins.go device.go              what is known of logins; as which device
//
// What becomes of an account:
//
//	register.go code.go recover.go   it begins; codes by mail; another password
//	change.go email.go rename.go     it changes
//	revoke.go remove.go expiry.go    it loses its sessions, is suspended, ends
//	import.go repair.go              it comes from elsewhere; its names are found again
//	run.go write.go                  what is done now and then; letters to owners
package accounts
