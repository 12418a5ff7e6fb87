package clients

import (
	"fmt"
	"path/filepath"
)

// irssi starts irssi, which logs in to alice over TLS, and joins #tea. cert is the file
// of a client certificate and its key, or "".
func (r *running) irssi(mechanism, password, cert string) *terminal {
	r.Helper()
	if cert != "" {
		cert = fmt.Sprintf(`tls_cert = "%s";`, cert)
	}
	r.write("irssi/config", fmt.Sprintf(`servers = ({ address = "127.0.0.1"; port = "%s"; chatnet = "tea"; autoconnect = "yes"; use_tls = "yes"; tls_verify = "no"; %s });
chatnets = { tea = { type = "IRC"; nick = "alice"; sasl_mechanism = "%s"; sasl_username = "alice"; sasl_password = "%s"; }; };
channels = ({ name = "#tea"; chatnet = "tea"; autojoin = "yes"; });
settings = { core = { real_name = "Alice"; user_name = "alice"; nick = "alice"; }; "fe-text" = { term_charset = "utf-8"; }; };
`, r.tls, cert, mechanism, password))
	return r.terminal("irssi", "--home="+filepath.Join(r.dir, "irssi"))
}

// weechat starts WeeChat with a folder of its own, which logs in over TLS as somebody
// called alice, by PLAIN unless options say otherwise, and joins #tea.
func (r *running) weechat(folder, login, password, options string) *terminal {
	r.Helper()
	tls := weechatTLS(r)
	return r.terminal("weechat", "--dir", filepath.Join(r.dir, folder),
		"-r", fmt.Sprintf("/server add tea 127.0.0.1/%s -%s -no%s_verify -nicks=alice -realname=Alice -autojoin=#tea %s", r.tls, tls, tls, options),
		"-r", "/set irc.server.tea.sasl_username "+login,
		"-r", "/set irc.server.tea.sasl_password "+password, "-r", "/set irc.look.server_buffer independent",
		"-r", "/connect tea")
}

// weechatTLS is how this version of WeeChat calls it.
func weechatTLS(r *running) string {
	if run(r, "weechat", "--version") < "4" {
		return "ssl"
	}
	return "tls"
}
