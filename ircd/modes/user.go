package modes

// The letters of the user modes that other packages name.
const (
	Invisible, Oper, ServerNotices, Wallops   = 'i', 'o', 's', 'w'
	Bot, RegisteredPM, NoCTCPs, Secure        = 'B', 'R', 'T', 'z'
	SecurePM, Deaf, CallerID, SoftCallerID    = 'Z', 'D', 'g', 'G'
	Cloaked, HideOper, HideChannels, HideIdle = 'x', 'H', 'p', 'I'
	UserRolePlay                              = 'E'
)

// User returns the modes of users.
func User() *Table {
	return newTable(
		Mode{Letter: Invisible, Name: "invisible", Kind: Flag, Help: "Those who share no channel with you do not see you in WHO and NAMES."},
		Mode{Letter: Oper, Name: "oper", Kind: Flag, Fixed: true, Help: "You are a server operator; OPER sets it, and you may unset it."},
		Mode{Letter: ServerNotices, Name: "snomask", Kind: Param, Oper: true, Syntax: "<letters>", Default: "*", Parse: parseSnomask, Help: "You receive the server's notices of these kinds; HELP SNOMASKS lists them."},
		Mode{Letter: Wallops, Name: "wallops", Kind: Flag, Help: "You receive WALLOPS."},
		Mode{Letter: Bot, Name: "bot", Kind: Flag, Help: "You are a bot; others see it in WHO, WHOIS and on messages."},
		Mode{Letter: RegisteredPM, Name: "regprivmsg", Kind: Flag, Help: "Only users who are logged in, or whom you ACCEPT, may send you private messages."},
		Mode{Letter: NoCTCPs, Name: "noctcp", Kind: Flag, Help: "You receive no private CTCP messages other than ACTION."},
		Mode{Letter: Secure, Name: "secure", Kind: Flag, Fixed: true, Help: "You are connected over TLS."},
		Mode{Letter: SecurePM, Name: "secureprivmsg", Kind: Flag, Help: "Only users connected over TLS may send you private messages."},
		Mode{Letter: Deaf, Name: "deaf", Kind: Flag, Help: "You receive no messages sent to channels."},
		Mode{Letter: CallerID, Name: "callerid", Kind: Flag, Help: "Only users whom you ACCEPT may send you private messages."},
		Mode{Letter: SoftCallerID, Name: "softcallerid", Kind: Flag, Help: "Only users whom you ACCEPT, or who share a channel with you, may send you private messages."},
		Mode{Letter: Cloaked, Name: "cloak", Kind: Flag, Help: "Your address is hidden from others."},
		Mode{Letter: HideOper, Name: "hideoper", Kind: Flag, Oper: true, Help: "Others do not see that you are an operator."},
		Mode{Letter: HideChannels, Name: "hidechans", Kind: Flag, Help: "WHOIS does not show your channels to others."},
		Mode{Letter: HideIdle, Name: "hideidle", Kind: Flag, Help: "WHOIS does not show others how long you have been idle."},
		Mode{Letter: UserRolePlay, Name: "roleplay", Kind: Flag, Help: "You accept private messages from role-play characters."},
	)
}
