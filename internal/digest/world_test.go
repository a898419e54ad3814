package digest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"go.uber.org/zap"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// shelf is cases in memory, of which All gives the light forms as the store does.
type shelf struct {
	respond.Cases
	all     map[string]respond.Case
	failing error
}

func (s *shelf) put(c respond.Case) { s.all[c.ID()] = c }

func (s *shelf) Get(_ context.Context, id string) (respond.Case, error) {
	c, known := s.all[id]
	if s.failing == nil && !known {
		return c, respond.ErrNotFound
	}
	return c, s.failing
}

func (s *shelf) All() iter.Seq[*respond.Case] {
	return func(yield func(*respond.Case) bool) {
		for _, id := range slices.Sorted(maps.Keys(s.all)) {
			if light := s.all[id].Light(); !yield(&light) {
				return
			}
		}
	}
}

// kept is one of the duty's memories.
type kept[T any] struct{ all []T }

func (k *kept[T]) All() []T                               { return k.all }
func (*kept[T]) Put(context.Context, T) error             { return nil }
func (*kept[T]) Delete(context.Context, string) error     { return nil }
func date(zone *time.Location, text string) (t time.Time) { return must(roster.ParseStart(text, zone)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var chicago = must(time.LoadLocation("America/Chicago"))

// world is a practice on a Monday morning.
type world struct {
	*Source
	shelf  *shelf
	now    time.Time
	duty   *kept[alert.Told]
	acks   *kept[alert.Ack]
	states *kept[alert.State]
	health []ingest.Health
	rules  respond.Rules
	calls  []Call
	n      int
}

// newWorld is one in which nothing has happened.
func newWorld() *world {
	w := &world{now: date(chicago, "2026-11-23 07:30").In(chicago), shelf: &shelf{all: map[string]respond.Case{}}, duty: &kept[alert.Told]{}, acks: &kept[alert.Ack]{}, states: &kept[alert.State]{}}
	clock := func() time.Time { return w.now }
	desk := &respond.Desk{Cases: w.shelf, Rules: func() respond.Rules { return w.rules }, Now: clock}
	w.Source = &Source{Practice: "Cedar Family Practice", Page: "https://desk.example", Desk: desk, Health: func() []ingest.Health { return w.health },
		Duty: &alert.Duty{Memory: w.duty, Acks: w.acks, States: w.states, Overrides: &kept[roster.Override]{}, Now: clock,
			Base: roster.Plan{People: []roster.Person{{Name: "dana", Lines: []roster.Line{{Channel: "mail"}}}}, Zone: chicago}},
		Calls: func(context.Context, time.Time, time.Time) ([]Call, error) { return w.calls, nil }, Log: zap.NewNop()}
	return w
}

// ago is a time before this morning.
func (w *world) ago(d time.Duration) time.Time { return w.now.Add(-d) }

// open opens a case of a comment that was written so long ago.
func (w *world) open(lane respond.Lane, place string, ago time.Duration) respond.Case {
	w.n++
	c := respond.Case{Comment: ingest.Comment{ID: fmt.Sprintf("case%03d", w.n), Platform: place, Account: "cedar", Created: w.ago(ago)}, Lane: lane, Opened: w.ago(ago - time.Minute)}
	c.Note(c.Opened, respond.Machine, "opened", string(lane))
	return c
}

func (w *world) decide(c respond.Case, ago time.Duration, do string, actions ...respond.Action) respond.Case {
	c.Actions = actions
	c.Note(w.ago(ago), "dana", do, "")
	return c
}

func (w *world) act(kind ingest.ActionKind, s respond.State, ago time.Duration) respond.Action {
	return respond.Action{Kind: kind, State: s, By: "dana", Approved: w.ago(ago + time.Minute), Done: w.ago(ago)}
}

const hour, dayLong = time.Hour, 24 * time.Hour

// busy is a practice with something of everything.
func busy() *world {
	w := newWorld()
	w.rules.Shadow = true
	for i := range 3 {
		w.shelf.put(w.open(respond.LanePossible, "wordpress", time.Duration(i+1)*20*hour))
	}
	low := w.open(respond.LanePossible, "google", 30*hour)
	low.Low = true
	w.shelf.put(low)
	private := w.open(respond.LaneClear, "facebook", 6*dayLong+20*hour)
	private.Comment.PrivateUntil = w.ago(-4 * hour)
	w.shelf.put(private)
	w.shelf.put(w.open(respond.LaneUrgent, "instagram", 3*hour))
	w.shelf.put(w.open(respond.LaneRoutine, "x", 5*hour))
	sample := w.open(respond.LaneSample, "facebook", 5*hour)
	sample.Sampled = "2026-11-16"
	w.shelf.put(sample)
	w.shelf.put(w.decide(w.open(respond.LaneIdentifier, "facebook", 20*hour), 19*hour, "approved",
		w.act(ingest.Reply, respond.Failed, 18*hour), w.act(ingest.Hide, respond.Sent, 18*hour)))
	w.pastWeek()
	w.pastWeek2()
	w.atNight()
	return w
}

// pastWeek is what happened from Monday 16 to Sunday 22 November.
func (w *world) pastWeek() {
	for i := range 12 { // a day and more ago, decided after 10, 20, … minutes
		ago := 4*dayLong + time.Duration(i)*hour
		took := time.Duration(i+1) * 10 * time.Minute
		c := w.decide(w.open(respond.LaneClear, "facebook", ago), ago-took, "approved",
			w.act(ingest.Reply, respond.Sent, ago-took-time.Minute), w.act(ingest.Private, respond.Sent, ago-took-time.Minute))
		if i < 3 {
			c.Outcome = &respond.Outcome{Code: respond.Booked, At: w.ago(2 * dayLong)}
		}
		w.shelf.put(c)
	}
	harmless := w.decide(w.open(respond.LanePossible, "google", 5*dayLong), 4*dayLong, "dismissed", w.act(ingest.Reply, respond.Dismissed, 4*dayLong))
	harmless.Label = &respond.Label{Level: classify.None}
	w.shelf.put(harmless)
	w.shelf.put(w.decide(w.open(respond.LaneUrgent, "facebook", 3*dayLong), 3*dayLong-25*time.Minute, "handled", w.act(ingest.Reply, respond.Dismissed, 3*dayLong-25*time.Minute)))
	w.shelf.put(w.decide(w.open(respond.LaneClear, "facebook", 3*dayLong), 2*dayLong, "approved", w.act(ingest.Reply, respond.Recorded, 2*dayLong)))
	ours := w.decide(w.open(respond.LaneTakeDown, "facebook", 6*dayLong), 5*dayLong, "approved", w.act(ingest.TakeDown, respond.Sent, 5*dayLong))
	ours.Comment.Own = true
	w.shelf.put(ours)
	old := w.open(respond.LaneClear, "google", 90*dayLong)
	old.Opened = w.ago(3 * dayLong)
	w.shelf.put(w.decide(old, 2*dayLong, "approved", w.act(ingest.Reply, respond.Sent, 2*dayLong)))
	for i, do := range []string{"dismissed", "moved"} {
		s := w.open(respond.LaneSample, "facebook", 6*dayLong)
		s.Sampled = "2026-11-09"
		s.Note(w.ago(time.Duration(3+i)*dayLong), "dana", do, "clear")
		if do == "moved" {
			s.Lane = respond.LaneClear
		}
		s.Actions = []respond.Action{w.act(ingest.Reply, respond.Dismissed, time.Duration(3+i)*dayLong)}
		w.shelf.put(s)
	}
}

// pastWeek2 is the week before, and what is counted elsewhere.
func (w *world) pastWeek2() {
	for i := range 4 {
		ago := 9*dayLong + time.Duration(i)*hour
		w.shelf.put(w.decide(w.open(respond.LaneClear, "facebook", ago), ago-2*hour, "approved", w.act(ingest.Reply, respond.Sent, ago-2*hour)))
	}
	w.Judged = func(_ context.Context, monday string) (int, int, bool, error) {
		n := map[string]int{"2026-11-16": 1204, "2026-11-09": 1305}[monday]
		return n, n / 60, n > 0, nil
	}
}

// atNight is what called, and how the sources and channels are.
func (w *world) atNight() {
	began := w.ago(5 * hour)
	w.calls = []Call{
		{Key: "cases/urgent/cedar", Severity: alert.Page, What: "somebody may need help now", Where: "facebook cedar", Began: began, Acked: began.Add(4 * time.Minute), Over: began.Add(50 * time.Minute)},
		{Key: "store/full", Severity: alert.Page, What: "the store is 91 % full", Began: w.ago(26 * hour)},
		{Key: "sources/google/cedar", Severity: alert.Tell, What: "comments are not being checked", Where: "google cedar", Began: w.ago(26 * hour), Over: w.ago(23 * hour)},
		{Key: "sources/google/cedar/expiry", Severity: alert.Tell, What: "the token ends", Where: "google cedar", Began: w.ago(90 * hour)},
		{Key: "cases/clear/cedar", Severity: alert.Tell, What: "clear disclosure", Where: "facebook cedar", Began: w.ago(25 * hour), Hidden: true},
	}
	w.health = []ingest.Health{
		{Platform: "facebook", Account: "cedar", LastOK: w.ago(time.Minute), Expires: w.ago(-5 * dayLong)},
		{Platform: "google", Account: "maple-street", Since: w.ago(7 * hour), LastOK: w.ago(7 * hour), Why: "Google does not answer: nothing is to be done, it is tried again"},
		{Platform: "x", Account: "x", LastOK: w.ago(time.Minute)},
	}
	w.duty.all = []alert.Told{{Alert: alert.Alert{Key: "store/full", Severity: alert.Page}, Began: w.ago(26 * hour)}}
	w.states.all = []alert.State{{Channel: "mail", OK: w.ago(time.Hour)}, {Channel: "sms", Failing: w.ago(3 * hour), Why: "the number is not one: correct it in the configuration"}}
	w.Duty.Base = roster.Plan{People: []roster.Person{{Name: "dana"}, {Name: "lee"}}, Zone: chicago,
		Rotations: []roster.Rotation{{Name: "primary", People: []string{"dana", "lee"}, Start: date(chicago, "2026-11-16 18:00"), Turn: must(roster.ParseTurn("1w")), Hours: must(roster.ParseHours([]string{"07:00-23:00"}))}}}
}

// issue is that of this morning.
func (w *world) issue(k Kind, lang string) Issue {
	return Issue{Kind: k, Now: w.now, Since: w.now.AddDate(0, 0, -3), Lang: lang}
}

func (w *world) write(t *testing.T, k Kind, lang string) Letter {
	t.Helper()
	return w.Write(t.Context(), w.issue(k, lang))
}
