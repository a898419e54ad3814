package chat

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Slack is the section of a channel in Slack, reached by an incoming webhook
// (api.slack.com/messaging/webhooks). The webhook belongs to one channel there.
type Slack struct {
	// URL is the webhook's address; who knows it can write, so it is a secret.
	URL     string `toml:"url"`
	URLFile string `toml:"url_file"`
}

// longestSlack is how much text Slack advises to send in one message, in characters.
const longestSlack = 4000

// Validate says what is wrong with the section first.
func (c *Slack) Validate() error { return channel.CheckHook(c.URL) }

// Secrets are the keys that may be given as files.
func (c *Slack) Secrets() []channel.Secret {
	return []channel.Secret{{Key: "url", Value: &c.URL, File: c.URLFile, Needed: true}}
}

// CheckTo refuses every address: the webhook knows where it writes.
func (c *Slack) CheckTo(address string) error { return channel.TakesNone(address) }

// Format keeps the secrets out of every formatted string, whatever the verb.
func (c Slack) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[slack section]") }

// Open returns the channel.
func (c *Slack) Open(o channel.Options) (alert.Channel, error) {
	r, err := hook(o, "Slack", c.URL)
	if err != nil {
		return alert.Channel{}, err
	}
	return alert.Channel{Kind: "slack", Notifier: &slack{r, c.URL}}, nil
}

// slack posts by itself: shoutrrr's writes only to Slack's own host and drops the status
// and Retry-After, so that a revoked webhook looks like one that is asked to wait.
type slack struct {
	*channel.Remote
	url string
}

// slackMessage is what the webhook takes. Links are not unfurled: nobody has to fetch a
// page of the desk.
type slackMessage struct {
	Text        string `json:"text"`
	UnfurlLinks bool   `json:"unfurl_links"`
	UnfurlMedia bool   `json:"unfurl_media"`
}

// slackEscapes are the three characters by which Slack's markup begins, and so a call to
// everybody (<!channel>).
var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Notify implements alert.Notifier.
func (s *slack) Notify(ctx context.Context, n alert.Notice) error {
	return s.PostJSON(ctx, s.url, slackMessage{Text: escapeWithin(strings.TrimSpace(n.Text()), longestSlack, slackEscapes)}, nil)
}

// escapeWithin escapes s, shortened so that what comes out has n characters at most.
func escapeWithin(s string, n int, escapes *strings.Replacer) string {
	for limit := n; ; {
		out := escapes.Replace(channel.CutRunes(s, limit))
		over := utf8.RuneCountInString(out) - n
		if over <= 0 || limit == 1 {
			return out
		}
		// No escape is longer than six characters.
		limit = max(1, limit-max(1, over/6))
	}
}
