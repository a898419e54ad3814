package checks

import (
	"context"
	"time"

	"triage/internal/alert"
)

// Channels says which ways of calling people fail. A person is called, by what is left,
// only when none of them works.
type Channels struct {
	// Channels are all that are configured.
	Channels []alert.Channel
	// States are how they do.
	States alert.States
	// Now is the clock.
	Now func() time.Time
}

// Name implements alert.Check.
func (Channels) Name() string { return "channels" }

// Look implements alert.Check. It is over once the channel takes something again, which
// a test from the on-call page may be.
func (k Channels) Look(context.Context) ([]alert.Alert, error) {
	states := map[string]alert.State{}
	for _, s := range k.States.All() {
		states[s.Channel] = s
	}
	var out []alert.Alert
	heard := 0
	for _, c := range k.Channels {
		s := states[c.Name]
		switch {
		case c.Silent:
		case s.Failing.IsZero() || k.Now().Sub(s.Failing) < hiccup:
			heard++
			out = append(out, k.some(s)...)
		default:
			out = append(out, alert.Alert{Key: key("channels", c.Name), Severity: alert.Tell, Count: 1, Where: c.Name, Since: s.Failing, Again: day,
				What: "a way of calling people fails: " + s.Why})
		}
	}
	for i := range out {
		if heard == 0 {
			out[i].Severity = alert.Page
		}
	}
	return out, nil
}

// some says that a channel works, and does not reach everybody: a number may be wrong. Who
// it is stands on the on-call page only.
func (k Channels) some(s alert.State) []alert.Alert {
	a := alert.Alert{Key: key("channels", s.Channel, "people"), Severity: alert.Tell, Where: s.Channel, Again: day,
		What: "a way of calling people does not reach some of them: see the on-call page for whom, and correct their numbers or addresses"}
	for _, f := range s.Of {
		if k.Now().Sub(f.Since) < hiccup {
			continue
		}
		if a.Count++; a.Since.IsZero() || f.Since.Before(a.Since) {
			a.Since = f.Since
		}
	}
	if a.Count == 0 {
		return nil
	}
	return []alert.Alert{a}
}
