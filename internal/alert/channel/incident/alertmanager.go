package incident

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Alertmanager is the section of a Prometheus Alertmanager, by its API v2. Of several
// that form a cluster each is a channel of its own, for each must get every alert.
//
// An alert has the labels alertname ("Triage" and the check, such as TriageCases),
// severity (page, tell or slow), practice, where and incident. Alertmanager groups,
// silences and repeats it as its own configuration says; a silence there acknowledges
// nothing here.
type Alertmanager struct {
	// BaseURL is where it is, with its path prefix if it has one.
	BaseURL string `toml:"base_url"`
	// User and Password are for basic authentication, Bearer for a token; the secrets may
	// be in files. Empty: it asks for none.
	User         string `toml:"user"`
	Password     string `toml:"password"`
	PasswordFile string `toml:"password_file"`
	Bearer       string `toml:"bearer"`
	BearerFile   string `toml:"bearer_file"`
	// CAFile holds the certificates that its own must be signed by; empty: the system's.
	CAFile string `toml:"ca_file"`
}

// Format hides the section, of which most is secret, from whoever prints it.
func (Alertmanager) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[alertmanager section]") }

// Validate says what is wrong with the section.
func (a *Alertmanager) Validate() error {
	switch {
	case a.BaseURL == "":
		return errors.New("base_url: it is missing: write where the Alertmanager is, such as http://127.0.0.1:9093")
	case a.User != "" && (a.Bearer != "" || a.BearerFile != ""):
		return errors.New("bearer: there is a user too: write user and password, or bearer")
	case a.User == "" && (a.Password != "" || a.PasswordFile != ""):
		return errors.New("user: it is missing, and there is a password: write whose it is")
	}
	return channel.CheckBase("base_url", a.BaseURL)
}

// Secrets are the keys that may be in files.
func (a *Alertmanager) Secrets() []channel.Secret {
	return []channel.Secret{
		{Key: "password", Value: &a.Password, File: a.PasswordFile, Needed: a.User != ""},
		{Key: "bearer", Value: &a.Bearer, File: a.BearerFile},
	}
}

// CheckTo takes no address: Alertmanager's routes say whom it tells.
func (a *Alertmanager) CheckTo(to string) error { return channel.TakesNone(to) }

// Open makes the channel. Its notifier is a Watchdog too.
func (a *Alertmanager) Open(o channel.Options) (alert.Channel, error) {
	r, err := o.Remote("Alertmanager", "user, password or bearer", a.CAFile)
	if err != nil {
		return alert.Channel{}, err
	}
	header := http.Header{}
	if a.User != "" {
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(a.User+":"+a.Password)))
	} else if a.Bearer != "" {
		header.Set("Authorization", "Bearer "+a.Bearer)
	}
	return alert.Channel{Kind: "alertmanager", Keeps: true, Renew: renewed, Notifier: &alertmanager{r, channel.BaseOr(a.BaseURL, "") + "/api/v2/alerts", header}}, nil
}

// Watchdog is a channel at which an alert always fires, so that it can tell when triage
// says nothing any more.
type Watchdog interface {
	// Watch keeps the alert firing for some minutes; not ok: it is left to end, as it does
	// if triage is dead.
	Watch(ctx context.Context, ok bool) error
}

type alertmanager struct {
	*channel.Remote
	at     string
	header http.Header
}

// postable is an alert as API v2 takes it; its labels are its identity.
type postable struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations,omitempty"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
	Link        string            `json:"generatorURL,omitempty"`
}

const (
	// lasts is how long an alert fires that is not told again. It ends when it is over, and
	// not because triage is restarted, hides it behind a broader one or is dead: that says
	// the watchdog.
	lasts = 26 * time.Hour
	// renewed is after what time it is told again: Alertmanager keeps alerts in memory, and
	// has none after its own restart.
	renewed = 15 * time.Minute
	// watched is how long the watchdog fires after a look.
	watched = 10 * time.Minute
	// skew is how far our clock may be ahead of Alertmanager's: an end that is to come does
	// not shorten what fires.
	skew = 2 * time.Minute
)

// Notify implements alert.Notifier.
func (a *alertmanager) Notify(ctx context.Context, n alert.Notice) error {
	if n.Test {
		test := postable{
			Labels:      labels("TriageTest", n, map[string]string{"severity": string(alert.Slow), "incident": n.ID}),
			Annotations: map[string]string{"summary": n.Title()}, StartsAt: n.At, EndsAt: n.At.Add(watched), Link: n.Desk,
		}
		return a.PostJSON(ctx, a.at, []postable{test}, a.header)
	}
	var all []postable
	for _, m := range n.Messages {
		one := n
		one.Messages = []alert.Message{m}
		all = append(all, postables(one, m)...)
	}
	return a.PostJSON(ctx, a.at, all, a.header)
}

// postables are what a message makes of an incident. When it is over that is said for
// each severity: it may have had another before.
func postables(one alert.Notice, m alert.Message) []postable {
	p := postable{Annotations: map[string]string{"summary": one.Title()}, StartsAt: m.Since, EndsAt: m.At.Add(lasts), Link: m.Link}
	severities := []alert.Severity{m.Severity}
	if m.Change == alert.Over {
		severities = []alert.Severity{alert.Page, alert.Tell, alert.Slow}
		p.EndsAt = m.At.Add(-skew)
	}
	if p.StartsAt.IsZero() || p.StartsAt.After(m.At) {
		p.StartsAt = m.At
	}
	if !p.StartsAt.Before(p.EndsAt) {
		p.StartsAt = p.EndsAt.Add(-time.Second)
	}
	var all []postable
	for _, s := range severities {
		p.Labels = labels("Triage"+camel(kindOf(m.Key)), one, map[string]string{"severity": string(s), "where": channel.CutRunes(m.Where, longWhat), "incident": m.Incident})
		all = append(all, p)
	}
	return all
}

// Watch implements Watchdog.
func (a *alertmanager) Watch(ctx context.Context, ok bool) error {
	if !ok {
		return nil
	}
	now := a.Now()
	return a.PostJSON(ctx, a.at, []postable{{
		Labels:      map[string]string{"alertname": "TriageWatchdog", "severity": "none"},
		Annotations: map[string]string{"summary": "Triage is watching. This alert always fires: call somebody when it ends."},
		StartsAt:    now.Add(-time.Second), EndsAt: now.Add(watched),
	}}, a.header)
}

// labels are those of every alert and more; Alertmanager refuses none that is empty, but
// leaves it out.
func labels(name string, n alert.Notice, more map[string]string) map[string]string {
	more["alertname"], more["practice"] = name, n.From
	for key, value := range more {
		if value == "" {
			delete(more, key)
		}
	}
	return more
}

// camel writes "dead-letters" as "DeadLetters".
func camel(s string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}
