package config

// An operator of the network, one [[oper]] for each. They become it by
// "/OPER name password".
type Oper struct {
	// The name given to OPER.
	Name string `toml:"name" form:"word" required:"true"`
	// The password, as a hash made by "ircd genpasswd".
	Password string `toml:"password" form:"hash" secret:"true"`
	// The fingerprint (SHA-256, in hexadecimal) of the operator's TLS certificate.
	// With both a password and a fingerprint, both are needed.
	CertFP string `toml:"certfp" form:"fingerprint"`
	// What the operator may do: the name of an [[oper-class]].
	Class string `toml:"class" form:"word" required:"true"`
	// Do not show others that this is an operator.
	Hidden bool `toml:"hidden"`
	// The host others see. Empty to leave it as it is.
	Vhost string `toml:"vhost" form:"host"`
	// What WHOIS says the operator is, such as "a network administrator". Empty
	// for "an IRC operator".
	Title string `toml:"title"`
	// Modes the operator gets with it.
	Modes string `toml:"modes" form:"modes"`
}

func exampleOper() Oper {
	return Oper{Name: "alice", Password: exampleHash, Class: "netadmin"}
}

// What operators may do, one [[oper-class]] for each kind of operator. The
// classes of your file replace this one. docs/reference lists the privileges.
type OperClass struct {
	// The name by which an [[oper]] refers to it.
	Name string `toml:"name" form:"word" required:"true"`
	// The name of a class whose privileges this one has too. Empty for none.
	Inherits string `toml:"inherits" form:"word"`
	// The privileges. ["*"] stands for all.
	Privileges []string `toml:"privileges" form:"word"`
}

func defaultOperClasses() []OperClass {
	return []OperClass{{Name: "netadmin", Privileges: []string{"*"}}}
}
