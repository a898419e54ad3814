package board

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// shelf is cases that tell what has changed.
type shelf struct {
	cases   map[string]*respond.Case
	changed map[string]bool
}

func newShelf() *shelf {
	return &shelf{map[string]*respond.Case{}, map[string]bool{}}
}

func (s *shelf) put(c respond.Case) {
	light := c.Light()
	s.cases[c.ID()] = &light
	s.changed[c.ID()] = true
}

func (s *shelf) drop(id string) {
	delete(s.cases, id)
	s.changed[id] = true
}

func (s *shelf) All() iter.Seq[*respond.Case] { return maps.Values(s.cases) }

func (s *shelf) feed() iter.Seq2[string, *respond.Case] {
	changed := s.changed
	s.changed = map[string]bool{}
	return func(yield func(string, *respond.Case) bool) {
		for id := range changed {
			if !yield(id, s.cases[id]) {
				return
			}
		}
	}
}

var (
	noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	loud = func(l respond.Lane) bool { return respond.Plans[l].Loudness == respond.Pages }
)

// random is a case of any kind on one of a few accounts.
func random(r desktest.Random) respond.Case {
	c := r.Case()
	c.Comment.ID = fmt.Sprint("c", r.IntN(300))
	c.Comment.Platform = []string{"facebook", "google", "x"}[r.IntN(3)]
	if c.Opened.IsZero() {
		c.Opened = noon
	}
	return c
}

// wanted is what a query lists, found by going over all cases: the ids in their
// order.
func (s *shelf) wanted(q Query) (ids []string) {
	var list []*respond.Case
	for c := range s.All() {
		if s.takes(q, c) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *respond.Case) int {
		if q.State == Needs {
			return cmp.Or(cmp.Compare(tier(a), tier(b)), clock(a).Compare(clock(b)), made(a).Compare(made(b)), cmp.Compare(a.ID(), b.ID()))
		}
		return -cmp.Or(a.LastStep().Compare(b.LastStep()), made(a).Compare(made(b)), cmp.Compare(a.ID(), b.ID()))
	})
	for _, c := range list {
		ids = append(ids, c.ID())
	}
	return ids
}

func made(c *respond.Case) time.Time {
	if c.Comment.Created.IsZero() {
		return c.Opened
	}
	return c.Comment.Created
}

// tier is a case's group in the queue, in words of the design: urgent first.
func tier(c *respond.Case) int {
	group := map[respond.Lane]int{respond.LaneTakeDown: 0, respond.LaneUrgent: 1, respond.LaneIdentifier: 2, respond.LaneOther: 2, respond.LaneClear: 2,
		respond.LaneLook: 3, respond.LanePossible: 4, respond.LaneRoutine: 5, respond.LaneSample: 6}[c.Lane] * 2
	if c.Low {
		group++
	}
	return group
}

// clock is until when there is time, in whole seconds.
func clock(c *respond.Case) time.Time {
	if respond.Plans[c.Lane].Private && !c.Comment.PrivateUntil.IsZero() {
		return c.Comment.PrivateUntil.Truncate(time.Second)
	}
	return made(c).Add(7 * 24 * time.Hour).Truncate(time.Second)
}

func (s *shelf) takes(q Query, c *respond.Case) bool {
	state := Needs
	last, _ := lastDecision(c)
	switch {
	case len(c.Actions) == 0 || c.State() == respond.Waiting || c.State() == respond.Manual || c.State() == respond.Failed:
	case c.State() == respond.Approved || c.State() == respond.Sending:
		state = Going
	case c.State() == respond.Sent || c.State() == respond.Recorded || last.Do == "handled":
		state = Answered
	default:
		state = Dismissed
	}
	lane := q.Lane == c.Lane || q.Lane == "" && c.Lane != respond.LaneSample
	return state == q.State && lane && (q.Platform == "" || q.Platform == c.Comment.Platform) && (q.Account == "" || q.Account == c.Comment.Account) &&
		(q.From.IsZero() || !made(c).Before(q.From)) && (q.To.IsZero() || made(c).Before(q.To))
}

func ids(cards []Card) (out []string) {
	for _, c := range cards {
		out = append(out, c.ID)
	}
	return out
}

