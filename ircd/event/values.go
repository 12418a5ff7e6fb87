package event

import (
	"encoding/json"
	"time"
)

// The types below are the values of facts that have more than one part.
// They are encoded as JSON, so that fields can be added.
type (
	// A Person is what never changes about a user.
	Person struct {
		RealHost string    `json:"host,omitempty"` // the host name or address the user connected from
		IP       string    `json:"ip,omitempty"`
		Server   string    `json:"server"` // the name of the server the user connected to
		Signon   time.Time `json:"signon"`
		Secure   bool      `json:"tls,omitempty"`
		CertFP   string    `json:"certfp,omitempty"`
		Country  string    `json:"cc,omitempty"`
		ASN      string    `json:"asn,omitempty"`
		// Groups are the security groups the user is in, separated by spaces.
		Groups string `json:"groups,omitempty"`
		// Cloak is the cloak of a user whose host was given: bans on it still match.
		Cloak string `json:"cloak,omitempty"`
	}
	// A ServerInfo is what servers know of each other.
	ServerInfo struct {
		Name        string    `json:"name"`
		Boot        string    `json:"boot"` // tells one run of the server from another
		Description string    `json:"description,omitempty"`
		Version     string    `json:"version,omitempty"`
		Started     time.Time `json:"started"`
	}
	// An Entry is one mask of a channel's list.
	Entry struct {
		Setter string    `json:"by"`
		Set    time.Time `json:"at"`
	}
	// A TopicText is a topic.
	TopicText struct {
		Text   string    `json:"text"`
		Setter string    `json:"by"`
		Set    time.Time `json:"at"`
	}
	// An OperTitle is what others see of an operator.
	OperTitle struct {
		Name  string `json:"name"`
		Class string `json:"class"`
		Title string `json:"title,omitempty"`
		// Privileges are the names of package privs.
		Privileges []string `json:"privs,omitempty"`
	}
)

// Pack returns a value as the text of a fact.
func Pack[T Person | ServerInfo | Entry | TopicText | OperTitle](v T) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types above can always be encoded
	}
	return string(b)
}

// Unpack returns the value in the text of a fact. What cannot be read is left
// zero: a fact of a newer server must not stop an older one.
func Unpack[T Person | ServerInfo | Entry | TopicText | OperTitle](text string) (v T) {
	_ = json.Unmarshal([]byte(text), &v)
	return v
}
