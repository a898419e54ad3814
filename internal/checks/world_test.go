package checks_test

import (
	"context"
	"errors"
	"iter"
	"regexp"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// canary stands in everything that somebody wrote.
const canary = "zzcanaryzz"

// noon is when the tests look.
var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func atNoon() time.Time { return noon }

// ago is so long before noon.
func ago(d time.Duration) time.Time { return noon.Add(-d) }

// pile is a Cases that lists, and gives the whole case where light lists light ones.
type pile struct {
	respond.Cases
	cases  []respond.Case
	light  bool
	asked  int
	broken error
}

func (p *pile) All() iter.Seq[*respond.Case] {
	return func(yield func(*respond.Case) bool) {
		for _, c := range p.cases {
			if p.light {
				c = c.Light()
			}
			if !yield(&c) {
				return
			}
		}
	}
}

func (p *pile) Get(_ context.Context, id string) (respond.Case, error) {
	p.asked++
	for _, c := range p.cases {
		if c.ID() == id && p.broken == nil {
			return c, nil
		}
	}
	if p.broken != nil {
		return respond.Case{}, p.broken
	}
	return respond.Case{}, respond.ErrNotFound
}

var errBroken = errors.New("broken")

// actor is an account on which so much can be done.
type actor struct {
	ingest.Actor
	can ingest.Capabilities
}

func (a actor) Capabilities() ingest.Capabilities { return a.can }

// deskOf has these cases, and accounts that take private messages but "other".
func deskOf(cases ...respond.Case) *respond.Desk {
	takes := respond.Account{Actor: actor{can: ingest.Capabilities{Actions: []ingest.ActionKind{ingest.Reply, ingest.Private}}}}
	return &respond.Desk{
		Cases: &pile{cases: cases}, Rules: func() respond.Rules { return respond.Rules{ReadBack: 3 * time.Minute} },
		Accounts: map[string]respond.Account{"cedar-2": takes, "facebook": takes, "other": {Actor: actor{can: ingest.Capabilities{Actions: []ingest.ActionKind{ingest.Reply}}}}},
	}
}

// raised lets lanes call more loudly.
func raised(d *respond.Desk, louder map[respond.Lane]respond.Loudness) *respond.Desk {
	d.Rules = func() respond.Rules { return respond.Rules{Louder: louder} }
	return d
}

func oneCase(id string, lane respond.Lane, account string, opened time.Time, actions ...respond.Action) respond.Case {
	return respond.Case{Lane: lane, Opened: opened, Actions: actions, Comment: ingest.Comment{ID: id, Platform: "facebook", Account: account,
		Content: ingest.Content{Text: canary, Author: canary, AuthorID: canary, Item: canary, Link: canary, Title: canary}}}
}

// bucketKey is what NATS takes as a key.
var bucketKey = regexp.MustCompile(`^[-/_=\.a-zA-Z0-9]+$`)

// look returns what a check says, by key. Every alert of every test comes through here:
// none may hold a word that somebody wrote.
func look(t *testing.T, c alert.Check) map[string]alert.Alert {
	t.Helper()
	found, err := c.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]alert.Alert{}
	for _, a := range found {
		if !bucketKey.MatchString(a.Key) || !strings.HasPrefix(a.Key, c.Name()+"/") || strings.HasSuffix(a.Key, "/") {
			t.Errorf("%q is no key of the check %s", a.Key, c.Name())
		}
		m := alert.Message{Alert: a, At: noon}
		n := alert.Notice{Messages: []alert.Message{m}, At: noon}
		if said := m.String() + n.Title() + n.Text() + n.Short(); strings.Contains(said, canary) || a.What == "" || strings.Contains(a.What, "\n") {
			t.Errorf("the alert says %q", said)
		}
		if a.Count < 1 || a.Severity != alert.Page && a.Severity != alert.Tell && a.Severity != alert.Slow {
			t.Errorf("%s: %d of severity %q", a.Key, a.Count, a.Severity)
		}
		if _, twice := out[a.Key]; twice {
			t.Errorf("two alerts under %q", a.Key)
		}
		out[a.Key] = a
	}
	return out
}

// calls looks and wants one alert under key, as loud as that, or with "" none at all.
func calls(t *testing.T, c alert.Check, key string, want alert.Severity) alert.Alert {
	t.Helper()
	found := look(t, c)
	a, is := found[key]
	if want == "" && len(found) > 0 || want != "" && (!is || len(found) > 1) || a.Severity != want {
		t.Errorf("it says %+v, want %q under %s", found, want, key)
	}
	return a
}
