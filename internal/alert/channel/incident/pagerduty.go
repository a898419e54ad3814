package incident

import (
	"context"
	"fmt"
	"io"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// PagerDuty is the section of a PagerDuty service with an integration "Events API V2".
type PagerDuty struct {
	// RoutingKey is that integration's key, or the file it is in.
	RoutingKey     string `toml:"routing_key"`
	RoutingKeyFile string `toml:"routing_key_file"`
	// BaseURL is where events are taken; default: https://events.pagerduty.com, in Europe
	// https://events.eu.pagerduty.com.
	BaseURL string `toml:"base_url"`
}

// Format hides the section, of which most is secret, from whoever prints it.
func (PagerDuty) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[pagerduty section]") }

// Validate says what is wrong with the section.
func (p *PagerDuty) Validate() error { return channel.CheckBase("base_url", p.BaseURL) }

// Secrets are the keys that may be in files.
func (p *PagerDuty) Secrets() []channel.Secret {
	return []channel.Secret{{Key: "routing_key", Value: &p.RoutingKey, File: p.RoutingKeyFile, Needed: true}}
}

// CheckTo takes no address: PagerDuty's own schedule says whom it calls.
func (p *PagerDuty) CheckTo(to string) error { return channel.TakesNone(to) }

// Open makes the channel.
func (p *PagerDuty) Open(o channel.Options) (alert.Channel, error) {
	r, err := o.Remote("PagerDuty", "routing_key", "")
	if err != nil {
		return alert.Channel{}, err
	}
	return alert.Channel{Kind: "pagerduty", Keeps: true, Notifier: &pagerDuty{r, channel.BaseOr(p.BaseURL, "https://events.pagerduty.com") + "/v2/enqueue", p.RoutingKey}}, nil
}

type pagerDuty struct {
	*channel.Remote
	at, key string
}

// pagerDutyEvent is an event as PagerDuty's Events API V2 documents it. An event for an
// incident that is resolved, or that it never saw, changes nothing there.
type pagerDutyEvent struct {
	RoutingKey string           `json:"routing_key"`
	Action     string           `json:"event_action"`
	DedupKey   string           `json:"dedup_key"`
	Client     string           `json:"client,omitempty"`
	ClientURL  string           `json:"client_url,omitempty"`
	Links      []pagerDutyLink  `json:"links,omitempty"`
	Payload    pagerDutyPayload `json:"payload"`
}

type pagerDutyLink struct {
	Href string `json:"href"`
	Text string `json:"text"`
}

type pagerDutyPayload struct {
	Summary   string         `json:"summary"`
	Source    string         `json:"source"`
	Severity  string         `json:"severity"`
	Timestamp string         `json:"timestamp,omitempty"`
	Component string         `json:"component,omitempty"`
	Group     string         `json:"group,omitempty"`
	Class     string         `json:"class,omitempty"`
	Details   map[string]any `json:"custom_details,omitempty"`
}

var pagerDutySeverity = map[alert.Severity]string{alert.Page: "critical", alert.Tell: "warning", alert.Slow: "info"}

// Limits of PagerDuty's fields, in characters; only the summary's is documented.
const (
	pagerDutySummary = 1024
	pagerDutyField   = 255
)

// Notify implements alert.Notifier: one event for each message. A test opens an incident
// of the lowest severity and resolves it at once.
func (p *pagerDuty) Notify(ctx context.Context, n alert.Notice) error {
	if n.Test {
		said := pagerDutyPayload{Summary: channel.CutRunes(n.Title(), pagerDutySummary), Source: sourceOf(n), Severity: "info"}
		if err := p.enqueue(ctx, p.event("trigger", n.ID, said)); err != nil {
			return err
		}
		return p.enqueue(ctx, p.event("resolve", n.ID, said))
	}
	return each(n, func(one alert.Notice, m alert.Message) error {
		action := "trigger"
		switch m.Change {
		case alert.Over:
			action = "resolve"
		case alert.Taken:
			action = "acknowledge"
		}
		e := p.event(action, m.Incident, pagerDutySaid(one, m))
		e.Client, e.ClientURL = "triage", one.Desk
		if m.Link != "" {
			e.Links = []pagerDutyLink{{m.Link, "Open the desk"}}
		}
		return p.enqueue(ctx, e)
	})
}

func (p *pagerDuty) event(action, incident string, said pagerDutyPayload) pagerDutyEvent {
	return pagerDutyEvent{RoutingKey: p.key, Action: action, DedupKey: incident, Payload: said}
}

func pagerDutySaid(one alert.Notice, m alert.Message) pagerDutyPayload {
	return pagerDutyPayload{
		Summary: channel.CutRunes(one.Title(), pagerDutySummary), Source: sourceOf(one), Severity: pagerDutySeverity[m.Severity],
		Timestamp: stamp(m.At), Component: channel.CutRunes(m.Where, pagerDutyField), Group: "triage", Class: kindOf(m.Key),
		Details: map[string]any{"count": m.Count, "since": stamp(m.Since), "where": channel.CutRunes(m.Where, pagerDutyField), "told": m.Times},
	}
}

func (p *pagerDuty) enqueue(ctx context.Context, e pagerDutyEvent) error {
	return p.PostJSON(ctx, p.at, e, nil)
}
