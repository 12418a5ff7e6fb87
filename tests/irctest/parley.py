"""The controller by which the public conformance suite irctest runs Parley.

The suite imports it by name, from PYTHONPATH; run.sh does that. It makes a new
controller, folder and server process for every single test. The environment:

    PARLEY_BIN      the server (default: ircd from PATH)
    PARLEY_CLAIMS   what is claimed to work: none, core or full (default: full).
                    A claimed behaviour that is missing FAILS its tests, one that
                    is not claimed SKIPS them.
    PARLEY_REGISTER_VIA  how test accounts are made: cli, nickserv or register
    PARLEY_LINKED   one: the server is linked to another one. both: and the clients of
                    a test take turns between the two.
    PARLEY_KEEP     1: keep the folder of each test (configuration, data, log)

What depends on the configuration of the server is in the tables at the top.
"""

import copy
import json
import os
from pathlib import Path
import random
import shutil
import socket
import subprocess
import threading
from typing import Any, Callable, Dict, List, Optional, Set, Tuple, Type

from irctest import patma
from irctest.basecontrollers import (
    BaseServerController,
    DirectoryBasedController,
    ProcessStopped,
)
from irctest.cases import BaseServerTestCase
from irctest.runner import NotImplementedByController
from irctest.specifications import Capabilities, OptionalBehaviors

# The suite treats names it knows in special ways; it does not know this one.
SOFTWARE_NAME = "Parley"
BINARY = os.environ.get("PARLEY_BIN", "ircd")
RUN = ["run", "--config"]  # and the path of the configuration
GENPASSWD = ["genpasswd"]  # the password on stdin, its hash on stdout
ADD_ACCOUNT = ["account", "add", "--config"]  # and the path and the name; the password on stdin
CONFIG_NAME = "parley.toml"
# The variable that sets and speeds up the clock of the server, as in "+1y x30".
# libfaketime has no effect on a Go program.
CLOCK_ENV = "PARLEY_TEST_CLOCK"

MKCERT = ["mkcert", "--link", "--config"]  # and the path; what others need is printed
LINKED = os.environ.get("PARLEY_LINKED", "")

# How a test account is made: "cli" (ADD_ACCOUNT against the running server),
# "nickserv" (REGISTER to NickServ) or "register" (draft/account-registration).
REGISTER_VIA = os.environ.get("PARLEY_REGISTER_VIA", "cli")
# One test (sasl.py testPlainLarge800) has a password of 592 bytes, which does not
# fit into a line to NickServ.
LONGEST_IRC_PASSWORD = 450

# Where the suite's settings are in the file. None: there is no such key.
KEY: Dict[str, Optional[str]] = {
    "network_name": "network.name",
    "server_name": "server.name",
    "server_description": "server.description",
    "server_password": "server.password",
    "casemapping": "server.casemapping",
    "utf8_only": "server.utf8-only",
    "truncate_long_lines": None,  # they are always refused
    "reverse_dns": "server.reverse-dns",
    "ident_lookup": "server.ident-lookup",
    "data_dir": "server.data-dir",
    "sendq": "limits.send-queue",
    "proxy_allowed_from": "proxy.allowed-from",
    "listeners": "listener",  # see LISTENER_KEY
    # what counts connections, attempts or commands
    "connection_limits": "connections.enabled",
    "connection_throttle": None,  # with connection_limits
    "command_throttle": "flood.enabled",
    "login_throttle": None,
    # sizes
    "nick_len": "limits.nick-length",
    "channel_len": "limits.channel-length",
    "topic_len": "limits.topic-length",
    "kick_len": "limits.kick-length",
    "away_len": "limits.away-length",
    "list_modes": "limits.channel-list-modes",
    "monitor_entries": "limits.monitor",
    "whowas_entries": "limits.whowas",
    "multiline_bytes": "limits.multiline-bytes",
    "multiline_lines": "limits.multiline-lines",
    # accounts
    "accounts": "accounts.enabled",
    "hash_memory": "accounts.argon2-memory",
    "hash_iterations": "accounts.argon2-iterations",
    "registration": "accounts.registration.enabled",
    "registration_before_connect": "accounts.registration.before-connect",
    "registration_email": "accounts.registration.email-required",
    "nick_reservation": "accounts.nick-reservation",
    "scram": None,
    "multiclient": "accounts.multiclient",
    "multiclient_default": None,
    "always_on": "accounts.always-on",
    "default_user_modes": "users.default-modes",
    "channel_registration": "channels.registration.enabled",
    # history
    "history": "history.enabled",
    "history_channel": "history.count",
    "history_client": None,
    "chathistory_max": "history.chathistory-max",
    "znc_max": "history.znc-max",
    "history_redact": "history.redact",
    # extras
    "metadata": "metadata.enabled",
    "metadata_subs": "metadata.max-subs",
    "metadata_keys": "metadata.max-keys",
    "relaymsg": "channels.relaymsg",
    "relaymsg_separators": "channels.relaymsg-separators",
    "opers": "oper",
    "log_level": "logging.level",
}

