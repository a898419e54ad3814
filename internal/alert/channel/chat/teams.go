package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Teams is the section of a channel in Microsoft Teams, reached by a webhook of the
// Workflows app (Power Automate, "When a Teams webhook request is received").
type Teams struct {
	// URL is the webhook's address; it holds a signature, so it is a secret.
	URL     string `toml:"url"`
	URLFile string `toml:"url_file"`
}

// longestTeams is how long a message may be for Teams (28 KB), in bytes.
const longestTeams = 28 << 10

// mostButtons is how many actions Teams shows on a card.
const mostButtons = 6

// Validate says what is wrong with the section first.
func (c *Teams) Validate() error {
	u, err := url.Parse(c.URL)
	if err == nil && (strings.HasSuffix(u.Hostname(), "webhook.office.com") || u.Hostname() == "outlook.office.com" || u.Hostname() == "outlook.office365.com") {
		return errors.New("url: it is a connector, which Microsoft has switched off: make a webhook with the Workflows app in Teams and write its address")
	}
	return channel.CheckHook(c.URL)
}

// Secrets are the keys that may be given as files.
func (c *Teams) Secrets() []channel.Secret {
	return []channel.Secret{{Key: "url", Value: &c.URL, File: c.URLFile, Needed: true}}
}

// CheckTo refuses every address: the workflow knows where it writes.
func (c *Teams) CheckTo(address string) error { return channel.TakesNone(address) }

// Format keeps the secrets out of every formatted string, whatever the verb.
func (c Teams) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[teams section]") }

// Open returns the channel.
func (c *Teams) Open(o channel.Options) (alert.Channel, error) {
	r, err := hook(o, "Teams", c.URL)
	if err != nil {
		return alert.Channel{}, err
	}
	return alert.Channel{Kind: "teams", Notifier: &teams{r, c.URL}}, nil
}

// teams posts by itself: shoutrrr's takes only addresses by a pattern of Microsoft's
// hosts, reads markup in the words, has no buttons and does not give Retry-After.
type teams struct {
	*channel.Remote
	url string
}

// teamsMessage is what the workflow takes: a message with one Adaptive Card
// (adaptivecards.io).
type teamsMessage struct {
	Type        string       `json:"type"`
	Attachments []attachment `json:"attachments"`
}

type attachment struct {
	ContentType string  `json:"contentType"`
	ContentURL  *string `json:"contentUrl"`
	Content     card    `json:"content"`
}

type card struct {
	Schema  string     `json:"$schema"`
	Type    string     `json:"type"`
	Version string     `json:"version"`
	Body    []richText `json:"body"`
	Actions []openURL  `json:"actions,omitempty"`
}

// richText is a paragraph of runs, in which no markup is read.
type richText struct {
	Type    string    `json:"type"`
	Inlines []textRun `json:"inlines"`
}

type textRun struct {
	Type   string   `json:"type"`
	Text   string   `json:"text"`
	Weight string   `json:"weight,omitempty"`
	Select *openURL `json:"selectAction,omitempty"`
}

type openURL struct {
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
	URL   string `json:"url"`
}

// Notify implements alert.Notifier.
func (t *teams) Notify(ctx context.Context, n alert.Notice) error {
	return t.PostJSON(ctx, t.url, teamsCard(n), nil)
}

// teamsCard is the longest card of the notice that Teams takes.
func teamsCard(n alert.Notice) teamsMessage {
	for limit := longestTeams / 2; ; limit /= 2 {
		m := cardOf(n, limit)
		if body, err := json.Marshal(m); err != nil || len(body) <= longestTeams {
			return m
		}
	}
}

// cardOf writes a notice as a card, each line a paragraph, with up to limit bytes of text.
func cardOf(n alert.Notice, limit int) teamsMessage {
	c := card{Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4"}
	for line := range strings.Lines(channel.CutBytes(strings.TrimSpace(n.Text()), limit)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		run := textRun{Type: "TextRun", Text: line}
		if len(c.Body) == 0 {
			run.Weight = "Bolder"
		}
		if isLink(line) {
			run.Select = &openURL{Type: "Action.OpenUrl", URL: line}
		}
		c.Body = append(c.Body, richText{"RichTextBlock", []textRun{run}})
	}
	c.Actions = buttons(n)
	return teamsMessage{"message", []attachment{{ContentType: "application/vnd.microsoft.card.adaptive", Content: c}}}
}

// buttons open the cases and the on-call page.
func buttons(n alert.Notice) (out []openURL) {
	for _, m := range n.Messages {
		if isLink(m.Link) && len(out) < mostButtons-1 {
			out = append(out, openURL{"Action.OpenUrl", "Open: " + channel.CutRunes(m.What, 40), m.Link})
		}
	}
	if isLink(n.Desk) {
		out = append(out, openURL{"Action.OpenUrl", "On-call page", n.Desk})
	}
	return out
}

func isLink(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}
