package alert

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"triage/internal/alert/roster"
)

// Told is one trouble and what people were told about it: the pager's memory of it.
type Told struct {
	Alert Alert `json:"alert"`
	// Name begins the names of its incidents; see IncidentNow.
	Name string `json:"name"`
	// Began is when the pager first saw it, which tells it from an earlier one under the
	// same key; it never changes. Gone is since when it has not been seen;
	// zero: it was at the last look.
	Began time.Time `json:"began"`
	Gone  time.Time `json:"gone,omitzero"`
	// Round counts how often it was raised anew after somebody had acknowledged it. Step
	// is the step of escalation of this round, from 0, and Stepped when that began.
	Round   int       `json:"round,omitempty"`
	Step    int       `json:"step,omitempty"`
	Stepped time.Time `json:"stepped,omitzero"`
	// Lines are those on which it was told, or tried to be, by their keys.
	Lines map[string]Heard `json:"lines,omitempty"`
	// Fewest is how many there were at least since the acknowledgement of AckedAt.
	Fewest  int       `json:"fewest,omitempty"`
	AckedAt time.Time `json:"acked_at,omitzero"`
	// HiddenBy is the key of a broader alert that is told in its place; empty: none is.
	HiddenBy string `json:"hidden_by,omitempty"`
}

// IncidentNow is the name that providers have for it in this round; see Message.
func (t Told) IncidentNow() string { return t.incident(t.Round) }

func (t Told) incident(round int) string { return fmt.Sprintf("%s-%d", t.Name, round) }

// Heard is what one line was told of one trouble.
type Heard struct {
	// Person is who was called on it last; empty: it is the team's. Channel is the
	// channel's name.
	Person  string `json:"person,omitempty"`
	Channel string `json:"channel"`
	// First is when it first took a notice of this round, Last when the last one of any,
	// Times how many there were. Zero: none.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	Times int       `json:"times,omitempty"`
	Round int       `json:"round,omitempty"`
	// Recent is when it took notices in the last hour, for the cap; none where a provider
	// keeps incidents.
	Recent []time.Time `json:"recent,omitempty"`
	// Change, Count and Latest are what the last one said; the count is lowered when there
	// are fewer. Unclear: it took none in this round, and what failed may have arrived.
	Change  Change    `json:"change,omitempty"`
	Count   int       `json:"count,omitempty"`
	Latest  time.Time `json:"latest,omitzero"`
	Unclear bool      `json:"unclear,omitempty"`
	// Tried is when it was last tried in vain, Tries how often in a row, and Why the
	// reason in words for people; empty: the last notice was taken.
	Tried time.Time `json:"tried,omitzero"`
	Tries int       `json:"tries,omitempty"`
	Why   string    `json:"why,omitempty"`
	// Rest is how long it is left alone then.
	Rest time.Duration `json:"rest,omitempty"`
}

// in reports whether it took something in a round.
func (h Heard) in(round int) bool { return h.Round == round && !h.First.IsZero() }