LISTENER_KEY = {
    "address": "address",
    "tls": "tls",
    "cert": "cert",
    "key": "key",
    "websocket": "websocket",
    "proxy": "proxy",  # a PROXY header must come first
}

# Hashes of the suite's two passwords that cost next to nothing to check.
PASSWORD_HASHES = {
    "operpassword": "$argon2id$v=19$m=64,t=1,p=1$aXJjdGVzdCBzYWx0IG9wZQ$xKyCJaod8S+IURJfq+d1XFaKJohpnz/A/V5J1XEza4k",
    "testpassword": "$argon2id$v=19$m=64,t=1,p=1$aXJjdGVzdCBzYWx0IHRlcw$EHoz81GH4f15vc0PHNXTSBt7RojoKjVczBVlfyM1xJQ",
}

# What ISUPPORT says, which the suite's testValues compares.
ISUPPORT_CORE: Dict[str, Any] = {
    "BOT": "B",
    "CASEMAPPING": "ascii",
    "ELIST": patma.StrRe("[CMNTU]+"),
    "EXCEPTS": None,
    "INVEX": None,
    "MONITOR": patma.ANYSTR,
    "PREFIX": "(qaohv)~&@%+",
    "STATUSMSG": "~&@%+",
    "TARGMAX": patma.ANYSTR,
    "UTF8ONLY": None,
    "WHOX": None,
}
ISUPPORT_FULL = {**ISUPPORT_CORE, "MSGREFTYPES": "msgid,timestamp"}
EXTBAN_MUTE = "m"

CAPS_CORE = {
    Capabilities.ACCOUNT_NOTIFY,
    Capabilities.ACCOUNT_TAG,
    Capabilities.AWAY_NOTIFY,
    Capabilities.BATCH,
    Capabilities.ECHO_MESSAGE,
    Capabilities.EXTENDED_JOIN,
    Capabilities.EXTENDED_MONITOR,
    Capabilities.LABELED_RESPONSE,
    Capabilities.MESSAGE_TAGS,
    Capabilities.MULTI_PREFIX,
    Capabilities.MULTILINE,
    Capabilities.SERVER_TIME,
    Capabilities.SETNAME,
}
CAPS_FULL = CAPS_CORE | {
    Capabilities.MESSAGE_REDACTION,
    Capabilities.READ_MARKER,
}
# NON_UTF8_MESSAGE excludes UTF8ONLY, so it is the one that is never claimed.
BEHAVIORS_FULL = set(OptionalBehaviors) - {OptionalBehaviors.NON_UTF8_MESSAGE}
BEHAVIORS_CORE = BEHAVIORS_FULL - {
    OptionalBehaviors.SASL_AFTER_REGISTRATION,
    OptionalBehaviors.SASL_REAUTHENTICATION,
}
# Capabilities, behaviours, ISUPPORT and SASL mechanisms by PARLEY_CLAIMS.
Claims = Tuple[Set[Capabilities], Set[OptionalBehaviors], Dict[str, Any], Set[str]]
CLAIMS: Dict[str, Claims] = {
    "none": (set(), set(), {}, set()),
    "core": (CAPS_CORE, BEHAVIORS_CORE, ISUPPORT_CORE, set()),
    "full": (CAPS_FULL, BEHAVIORS_FULL, ISUPPORT_FULL, {"PLAIN", "SCRAM-SHA-256"}),
}

