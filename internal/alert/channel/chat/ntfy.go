package chat

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Ntfy is the section of an ntfy server, the public one or the practice's own
// (docs.ntfy.sh/publish).
type Ntfy struct {
	// BaseURL is the server; empty: https://ntfy.sh. CAFile: the certificates that an own
	// server's is checked by, in PEM.
	BaseURL string `toml:"base_url"`
	CAFile  string `toml:"ca_file"`
	// Topic is where it is told to whoever has no address of her own; an address is a
	// topic too. Who knows a topic of the public server can read it.
	Topic string `toml:"topic"`
	// Token is an access token; empty: the topic is open to everybody.
	Token     string `toml:"token"`
	TokenFile string `toml:"token_file"`
}

// The limits of ntfy: of a message in bytes (a longer one becomes a file), and of a title
// as phones show it, in characters.
const (
	longestNtfy      = 4096
	longestNtfyTitle = 250
)

// topicPattern is what ntfy takes as a topic, and as a sequence.
var topicPattern = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

// Validate says what is wrong with the section first.
func (c *Ntfy) Validate() error {
	if c.Topic != "" && !topicPattern.MatchString(c.Topic) {
		return errors.New("topic: it has characters that ntfy does not take: write up to 64 letters, digits, - and _")
	}
	return channel.CheckBase("base_url", c.BaseURL)
}

// Secrets are the keys that may be given as files.
func (c *Ntfy) Secrets() []channel.Secret {
	return []channel.Secret{{Key: "token", Value: &c.Token, File: c.TokenFile}}
}

// CheckTo says whether an address is a topic; empty is one where the section has a topic.
func (c *Ntfy) CheckTo(address string) error {
	switch {
	case address == "" && c.Topic == "":
		return errors.New("it is not said to which topic: write the topic as the address, or topic in the channel's section")
	case address != "" && !topicPattern.MatchString(address):
		return errors.New("it is not a topic of ntfy: write up to 64 letters, digits, - and _")
	}
	return nil
}

// Format keeps the secrets out of every formatted string, whatever the verb.
func (c Ntfy) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[ntfy section]") }

// Open returns the channel.
func (c *Ntfy) Open(o channel.Options) (alert.Channel, error) {
	r, err := o.Remote("ntfy", "topic and token", c.CAFile)
	if err != nil {
		return alert.Channel{}, err
	}
	return alert.Channel{Kind: "ntfy", Notifier: &ntfy{r, channel.BaseOr(c.BaseURL, "https://ntfy.sh") + "/", c.Topic, c.Token}}, nil
}

// ntfy posts by itself: shoutrrr's has no name for a message that comes again and puts
// the topic into its errors.
type ntfy struct {
	*channel.Remote
	base, topic, token string
}

// ntfyMessage is what a server takes as JSON at its root.
type ntfyMessage struct {
	Topic   string `json:"topic"`
	Message string `json:"message"`
	Title   string `json:"title"`
	// Priority is 1 to 5; 5 breaks through the phone's silence.
	Priority int    `json:"priority"`
	Click    string `json:"click,omitempty"`
	// Sequence names the message: one that comes again takes the place of the first
	// (servers from 2.16; older ones show it twice).
	Sequence string `json:"sequence_id"`
}

// Notify implements alert.Notifier.
func (s *ntfy) Notify(ctx context.Context, n alert.Notice) error {
	m := ntfyMessage{Topic: cmp.Or(n.To, s.topic), Message: channel.CutBytes(strings.TrimSpace(n.Text()), longestNtfy),
		Title: channel.CutRunes(n.Title(), longestNtfyTitle), Priority: 3, Click: channel.Link(n), Sequence: sequence(n.ID)}
	if n.Severity() == alert.Page {
		m.Priority = 5
	}
	header := http.Header{}
	if s.token != "" {
		header.Set("Authorization", "Bearer "+s.token)
	}
	return s.PostJSON(ctx, s.base, m, header)
}

// sequence makes of a notice's ID what ntfy takes as a name.
func sequence(id string) string {
	if topicPattern.MatchString(id) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}
