package config

import (
	"fmt"
	"net"
	"reflect"
	"slices"
	"strings"
)

// What people write by mistake, and what they meant. The rule that is broken is told
// anyway; here is what a colleague would add who looks over their shoulder.

// syntaxHint explains a line that is no TOML; message is what the TOML library says of
// it. Without a better explanation, that is it.
func syntaxHint(line, message string) string {
	line = strings.TrimSpace(line)
	key, value, _ := strings.Cut(line, "=")
	value = strings.TrimSpace(value)
	switch {
	case strings.ContainsAny(value, "“”„‘’«»"):
		return `these are typographic quotes; write straight ones: "`
	case isYAML(line):
		return "this looks like YAML, but the file is TOML; write sections as [server] and keys as name = \"value\""
	case strings.HasPrefix(line, "//") || strings.HasPrefix(line, ";") || strings.HasPrefix(line, "/*"):
		return "comments begin with #"
	case strings.HasSuffix(value, ";") || strings.HasSuffix(value, ","):
		return "nothing follows the value; take the " + value[len(value)-1:] + " away"
	case slices.Contains([]string{"true", "false", "yes", "no", "on", "off"}, strings.ToLower(value)):
		return "write true or false, in small letters and without quotes"
	case strings.Contains(message, "strings cannot contain newlines") || strings.HasPrefix(message, "unexpected EOF; expected '\"'"):
		return "the text does not end on this line; a quote is missing"
	case strings.Contains(message, "has already been defined"):
		return "stands twice; keep one, and if it is a section put all its keys below that"
	case strings.HasPrefix(message, "invalid escape") || strings.Contains(message, "invalid escape"):
		return `a backslash has a meaning in quotes "; write single quotes around it, or two backslashes`
	case strings.HasPrefix(message, "expected value") && value != "":
		return fmt.Sprintf("write texts in quotes: %s= %s", key, quote(value))
	case strings.Contains(message, "expected value"):
		return "the value is missing; write one, or put a # before the line"
	}
	return message
}

// isYAML reports whether a line outside of quotes is a key with a colon, or an item.
func isYAML(line string) bool {
	before, after, ok := strings.Cut(line, ":")
	return ok && !strings.ContainsAny(before, "=\"'[# ") && (after == "" || after[0] == ' ') || strings.HasPrefix(line, "- ")
}

// misplaced says where a key belongs that is in no section or in a wrong one, or "".
func misplaced(key string) string {
	var sections []string
	for _, s := range Sections() {
		for _, k := range s.Keys {
			if k.Name == key {
				sections = append(sections, s.Header)
			}
		}
	}
	switch len(sections) {
	case 0:
		return ""
	case 1:
		return "belongs into " + sections[0]
	}
	last := len(sections) - 1
	return "belongs into one of " + strings.Join(sections[:last], ", ") + " and " + sections[last]
}

// meant says what a value of the wrong type was meant to be, or "".
func meant(t reflect.Type, x any) string {
	s, isText := x.(string)
	n, isNumber := x.(int64)
	switch reflect.Zero(t).Interface().(type) {
	case Duration:
		if isNumber {
			return fmt.Sprintf("\"%ds\" for seconds", n)
		}
	case Size:
		for short, long := range map[string]string{"K": "KiB", "KB": "KiB", "M": "MiB", "MB": "MiB", "G": "GiB", "GB": "GiB"} {
			digits, ok := strings.CutSuffix(strings.ToUpper(strings.ReplaceAll(s, " ", "")), short)
			if _, err := ParseSize(digits + long); ok && err == nil {
				return fmt.Sprintf("%q", digits+long)
			}
		}
	case bool:
		switch strings.ToLower(s) {
		case "true", "yes", "on", "1":
			return "true, without quotes"
		case "false", "no", "off", "0":
			return "false, without quotes"
		}
	case int:
		if v := reflect.New(t).Elem(); isText && setText(v, s) {
			return s + ", without quotes"
		}
	case []string:
		if isText {
			return "[" + quote(s) + "]"
		}
	case string:
		if isNumber || reflect.TypeOf(x).Kind() == reflect.Bool {
			return quote(fmt.Sprint(x))
		}
	}
	return ""
}

// meantForm says what a text was meant to be that has not the right form, or "".
func meantForm(form, s string) string {
	switch form {
	case "address":
		return meantAddress(s)
	case "hash":
		return "it is no hash; a password itself must not stand here"
	case "modes":
		if fixed := "+" + s; forms[form].ok(fixed) {
			return fmt.Sprintf("did you mean %q?", fixed)
		}
	case "network", "word":
		if fixed := strings.Join(strings.Fields(s), ""); forms[form].ok(fixed) {
			return fmt.Sprintf("%q would do", fixed)
		}
	case "server":
		if fixed := s + ".example.org"; !strings.Contains(s, ".") && forms[form].ok(fixed) {
			return fmt.Sprintf("%q would do", fixed)
		}
	case "fingerprint":
		if fixed := strings.ToLower(strings.ReplaceAll(s, ":", "")); forms[form].ok(fixed) {
			return fmt.Sprintf("did you mean %q?", fixed)
		}
	}
	return ""
}

func meantAddress(s string) string {
	if forms["address"].ok(":" + s) {
		return fmt.Sprintf("did you mean %q, the port on all addresses?", ":"+s)
	}
	host, port, err := net.SplitHostPort(s)
	if err == nil && forms["address"].ok(":"+port) && host != "" {
		return fmt.Sprintf("%s is a name; write %q to listen on all addresses, or the address it stands for", host, ":"+port)
	}
	if forms["address"].ok(s + ":6697") {
		return fmt.Sprintf("did you mean %q?", s+":6697")
	}
	return ""
}