DEFAULTS: Dict[str, Any] = {
    "network_name": "testnet",
    "server_name": "My.Little.Server",  # hard-coded in the suite (004, 312, 364...)
    "server_description": "test server",  # hard-coded in the suite (364)
    "casemapping": "ascii",
    "utf8_only": True,
    "truncate_long_lines": False,
    "reverse_dns": False,
    "ident_lookup": False,
    "sendq": 1 << 18,
    "proxy_allowed_from": ["127.0.0.0/8", "::1/128"],
    "connection_limits": False,
    "connection_throttle": False,
    "command_throttle": False,
    "login_throttle": False,
    "nick_len": 32,
    "channel_len": 64,
    "topic_len": 390,
    "kick_len": 390,
    "away_len": 200,
    "list_modes": 60,
    "monitor_entries": 100,
    "whowas_entries": 100,
    "multiline_bytes": 4096,  # hard-coded in multiline.py
    "multiline_lines": 32,  # hard-coded in multiline.py
    "accounts": True,
    "registration": True,
    "registration_before_connect": False,
    "registration_email": False,
    "hash_memory": "64KiB",
    "hash_iterations": 1,
    "nick_reservation": "strict",
    "scram": True,
    "multiclient": True,
    "multiclient_default": True,
    "always_on": "opt-in",
    "default_user_modes": "",
    "channel_registration": True,
    "history": True,
    "history_channel": 128,
    "history_client": 128,
    "chathistory_max": 100,
    "znc_max": 2048,
    "history_redact": True,
    "metadata": True,
    "metadata_subs": 100,
    "metadata_keys": 1000,
    "relaymsg": "chanops",
    "relaymsg_separators": "/",
    "log_level": "warn",
}


def to_toml(doc: Dict[str, Any]) -> str:
    """Writes nested dicts as TOML (the standard library only reads it)."""

    def value(v: Any) -> str:
        if isinstance(v, bool):
            return "true" if v else "false"
        if isinstance(v, (int, float)):
            return repr(v)
        if isinstance(v, (str, Path)):
            return json.dumps(str(v))  # JSON's escapes are valid in a TOML basic string
        if isinstance(v, (list, tuple, set)):
            return "[" + ", ".join(value(x) for x in v) + "]"
        if isinstance(v, dict):
            return "{" + ", ".join(f"{json.dumps(k)} = {value(x)}" for k, x in v.items()) + "}"
        raise TypeError(f"no TOML form for {v!r}")

    lines: List[str] = []

    def table(path: List[str], t: Dict[str, Any]) -> None:
        scalars = [(k, v) for k, v in t.items() if not isinstance(v, dict)]
        arrays = [(k, v) for k, v in scalars if isinstance(v, list) and v and isinstance(v[0], dict)]
        plain = [(k, v) for k, v in scalars if (k, v) not in arrays]
        if path and plain:
            lines.append("\n[" + ".".join(path) + "]")
        lines.extend(f"{k} = {value(v)}" for k, v in plain)
        for k, rows in arrays:
            for row in rows:
                lines.append("\n[[" + ".".join(path + [k]) + "]]")
                lines.extend(f"{rk} = {value(rv)}" for rk, rv in row.items())
        for k, v in t.items():
            if isinstance(v, dict):
                table(path + [k], v)

    table([], doc)
    return "\n".join(lines) + "\n"


