package clients

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestLimnoria lets a bot log in, answer, and take part.
func TestLimnoria(t *testing.T) {
	needs(t, "supybot Debian's limnoria")
	r := start(t)
	bob := r.peer("bob")
	folder := filepath.Join(r.dir, "bot")
	r.write("bot/keep", "")
	text := ""
	for _, s := range [][2]string{
		{"nick", "teabot"}, {"ident", "teabot"}, {"user", "Tea bot"}, {"networks", "tea"}, {"networks.tea.servers", "127.0.0.1:" + r.tls},
		{"networks.tea.ssl", "True"}, {"networks.tea.requireStarttls", "False"}, {"networks.tea.channels", "#tea"},
		{"networks.tea.sasl.username", "teabot"}, {"networks.tea.sasl.password", "secret-tea"}, {"networks.tea.sasl.mechanisms", "scram-sha-256 plain"},
		{"protocols.ssl.verifyCertificates", "False"}, {"reply.whenAddressedBy.chars", "!"}, {"plugins.Owner", "True"},
		{"plugins.Misc", "True"}, {"plugins.Utilities", "True"}, {"directories.data", "data"}, {"directories.conf", "conf"}, {"directories.log", "logs"},
		{"directories.backup", "backup"}, {"directories.data.tmp", "tmp"}, {"log.stdout", "True"}, {"protocols.irc.strictRfc", "False"},
	} {
		text += fmt.Sprintf("supybot.%s: %s\n", s[0], s[1])
	}
	conf := r.write("bot/teabot.conf", text)
	bot := exec.Command("supybot", "--allow-root", conf)
	bot.Dir = folder
	r.spawn(bot, filepath.Join(r.dir, "bot.log"))
	bob.hear(":teabot!", "JOIN #tea teabot ")
	bob.say("PRIVMSG #tea :!echo two cups of 茶")
	bob.hear(":teabot!", "PRIVMSG #tea :", "two cups of 茶")
	bob.say("PRIVMSG teabot :ping")
	bob.hear(":teabot!", "bob :pong")
}
