package config

// An operator of the network, one [[oper]] for each. They become it by
// "/OPER name password". Whatever of password, certfp, account, totp and from is
// written here, all of it is asked for.
type Oper struct {
	// The name given to OPER.
	Name string `toml:"name" form:"word" required:"true"`
	// The password, as a hash made by "ircd genpasswd".
	Password string `toml:"password" form:"hash" secret:"true"`
	// The fingerprint (SHA-256, in hexadecimal) of the operator's TLS certificate.
	CertFP string `toml:"certfp" form:"fingerprint"`
	// The account that the operator is logged in to.
	Account string `toml:"account" form:"word"`
	// The secret of a second factor, made by "ircd genpasswd --totp NAME". The operator
	// adds the six digits of the moment: "/OPER name password 123456".
	TOTP string `toml:"totp" form:"totp" secret:"true"`
	// The addresses and networks that the operator may come from. Empty for all.
	From []string `toml:"from" form:"cidr"`
	// Become an operator without OPER, by connecting with the certificate or logging
	// in to the account. There must be no password and no second factor then.
	Auto bool `toml:"auto"`
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