func anyQuery(r desktest.Random) Query {
	q := Query{State: States[r.IntN(len(States))]}
	if r.IntN(3) == 0 {
		q.Lane = respond.Lanes[r.IntN(len(respond.Lanes))]
	}
	if r.IntN(3) == 0 {
		q.Platform = []string{"facebook", "google", "x", "nowhere"}[r.IntN(4)]
	}
	if r.IntN(3) == 0 {
		q.Account = "a"
	}
	if r.IntN(3) == 0 {
		q.From = noon.AddDate(0, 0, -r.IntN(20))
	}
	if r.IntN(3) == 0 {
		q.To = noon.AddDate(0, 0, -r.IntN(20))
	}
	return q
}

// Whatever happens to the cases, one by one or many at once: the board says what going
// over all of them says, and what a board says that is made anew.
func TestBoardEqualsGoingOverAllCases(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := desktest.Random{Rand: rand.New(rand.NewPCG(seed, 1))}
	s := newShelf()
	b, lazy := New(s.feed), Over(s)
	for range 400 {
		changes := 1 + r.IntN(3)
		if r.IntN(40) == 0 {
			changes = 2 * many
		}
		for range changes {
			if c := random(r); r.IntN(4) == 0 {
				s.drop(c.ID())
			} else {
				s.put(c)
			}
		}
		q := anyQuery(r)
		want := s.wanted(q)
		got := b.List(q, 0, 1000)
		if !slices.Equal(ids(got.Cards), want) || got.All != len(want) {
			t.Fatalf("%+v lists\n%v, want\n%v", q, ids(got.Cards), want)
		}
		fresh := New(func() iter.Seq2[string, *respond.Case] { return maps.All(s.cases) })
		compare(t, q, b, fresh)
		compare(t, q, lazy, fresh)
	}
}

// compare fails unless two boards over the same cases say the same.
func compare(t *testing.T, q Query, a, b *Board) {
	t.Helper()
	type all struct {
		List
		Counts
		Day
		Offered
		Before, After, User string
		Until               time.Time
		Outcomes            map[string]int
		Unsaid              int
	}
	say := func(b *Board) (s all) {
		s.List, s.Counts, s.Day, s.Offered = b.List(q, 3, 20), b.Counts(loud), b.Since(noon.AddDate(0, 0, -5)), b.Offered()
		s.List.Mark = 0 // it may know of a newer case that is gone
		s.Before, s.After = b.Beside(q, "c7")
		last, until, _ := b.Last("dana", noon, 48*time.Hour)
		s.User, s.Until = last.ID, until
		s.Outcomes, s.Unsaid = b.Outcomes(q)
		return s
	}
	if x, y := say(a), say(b); !reflect.DeepEqual(x, y) {
		t.Fatalf("%+v: one says\n%+v, the other\n%+v", q, x, y)
	}
}

func TestCardSaysWhatTheCaseSays(t *testing.T) {
	s := newShelf()
	s.put(respond.Case{
		Comment: ingest.Comment{ID: "a", Platform: "facebook", Account: "cedar", Created: noon.Add(-time.Hour), PrivateUntil: noon.Add(time.Hour)},
		Lane:    respond.LaneClear, Opened: noon.Add(-50 * time.Minute), Low: true,
		Actions: []respond.Action{{Kind: ingest.Reply, State: respond.Approved, By: respond.Machine, Due: noon.Add(time.Minute)}, {Kind: ingest.Private, State: respond.Sent}},
		Outcome: &respond.Outcome{Code: respond.Booked},
		History: []respond.Entry{{At: noon.Add(-50 * time.Minute), By: respond.Machine, Do: "opened"}, {At: noon.Add(-time.Minute), By: "dana", Do: "approved"}, {At: noon, Do: respond.Revealed}},
	})
	got, found := New(s.feed).Find("a")
	want := Card{ID: "a", Lane: respond.LaneClear, State: Going, Stands: respond.Approved, Platform: "facebook", Account: "cedar", Low: true,
		Made: noon.Add(-time.Hour), Opened: noon.Add(-50 * time.Minute), Step: noon.Add(-time.Minute), Window: noon.Add(time.Hour), Due: noon.Add(time.Minute),
		By: "dana", At: noon.Add(-time.Minute), Did: "approved", Itself: true, Undo: true, Outcome: respond.Booked, Asked: true}
	if !found || !reflect.DeepEqual(got, want) {
		t.Errorf("the card is\n%+v, want\n%+v", got, want)
	}
	if _, found := New(s.feed).Find("b"); found {
		t.Error("a case that there is not is found")
	}
}
