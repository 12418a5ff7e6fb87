package tests

import (
	"strings"
	"testing"
)

// standardReplies are the standard replies that specifications name, by specification.
// https://ircv3.net/specs/extensions/standard-replies
var standardReplies = map[string]string{
	"account-registration": `FAIL * ACCOUNT_REQUIRED
		FAIL REGISTER ACCOUNT_EXISTS, FAIL REGISTER ALREADY_AUTHENTICATED, FAIL REGISTER BAD_ACCOUNT_NAME, FAIL REGISTER COMPLETE_CONNECTION_REQUIRED
		FAIL REGISTER INVALID_EMAIL, FAIL REGISTER NEED_NICK, FAIL REGISTER TEMPORARILY_UNAVAILABLE, FAIL REGISTER UNACCEPTABLE_EMAIL
		FAIL REGISTER UNACCEPTABLE_PASSWORD, FAIL VERIFY INVALID_CODE, FAIL VERIFY ALREADY_AUTHENTICATED, FAIL VERIFY TEMPORARILY_UNAVAILABLE
		FAIL VERIFY COMPLETE_CONNECTION_REQUIRED`,
	"channel-rename":    "FAIL RENAME CHANNEL_NAME_IN_USE, FAIL RENAME CANNOT_RENAME, FAIL JOIN CHANNEL_RENAMED",
	"chathistory":       "FAIL CHATHISTORY INVALID_PARAMS, FAIL CHATHISTORY INVALID_TARGET, FAIL CHATHISTORY MESSAGE_ERROR",
	"client-batch":      "FAIL BATCH INVALID_REFTAG, FAIL BATCH TIMEOUT, FAIL BATCH UNKNOWN_TYPE",
	"message-redaction": `FAIL REDACT INVALID_TARGET, FAIL REDACT REDACT_FORBIDDEN, FAIL REDACT REDACT_WINDOW_EXPIRED, FAIL REDACT UNKNOWN_MSGID`,
	"metadata": `FAIL METADATA INVALID_TARGET, FAIL METADATA KEY_INVALID, FAIL METADATA KEY_NOT_SET, FAIL METADATA KEY_NO_PERMISSION
		FAIL METADATA LIMIT_REACHED, FAIL METADATA RATE_LIMITED, FAIL METADATA SUBCOMMAND_INVALID, FAIL METADATA TOO_MANY_SUBS, FAIL METADATA VALUE_INVALID`,
	"multiline":   "FAIL BATCH MULTILINE_MAX_BYTES, FAIL BATCH MULTILINE_MAX_LINES, FAIL BATCH MULTILINE_INVALID_TARGET, FAIL BATCH MULTILINE_INVALID",
	"read-marker": "FAIL MARKREAD NEED_MORE_PARAMS, FAIL MARKREAD INVALID_PARAMS, FAIL MARKREAD INTERNAL_ERROR",
	"setname":     "FAIL SETNAME INVALID_REALNAME, FAIL SETNAME CANNOT_CHANGE_REALNAME",
	"utf8-only":   "FAIL PRIVMSG INVALID_UTF8",
	"pull/417":    "FAIL RELAYMSG PRIVS_NEEDED, FAIL RELAYMSG INVALID_NICK, FAIL RELAYMSG BLANK_MSG",
	"pull/425":    "FAIL EDIT INVALID_TARGET, FAIL EDIT UNKNOWN_MSGID, FAIL EDIT EDIT_FORBIDDEN, FAIL EDIT EDIT_WINDOW_EXPIRED, FAIL EDIT INVALID_EDIT",
	"pull/471":    "FAIL WEBPUSH INVALID_PARAMS, FAIL WEBPUSH MAX_REGISTRATIONS, FAIL WEBPUSH INTERNAL_ERROR",
	"pull/496":    "FAIL SEARCH INVALID_PARAMS",
	"pull/503":    "FAIL PERSISTENCE ACCOUNT_REQUIRED, FAIL PERSISTENCE INVALID_PARAMETERS, FAIL PERSISTENCE INTERNAL_ERROR",
	"pull/547":    "FAIL EXTJWT NO_SUCH_SERVICE",
	"pull/602": `FAIL TOKEN ACCOUNT_REQUIRED, FAIL TOKEN INTERNAL_ERROR, FAIL TOKEN INVALID_SCOPE, FAIL TOKEN INVALID_TOKEN, FAIL TOKEN NEED_CAPABILITY
		FAIL TOKEN NO_PERMISSIONS, FAIL TOKEN TIMEOUT, FAIL TOKEN UNKNOWN_COMMAND, FAIL TOKEN UNKNOWN_SERVICE, NOTE TOKEN END_OF_LIST, NOTE TOKEN SERVICE`,
	"pull/613": `WARN METADATA INVALID_KEY, FAIL METADATA INVALID_KEY, FAIL METADATA INVALID_PARAMS, FAIL METADATA INVALID_TARGET, FAIL METADATA INVALID_VALUE
		FAIL METADATA KEY_NO_PERMISSION, WARN METADATA KEY_NO_PERMISSION, FAIL METADATA LIMIT_REACHED`,
}

// unspoken are those of them that no conversation can show, and why.
var unspoken = map[string]string{
	"FAIL CHATHISTORY MESSAGE_ERROR":      "the history cannot be read",
	"FAIL MARKREAD INTERNAL_ERROR":        "it takes a thousand markers",
	"FAIL PERSISTENCE INTERNAL_ERROR":     "the store cannot be written",
	"FAIL TOKEN INTERNAL_ERROR":           "the store cannot be written",
	"FAIL VERIFY TEMPORARILY_UNAVAILABLE": "the store cannot be written",
	"FAIL WEBPUSH INTERNAL_ERROR":         "the store cannot be written",
}

// TestStandardReplies tests that every standard reply that a specification names is heard
// in a conversation.
func TestStandardReplies(t *testing.T) {
	heard := map[string]bool{}
	for _, s := range conversations(t) {
		for _, words := range split(s.Heard()) {
			for len(words) > 0 && strings.ContainsAny(words[0][:1], "@:") {
				words = words[1:]
			}
			if len(words) > 2 {
				heard[strings.ReplaceAll(strings.Join(words[:3], " "), `\*`, "*")] = true
			}
		}
	}
	for spec, replies := range standardReplies {
		for reply := range strings.FieldsFuncSeq(replies, func(r rune) bool { return r == ',' || r == '\n' }) {
			switch reply = strings.TrimSpace(reply); {
			case !heard[reply] && unspoken[reply] == "":
				t.Errorf("%s of %s is heard in no conversation", reply, spec)
			case heard[reply] && unspoken[reply] != "":
				t.Errorf("%s is heard, in spite of: %s", reply, unspoken[reply])
			}
		}
	}
}
