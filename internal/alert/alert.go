// Package alert tells people what is wrong now, as long as it is wrong: a check
// looks at how things stand, the pager tells on-call once, again while it
// lasts, and that it is over. What it says is ours: what, where, how many, how
// old, and a link; never a word that somebody wrote.
package alert

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Severity is how loudly an alert calls.
type Severity string

// The severities. Nothing is told for what belongs in a digest.
const (
	Page Severity = "page" // a person, now, again and again until it is over
	Tell Severity = "tell" // the on-call channel, grouped
	Slow Severity = "slow" // the on-call channel, once an hour at most
)

var severities = []Severity{Page, Tell, Slow} // from loud to quiet

func (s Severity) rank() int { return slices.Index(severities, s) }

// Alert is something that is wrong now.
type Alert struct {
	// Key names the trouble: the same trouble has the same key at every look.
	Key      string   `json:"key"`
	Severity Severity `json:"severity"`
	// What says it in a few words of ours, such as "clear disclosure waiting".
	What string `json:"what"`
	// Where is the platform or account.
	Where string `json:"where,omitempty"`
	// Count is how many things are affected.
	Count int `json:"count"`
	// Since is when the oldest of them began; zero: it is not known.
	Since time.Time `json:"since"`
	// Latest is when the newest of them began.
	Latest time.Time `json:"latest,omitzero"`
	// Again is after what time it is told again while it lasts, however it grows; 0: as
	// its severity says.
	Again time.Duration `json:"again,omitempty"`
	// Calm is for how long it must not have been seen before it is over: for what comes
	// and goes, or is known again only some time after a start.
	Calm time.Duration `json:"calm,omitempty"`
	// Link leads to a page that asks for a login.
	Link string `json:"link,omitempty"`
}

// String is the message in one line.
func (m Message) String() string {
	over := m.Change == Over
	parts := []string{string(m.Severity), m.What}
	if over {
		parts[0] = "over"
	} else if m.Count > 1 {
		parts[1] = fmt.Sprintf("%s (%d)", m.What, m.Count)
	}
	if m.Where != "" {
		parts = append(parts, m.Where)
	}
	if !over && !m.Since.IsZero() {
		parts = append(parts, "for "+Age(m.At.Sub(m.Since)))
	}
	if m.Link != "" {
		parts = append(parts, m.Link)
	}
	return strings.Join(parts, " · ")
}

// Age says a duration as people do.
func Age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// Check looks at how things stand and says what is wrong. Failing to look is
// itself an alert.
type Check interface {
	// Name begins the keys of its alerts, before a "/".
	Name() string
	Look(ctx context.Context) ([]Alert, error)
}

// Notifier passes a notice on. It tries once; an error is a *Failure, or nobody knows
// what to do about it. The notice may come again with the same ID.
type Notifier interface {
	Notify(ctx context.Context, n Notice) error
}
