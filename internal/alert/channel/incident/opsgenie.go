package incident

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Opsgenie is the section of an Opsgenie API integration, or of one that takes the same
// alerts API.
type Opsgenie struct {
	// APIKey is the integration's key, or the file it is in.
	APIKey     string `toml:"api_key"`
	APIKeyFile string `toml:"api_key_file"`
	// BaseURL is the region's; default: https://api.opsgenie.com, in Europe
	// https://api.eu.opsgenie.com.
	BaseURL string `toml:"base_url"`
}

// Format hides the section, of which most is secret, from whoever prints it.
func (Opsgenie) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[opsgenie section]") }

// Validate says what is wrong with the section.
func (g *Opsgenie) Validate() error { return channel.CheckBase("base_url", g.BaseURL) }

// Secrets are the keys that may be in files.
func (g *Opsgenie) Secrets() []channel.Secret {
	return []channel.Secret{{Key: "api_key", Value: &g.APIKey, File: g.APIKeyFile, Needed: true}}
}

// CheckTo takes no address: the integration's team says whom it calls.
func (g *Opsgenie) CheckTo(to string) error { return channel.TakesNone(to) }

// Open makes the channel.
func (g *Opsgenie) Open(o channel.Options) (alert.Channel, error) {
	r, err := o.Remote("Opsgenie", "api_key", "")
	if err != nil {
		return alert.Channel{}, err
	}
	header := http.Header{"Authorization": {"GenieKey " + g.APIKey}}
	return alert.Channel{Kind: "opsgenie", Keeps: true, Notifier: &opsgenie{r, channel.BaseOr(g.BaseURL, "https://api.opsgenie.com") + "/v2/alerts", header}}, nil
}

type opsgenie struct {
	*channel.Remote
	at     string
	header http.Header
}

// opsgenieAlert is what opens an alert, as the Alert API documents it; where one with
// the same alias is open its count grows.
type opsgenieAlert struct {
	Message     string            `json:"message"`
	Alias       string            `json:"alias"`
	Description string            `json:"description,omitempty"`
	Details     map[string]string `json:"details,omitempty"`
	Entity      string            `json:"entity,omitempty"`
	Source      string            `json:"source,omitempty"`
	Priority    string            `json:"priority"`
	Tags        []string          `json:"tags,omitempty"`
}

// opsgenieAct is what acknowledges or closes one.
type opsgenieAct struct {
	Source string `json:"source,omitempty"`
	Note   string `json:"note,omitempty"`
}

var opsgeniePriority = map[alert.Severity]string{alert.Page: "P1", alert.Tell: "P3", alert.Slow: "P5"}

// Limits of the fields, in characters.
const (
	opsgenieMessage     = 130
	opsgenieDescription = 15000
	opsgenieEntity      = 512
	opsgenieSource      = 100
)

// Notify implements alert.Notifier. A test opens an alert of the lowest priority and
// closes it at once.
func (g *opsgenie) Notify(ctx context.Context, n alert.Notice) error {
	if n.Test {
		open := opsgenieAlert{Message: channel.CutRunes(n.Title(), opsgenieMessage), Alias: n.ID, Description: n.Text(), Source: sourceOf(n), Priority: "P5"}
		if err := g.PostJSON(ctx, g.at, open, g.header); err != nil {
			return err
		}
		return g.act(ctx, "close", n.ID, opsgenieAct{Source: sourceOf(n)})
	}
	return each(n, func(one alert.Notice, m alert.Message) error {
		act := opsgenieAct{Source: sourceOf(one), Note: one.Title()}
		switch m.Change {
		case alert.Over:
			return g.act(ctx, "close", m.Incident, act)
		case alert.Taken:
			return g.act(ctx, "acknowledge", m.Incident, act)
		}
		return g.PostJSON(ctx, g.at, opsgenieOpen(one, m), g.header)
	})
}

func opsgenieOpen(one alert.Notice, m alert.Message) opsgenieAlert {
	return opsgenieAlert{
		Message: channel.CutRunes(one.Title(), opsgenieMessage), Alias: m.Incident, Description: channel.CutRunes(one.Text(), opsgenieDescription),
		Details: map[string]string{"count": strconv.Itoa(m.Count), "since": stamp(m.Since), "link": m.Link},
		Entity:  channel.CutRunes(m.Where, opsgenieEntity), Source: channel.CutRunes(sourceOf(one), opsgenieSource),
		Priority: opsgeniePriority[m.Severity], Tags: []string{"triage", kindOf(m.Key)},
	}
}

// act does something to the alert of an incident; where there is none nothing happens.
func (g *opsgenie) act(ctx context.Context, what, incident string, act opsgenieAct) error {
	return g.PostJSON(ctx, g.at+"/"+url.PathEscape(incident)+"/"+what+"?identifierType=alias", act, g.header)
}
