package numerics

// The FAIL codes of batches that clients send.
// https://ircv3.net/specs/extensions/client-batch#errors
// https://ircv3.net/specs/extensions/multiline#errors
var (
	BatchReference = Fail{Command: "BATCH", Code: "INVALID_REFTAG", Text: "A reference has letters, digits and hyphens only. This batch is ignored."}
	BatchNotOpen   = Fail{Command: "BATCH", Code: "INVALID_REFTAG", Text: "No batch with this reference is open."}
	BatchTimeout   = Fail{Command: "BATCH", Code: "TIMEOUT", Text: "This batch was open for too long. Send it again."}
	BatchType      = Fail{Command: "BATCH", Code: "UNKNOWN_TYPE", Text: "The server does not take batches of this type from you."}

	MultilineBytes   = Fail{Command: "BATCH", Code: "MULTILINE_MAX_BYTES", Text: "This message has too many bytes. Send it in parts."}
	MultilineLines   = Fail{Command: "BATCH", Code: "MULTILINE_MAX_LINES", Text: "This message has too many lines. Send it in parts."}
	MultilineTarget  = Fail{Command: "BATCH", Code: "MULTILINE_INVALID_TARGET", Text: "All lines of a message go to the target of its batch."}
	MultilineInvalid = Fail{Command: "BATCH", Code: "MULTILINE_INVALID", Text: "This is not a valid message of several lines."}
)

// The FAIL codes of RELAYMSG.
// https://github.com/ircv3/ircv3-specifications/pull/417
var (
	RelayNick       = Fail{Code: "INVALID_NICK", Text: "A relayed nick has a separator (see draft/relaymsg) within it, and no spaces or any of !+%%@&#$:'\"?*,."}
	RelayPrivileges = Fail{Code: "PRIVS_NEEDED", Text: "Only operators of the channel may relay messages to it."}
	RelayBlank      = Fail{Code: "BLANK_MSG", Text: "There is no text to relay."}
)