// Ack says that somebody deals with a trouble.
type Ack struct {
	Key string `json:"key"`
	// Began and Round are those of the trouble that is acknowledged: what comes later is not.
	Began time.Time `json:"began,omitzero"`
	Round int       `json:"round"`
	// Latest and Count are those of the alert as who acknowledged it knew it.
	Latest time.Time `json:"latest,omitzero"`
	Count  int       `json:"count"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	// How is where it was said: "desk", "reply", or a channel's name.
	How string `json:"how"`
}

// of reports whether it acknowledges this trouble, in this round.
func (a Ack) of(t *Told) bool {
	return a.Key == t.Alert.Key && a.Round == t.Round && a.Began.Equal(t.Began)
}

// Past is a trouble that is over.
type Past struct {
	// Name is the beginning of its incidents' names, and Alert as it was last.
	Name  string `json:"name"`
	Alert Alert  `json:"alert"`
	// Began is when the pager first saw it, Over when it had passed, Acked when somebody
	// last said that she deals with it; zero: nobody did.
	Began time.Time `json:"began"`
	Over  time.Time `json:"over"`
	Acked time.Time `json:"acked,omitzero"`
	// Hidden: nobody was told, but of a broader alert in its place.
	Hidden bool `json:"hidden,omitempty"`
}

// History keeps what is over for some weeks.
type History interface {
	Keep(ctx context.Context, p Past) error
}

// State is how a channel does.
type State struct {
	Channel string `json:"channel"`
	// OK is when it last took a notice. Failing is since when it has taken none, with Why
	// in words for people; zero: it does not fail.
	OK      time.Time `json:"ok,omitzero"`
	Failing time.Time `json:"failing,omitzero"`
	Why     string    `json:"why,omitempty"`
	// Of are the people whose address on it is wrong, by name; others may be reached. The
	// map is not changed, but replaced.
	Of map[string]Fault `json:"of,omitempty"`
}

// Fault is what is wrong with somebody's address.
type Fault struct {
	// Line is its key in Told; empty: it was found by a test.
	Line  string    `json:"line,omitempty"`
	Since time.Time `json:"since"`
	Why   string    `json:"why"`
}

// of is the state in which somebody is reached, or not.
func (s State) of(person string, f *Fault) State {
	s.Of = maps.Clone(s.Of)
	before, failed := s.Of[person]
	switch {
	case f == nil:
		delete(s.Of, person)
	case s.Of == nil:
		s.Of = map[string]Fault{person: *f}
	default:
		if failed {
			f.Since = before.Since
		}
		s.Of[person] = *f
	}
	return s
}

// Memory outlives the process, so that a restart tells nobody twice. It is safe for
// concurrent use; All costs no call.
type Memory interface {
	All() []Told
	Put(ctx context.Context, t Told) error
	Delete(ctx context.Context, key string) error
}

// Overrides keeps who takes whose place. It is safe for concurrent use.
type Overrides interface {
	All() []roster.Override
	Put(ctx context.Context, o roster.Override) error
	Delete(ctx context.Context, id string) error
}

// Acks keeps who deals with what.
type Acks interface {
	All() []Ack
	Put(ctx context.Context, a Ack) error
	Delete(ctx context.Context, key string) error
}

// States keeps how the channels do.
type States interface {
	All() []State
	Put(ctx context.Context, s State) error
}

// wants is why a line is to be told next, and when.
func (h Heard) wants(a Alert, repeat, more time.Duration) (Change, time.Time) {
	switch {
	case h.Times == 0 || h.Change == Over:
		return New, time.Time{}
	case a.Again == 0 && grew(a, h.Latest, h.Count):
		return More, h.Last.Add(more)
	}
	return Still, h.Last.Add(repeat)
}

// rest is until when a line that failed is left alone; zero: it did not.
func (h Heard) rest() time.Time {
	if h.Tries == 0 {
		return time.Time{}
	}
	return h.Tried.Add(h.Rest)
}

const (
	hiccup   = 5 * time.Second // the pause after a first failure
	sickness = 5 * time.Minute // and the longest one
)

// restAfter is how long a line is left alone after so many failures in a row: longer each
// time, as long as the provider asks, and long where only a person can mend it.
func restAfter(tries int, err error) time.Duration {
	rest := min(hiccup<<min(tries-1, 10), sickness)
	if f, ok := errors.AsType[*Failure](err); ok {
		if f.Final {
			rest = sickness
		}
		rest = max(rest, min(f.After, time.Hour))
	}
	return rest
}

// notBefore takes back what would lie ahead because the clock was set back: until then
// nothing would be repeated.
func (t *Told) notBefore(now time.Time) {
	back := func(at *time.Time) {
		if at.After(now) {
			*at = now
		}
	}
	back(&t.Stepped)
	back(&t.Gone)
	for key, h := range t.Lines {
		back(&h.First)
		back(&h.Last)
		back(&h.Tried)
		t.Lines[key] = h
	}
}
