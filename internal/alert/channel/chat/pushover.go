package chat

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Pushover is the section of an application at Pushover (pushover.net/api).
type Pushover struct {
	// Token is the application's API token.
	Token     string `toml:"token"`
	TokenFile string `toml:"token_file"`
	// User is the user's or group's key where the person has none of her own.
	User string `toml:"user"`
	// BaseURL is for rehearsals; empty: https://api.pushover.net.
	BaseURL string `toml:"base_url"`
}

// The limits of Pushover, in characters.
const (
	longestPushover      = 1024
	longestPushoverTitle = 250
	longestPushoverURL   = 512
)

// A message of the highest priority rings again every minute, for ten minutes or until
// she has confirmed it on the phone; then the pager calls again.
const (
	pushoverRetry  = "60"
	pushoverExpire = "600"
)

var userKeyPattern = regexp.MustCompile(`^[A-Za-z0-9]{30}$`)

// Validate says what is wrong with the section first.
func (c *Pushover) Validate() error {
	if c.User != "" && !userKeyPattern.MatchString(c.User) {
		return errors.New("user: it is not a key of Pushover: copy the 30 letters and digits from her Pushover page")
	}
	return channel.CheckBase("base_url", c.BaseURL)
}

// Secrets are the keys that may be given as files.
func (c *Pushover) Secrets() []channel.Secret {
	return []channel.Secret{{Key: "token", Value: &c.Token, File: c.TokenFile, Needed: true}}
}

// CheckTo says whether an address is a user's or group's key.
func (c *Pushover) CheckTo(address string) error {
	switch {
	case address == "" && c.User == "":
		return errors.New("it is not said to whom: write her Pushover user key as the address, or user in the channel's section")
	case address != "" && !userKeyPattern.MatchString(address):
		return errors.New("it is not a key of Pushover: copy the 30 letters and digits from her Pushover page")
	}
	return nil
}

// Format keeps the secrets out of every formatted string, whatever the verb.
func (c Pushover) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[pushover section]") }

// Open returns the channel.
func (c *Pushover) Open(o channel.Options) (alert.Channel, error) {
	if c.Token == "" {
		return alert.Channel{}, errors.New("token: it is empty: write the application's API token, or token_file")
	}
	r, err := o.Remote("Pushover", "token", "")
	if err != nil {
		return alert.Channel{}, err
	}
	at := channel.BaseOr(c.BaseURL, "https://api.pushover.net") + "/1/messages.json"
	return alert.Channel{Kind: "pushover", Notifier: &pushover{r, at, c.Token, c.User}}, nil
}

// pushover posts by itself: shoutrrr's leaves out the priority that wakes (2) and links,
// and writes only to Pushover's own host.
type pushover struct {
	*channel.Remote
	at, token, user string
}

// Notify implements alert.Notifier.
func (p *pushover) Notify(ctx context.Context, n alert.Notice) error {
	form := url.Values{"token": {p.token}, "user": {cmp.Or(n.To, p.user)}, "priority": {"0"},
		"title": {channel.CutRunes(n.Title(), longestPushoverTitle)}, "message": {channel.CutRunes(strings.TrimSpace(n.Text()), longestPushover)}}
	if n.Severity() == alert.Page {
		form.Set("priority", "2")
		form.Set("retry", pushoverRetry)
		form.Set("expire", pushoverExpire)
	}
	if u := channel.Link(n); u != "" && len(u) <= longestPushoverURL {
		form.Set("url", u)
	}
	got, err := p.PostForm(ctx, p.at, form, nil)
	return pushoverVerdict(got, err)
}

// pushoverVerdict names what is wrong where Pushover does: a key of a person is mended
// elsewhere than the application's.
func pushoverVerdict(got channel.Reply, err error) error {
	f, ok := errors.AsType[*alert.Failure](err)
	var said struct{ User, Token string }
	if !ok || !f.Final || json.Unmarshal(got.Body, &said) != nil {
		return err
	}
	switch "invalid" {
	case said.Token:
		f.Why = "Pushover does not know the application: check token, copy the API token from the application's page"
	case said.User:
		f.Why = "Pushover does not know the person's key, or she has no phone there: copy her user key anew and let her sign in to the app"
	}
	return f
}
