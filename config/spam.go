package config

import "time"

// Spam filters, which operators set by SPAMFILTER, or which are written here: see
// [[spam-filter]].
type Spam struct {
	// Whom no filter is about, as the masks and extended bans of UBAN: "a:bob" for an
	// account, "192.0.2.0/24" for a network, "U:*" for those who are not logged in, with
	// "!" before it for all others. Operators of the network never are, nor those whom
	// UBAN exempts.
	Exempt []string `toml:"exempt" form:"subject"`
	// The channels in which no filter holds, such as one where spam is talked about.
	ExemptChannels []string `toml:"exempt-channels" form:"channel"`
	// Show operators who watch for spam (user mode s with m) what was said. Without it
	// they see only who has met which filter.
	ShowText bool `toml:"show-text"`
}

// A spam filter of this server, one [[spam-filter]] for each. Those that are set by
// SPAMFILTER hold on all servers of the network.
type SpamFilter struct {
	// What is looked for: a regular expression (RE2) between slashes,
	// "/cheap (watches|pills)/", or a mask, "*cheap?watches*". Capitals make no difference,
	// nor do colours and letters that only look like those of the pattern.
	Pattern string `toml:"pattern" required:"true"`
	// Where: letters, or names separated by commas, of the targets that HELP SPAMFILTER
	// lists. "cp" is messages to channels and to users, "*" is everything.
	Targets string `toml:"targets" form:"word" required:"true"`
	// What is done to who says it.
	Action string `toml:"action" oneof:"report|login|block|tempshun|shun|kill|ban" required:"true"`
	// How long a ban or a shun lasts. 0 is a day.
	Duration Duration `toml:"duration" range:"0s..3650d"`
	// Only count whom it meets, to try it out.
	Dry bool `toml:"dry"`
	// What they are told.
	Reason string `toml:"reason"`
}

func defaultSpam() Spam { return Spam{Exempt: []string{}, ExemptChannels: []string{}, ShowText: true} }

func exampleSpamFilter() SpamFilter {
	return SpamFilter{
		Pattern: "/cheap (watches|pills)/", Targets: "cp", Action: "ban", Duration: Duration(24 * time.Hour),
		Reason: "No advertisements here",
	}
}