class ParleyController(BaseServerController, DirectoryBasedController):
    software_name = SOFTWARE_NAME
    _port_wait_interval = 0.005
    supports_sts = False  # only client tests look at it
    extban_mute_char = EXTBAN_MUTE
    nickserv = "NickServ"
    sync_sleep_time = 0.05 if LINKED == "both" else 0.0

    # What comes with PARLEY_LINKED: the section of the configuration, the other
    # server, and what spreads the clients.
    _config_name = CONFIG_NAME
    _link: Dict[str, Any] = {}
    _other: Optional["ParleyController"] = None
    _relay: Optional["Relay"] = None

    _claims = CLAIMS[os.environ.get("PARLEY_CLAIMS", "full")]
    capabilities = frozenset(_claims[0])
    optional_behaviors = frozenset(_claims[1])
    isupport = _claims[2]
    supported_sasl_mechanisms = _claims[3]

    # ---- ports: loopback only, and outside the range the kernel gives to clients ----

    def get_hostname_and_port(self) -> Tuple[str, int]:
        with self._used_ports() as used:
            while True:
                port = random.randrange(20000, 32000)
                if ("127.0.0.1", port) in used:
                    continue
                probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                finally:
                    probe.close()
                used.add(("127.0.0.1", port))
                self._own_ports.add(("127.0.0.1", port))
                return ("127.0.0.1", port)

    # ---- configuration ----

    def run(
        self,
        hostname: str,
        port: int,
        *,
        password: Optional[str],
        ssl: bool,
        run_services: bool,  # services are built in: nothing to start
        faketime: Optional[str],
        websocket_hostname: Optional[str],
        websocket_port: Optional[int],
    ) -> None:
        assert self.proc is None
        self.hostname, self.port = hostname, port
        self.create_config()
        assert self.directory

        tls: Dict[str, Any] = {}
        if ssl:  # no server test asks for it today
            self.gen_ssl()
            tls = {"tls": True, "cert": self.pem_path, "key": self.key_path}
        self._listeners: Dict[str, Dict[str, Any]] = {f"{hostname}:{port}": dict(tls)}
        if websocket_port:
            self._listeners[f"{websocket_hostname}:{websocket_port}"] = {
                **tls,
                "websocket": True,
            }

        knobs = copy.deepcopy(DEFAULTS)
        knobs["data_dir"] = self.directory / "data"
        knobs["log_level"] = "debug" if self.debug_mode else "warn"
        if password is not None:
            knobs["server_password"] = self._hash(password)
        knobs["opers"] = [
            # The default class netadmin has all privileges.
            {"name": "operuser", "password": self._hash("operpassword"), "class": "netadmin"}
        ]
        t = self.test_config
        knobs["registration_before_connect"] = t.account_registration_before_connect
        knobs["registration_email"] = t.account_registration_requires_email
        # Role play needs no setting: channel mode E turns it on where it is wanted.
        self._knobs = knobs

        if t.ergo_config:
            shadow = self.getConfig()
            t.ergo_config(shadow)
            self._take_shadow(shadow)

        self._env = dict(os.environ)
        if faketime:
            self._env[CLOCK_ENV] = faketime
            self.faketime_enabled = True

        # With a clock that runs faster no two servers agree on the time.
        if LINKED and not faketime:
            self._start_other(port)
        self._write_config()
        self._start()

    def _start_other(self, port: int) -> None:
        """Starts the server that this one is linked to."""
        link: Dict[str, Any] = {"enabled": True, "secret": "0123456789abcdef" * 4}
        here, there = [f"127.0.0.1:{self.get_hostname_and_port()[1]}" for _ in range(2)]
        client, peer = [self.get_hostname_and_port()[1] for _ in range(2)]
        other = copy.copy(self)
        other._knobs = {**self._knobs, "server_name": "other.example"}
        other._knobs["data_dir"] = self.directory / "other"
        other._listeners = {f"127.0.0.1:{peer}": {}}
        other._link = {**link, "listen": there}
        self._link = {**link, "listen": here, "peers": [there]}
        if LINKED == "both":
            front = f"{self.hostname}:{port}"
            self._listeners[f"127.0.0.1:{client}"] = self._listeners.pop(front)
            self._relay = Relay((self.hostname, port), [client, peer], self._is_linked)
        pins = []
        for server, file in ((self, CONFIG_NAME), (other, "other.toml")):
            server._config_name = file
            server._write_config()
            line = subprocess.run(
                [BINARY, *MKCERT, server._config_path], capture_output=True, text=True, check=True
            )
            pins.append(json.loads(line.stdout.strip().rstrip(",")))
        self._link["pins"] = other._link["pins"] = pins
        other._write_config()
        other.proc = None
        other._start()
        self._other = other

    def _is_linked(self) -> bool:
        status = subprocess.run(
            [BINARY, "link", "status", "--config", self._config_path], capture_output=True, text=True
        )
        return "  linked for " in status.stdout

    def _hash(self, password: str) -> str:
        if password in PASSWORD_HASHES:
            return PASSWORD_HASHES[password]
        out = subprocess.run(
            [BINARY, *GENPASSWD], input=password + "\n", capture_output=True, text=True, check=True
        )
        return out.stdout.strip()

    def _write_config(self) -> None:
        assert self.directory
        knobs = dict(self._knobs)
        knobs["listeners"] = [
            {LISTENER_KEY["address"]: addr, **{LISTENER_KEY[k]: v for k, v in opts.items()}}
            for addr, opts in self._listeners.items()
        ]
        doc: Dict[str, Any] = {}
        for knob, v in knobs.items():
            path = KEY[knob]
            if path is None and v != DEFAULTS[knob]:
                raise NotImplementedByController(knob.replace("_", " "))
            if path is None or v is None:
                continue
            *parents, leaf = path.split(".")
            node = doc
            for p in parents:
                node = node.setdefault(p, {})
            node[leaf] = v
        if knobs["registration_email"]:  # no test reads mail, so none is delivered
            doc["mail"] = {"enabled": True, "from": "noreply@tea.example", "host": "localhost", "port": 1}
        if self._link:
            doc["link"] = self._link
        self._config_path = self.directory / self._config_name
        tmp = self._config_path.with_suffix(".tmp")
        tmp.write_text(to_toml(doc), encoding="utf-8")
        tmp.rename(self._config_path)

    def _start(self) -> None:
        assert self.directory
        command = [BINARY, *RUN, self._config_path]
        if self.debug_mode:  # execute() copies the log into the test's output
            self.proc = self.execute(command, env=self._env)
        else:
            with (self.directory / "server.log").open("ab") as log:
                self.proc = self.execute(command, env=self._env, stderr=log)

    def check_is_alive(self) -> None:
        """Tells, if the server has ended, what it said last."""
        try:
            super().check_is_alive()
        except ProcessStopped as e:
            log = Path(self.directory or "") / "server.log"
            last = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise ProcessStopped(f"{e}: {last.strip()}") from None

    # ---- what Ergo-only tests call ----

    def restart(self) -> None:
        """Same data, same ports (ergo/alwayson.py, ergo/chanserv.py)."""
        self.kill_proc()
        self.port_open = False
        self._start()
        self.wait_for_port()

    def getConfig(self) -> Dict[str, Any]:
        """The few parts of Ergo's config tree that tests read or change, as Ergo spells them."""
        k = self._knobs
        return {
            "server": {
                "listeners": {
                    addr: ({"websocket": True} if o.get("websocket") else None)
                    for addr, o in self._listeners.items()
                },
                "casemapping": k["casemapping"],
            },
            "accounts": {
                "multiclient": {"always-on": k["always_on"]},
                "default-user-modes": k["default_user_modes"],
            },
            "history": {"znc-maxmessages": k["znc_max"]},
        }

    def _take_shadow(self, shadow: Dict[str, Any]) -> None:
        known = self.getConfig()
        for section, sub in shadow.items():
            extra = set(sub) - set(known.get(section, {}))
            if extra:
                raise NotImplementedByController(f"Ergo config {section}.{sorted(extra)}")
        k = self._knobs
        k["casemapping"] = shadow["server"]["casemapping"]
        k["always_on"] = shadow["accounts"]["multiclient"]["always-on"]
        k["default_user_modes"] = shadow["accounts"]["default-user-modes"]
        k["znc_max"] = shadow["history"]["znc-maxmessages"]
        for addr, conf in shadow["server"]["listeners"].items():
            if (conf or {}).get("proxy"):
                self._listeners[addr]["proxy"] = True

    def rehash(self, case: BaseServerTestCase, config: Dict[str, Any]) -> None:
        self._take_shadow(config)
        self._write_config()
        name = "rehash-oper"
        case.connectClient(nick="rehasher", name=name)
        case.sendLine(name, "OPER operuser operpassword")
        case.sendLine(name, "REHASH")
        case.getMessages(name)  # the PING inside makes sure that REHASH was done
        case.sendLine(name, "QUIT")
        case.assertDisconnected(name)

    # ---- accounts ----

    def wait_for_services(self) -> None:
        """Services are part of the server: up as soon as the port is open."""

    def registerUser(
        self, case: BaseServerTestCase, username: str, password: Optional[str] = None
    ) -> None:
        if not case.run_services:
            raise ValueError("registerUser needs @cases.mark_services on the test class")
        if not self.supported_sasl_mechanisms:
            raise NotImplementedByController("logging in to an account")
        assert password
        via = REGISTER_VIA
        if via != "cli" and len(password.encode()) > LONGEST_IRC_PASSWORD:
            via = "cli"
        how: Callable[[BaseServerTestCase, str, str], None] = {
            "nickserv": self._register_nickserv,
            "register": self._register_command,
            "cli": self._register_cli,
        }[via]
        how(case, username, password)

    def _connect_for_registration(self, case: BaseServerTestCase, nick: str, cap: str = "") -> Any:
        client = case.addClient(show_io=False)
        case.sendLine(client, "CAP LS 302")
        if cap:
            case.sendLine(client, "CAP REQ :" + cap)
        case.sendLine(client, "NICK " + nick)
        case.sendLine(client, "USER setup * * :account setup")
        case.sendLine(client, "CAP END")
        while case.getRegistrationMessage(client).command != "001":
            pass
        case.getMessages(client)  # drain the burst, MOTD included
        return client

    def _finish_registration(self, case: BaseServerTestCase, client: Any, ok: bool, got: Any) -> None:
        case.sendLine(client, "QUIT")
        case.assertDisconnected(client)
        assert ok, f"account was not registered: {got}"

    def _register_nickserv(self, case: BaseServerTestCase, username: str, password: str) -> None:
        client = self._connect_for_registration(case, username)
        case.sendLine(client, f"PRIVMSG {self.nickserv} :REGISTER {password}")
        got = case.getMessages(client)  # the reply must come before this PING's PONG
        ok = any(m.command == "900" for m in got) or any(
            m.command == "NOTICE" and "account created" in m.params[-1].lower() for m in got
        )
        self._finish_registration(case, client, ok, got)

    def _register_command(self, case: BaseServerTestCase, username: str, password: str) -> None:
        client = self._connect_for_registration(case, username, "draft/account-registration")
        case.sendLine(client, f"REGISTER * * :{password}")
        got = case.getMessages(client)
        ok = any(m.command == "REGISTER" and m.params[:1] == ["SUCCESS"] for m in got)
        self._finish_registration(case, client, ok, got)

    def _register_cli(self, case: BaseServerTestCase, username: str, password: str) -> None:
        self.wait_for_port()
        subprocess.run(
            [BINARY, *ADD_ACCOUNT, str(self._config_path), username],
            input=password + "\n",
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    # ---- end of a test ----

    def kill(self) -> None:
        if os.environ.get("PARLEY_KEEP") and self.directory:
            print(f"kept: {self.directory}")
            shutil.copytree(self.directory, f"{self.directory}.kept", dirs_exist_ok=True)
        if self._relay:
            self._relay.close()
        if self._other and self._other.proc:
            self._other.kill_proc()
        super().kill()


class Relay:
    """Hands the connections to an address to several ports in turn, once the servers are linked."""

    def __init__(self, address: Tuple[str, int], ports: List[int], linked: Callable[[], bool]) -> None:
        self._address = address
        self._ports = ports
        self._linked = linked
        self._closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._closed.set()

    def _accept(self) -> None:
        for port in self._ports:
            self._connect(port).close()
        while not self._linked() and not self._closed.wait(0.02):
            pass
        turn = 0
        with socket.create_server(self._address) as listener:
            listener.settimeout(0.1)
            while not self._closed.is_set():
                try:
                    client, _ = listener.accept()
                except TimeoutError:
                    continue
                client.settimeout(None)
                server = self._connect(self._ports[turn % len(self._ports)])
                turn += 1
                for a, b in ((client, server), (server, client)):
                    a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    threading.Thread(target=self._copy, args=(a, b), daemon=True).start()

    def _connect(self, port: int) -> socket.socket:
        """Connects to a port, when the server is there."""
        while not self._closed.wait(0.02):
            try:
                return socket.create_connection(("127.0.0.1", port))
            except OSError:
                pass
        raise SystemExit  # ends this thread alone

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for s in (source, sink):
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def get_irctest_controller_class() -> Type[ParleyController]:
    return ParleyController
