package board

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// opened puts a case that came so long ago.
func (s *shelf) opened(id string, lane respond.Lane, ago time.Duration, change ...func(*respond.Case)) {
	at := noon.Add(-ago)
	c := respond.Case{Comment: ingest.Comment{ID: id, Platform: "facebook", Account: "cedar", Created: at}, Lane: lane, Opened: at,
		History: []respond.Entry{{At: at, By: respond.Machine, Do: "opened"}}}
	for _, f := range change {
		f(&c)
	}
	s.put(c)
}

// decided lets somebody decide so long after the case was opened.
func decided(by, do string, after time.Duration, actions ...respond.Action) func(*respond.Case) {
	return func(c *respond.Case) {
		c.Actions = actions
		c.Note(c.Opened.Add(after), by, do, "")
	}
}

func reply(s respond.State) respond.Action { return respond.Action{Kind: ingest.Reply, State: s} }

func until(d time.Duration) func(*respond.Case) {
	return func(c *respond.Case) { c.Comment.PrivateUntil = noon.Add(d) }
}

// Urgent first, then by the clock: what has a window by its end, what has none as if
// it had a week, and what can wait last in its lane.
func TestQueueOrder(t *testing.T) {
	s := newShelf()
	s.opened("routine", respond.LaneRoutine, 99*time.Hour)
	s.opened("possible-low", respond.LanePossible, 98*time.Hour, func(c *respond.Case) { c.Low = true })
	s.opened("possible", respond.LanePossible, time.Hour)
	s.opened("look", respond.LaneLook, time.Minute)
	s.opened("clear-week", respond.LaneClear, 2*time.Hour, until(7*24*time.Hour))
	s.opened("identifier-no-window", respond.LaneIdentifier, 4*time.Hour)
	s.opened("clear-ends-soon", respond.LaneClear, time.Hour, until(time.Hour))
	s.opened("other-older", respond.LaneOther, 3*24*time.Hour)
	s.opened("urgent", respond.LaneUrgent, time.Minute)
	s.opened("ours", respond.LaneTakeDown, time.Second)
	s.opened("sample", respond.LaneSample, 999*time.Hour)
	s.opened("done", respond.LaneUrgent, time.Hour, decided("dana", "approved", time.Minute, reply(respond.Sent)))
	b := New(s.feed)
	got := strings.Join(ids(b.List(Query{}, 0, 50).Cards), " ")
	if got != "ours urgent clear-ends-soon other-older identifier-no-window clear-week look possible possible-low routine" {
		t.Errorf("the order is %s", got)
	}
	if n := b.Counts(loud); n != (Counts{Now: 2, Waiting: 8, Sample: 1}) {
		t.Errorf("counts %+v", n)
	}
	if n := b.Standings(); n[Standing{respond.LaneUrgent, respond.Waiting}] != 1 || n[Standing{respond.LaneUrgent, respond.Sent}] != 1 || len(n) != 10 {
		t.Errorf("standings %v", n)
	}
	if before, after := b.Beside(Query{}, "urgent"); before != "ours" || after != "clear-ends-soon" {
		t.Errorf("beside the urgent one are %s and %s", before, after)
	}
	if before, after := b.Beside(Query{}, "done"); before != "" || after != "ours" {
		t.Errorf("beside one that is not in the queue are %q and %q", before, after)
	}
	if before, after := b.Beside(Query{Lane: respond.LaneSample}, "sample"); before != "" || after != "" {
		t.Errorf("beside the only one are %q and %q", before, after)
	}
}

func TestPagesOfAList(t *testing.T) {
	s := newShelf()
	for i := range 120 {
		s.opened(fmt.Sprintf("c%03d", i), respond.LaneClear, time.Duration(i)*time.Minute, decided("dana", "approved", 0, reply(respond.Sent)))
	}
	b := New(s.feed)
	for first, want := range map[int][3]any{-5: {"c000", 50, 0}, 0: {"c000", 50, 0}, 50: {"c050", 50, 50}, 100: {"c100", 20, 100}, 120: {nil, 0, 120}, 999: {nil, 0, 120}} {
		got := b.List(Query{State: Answered}, first, 50)
		var id any
		if len(got.Cards) > 0 {
			id = got.Cards[0].ID
		}
		if [3]any{id, len(got.Cards), got.First} != want || got.All != 120 {
			t.Errorf("from %d on: %v, %d cards from %d of %d, want %v", first, id, len(got.Cards), got.First, got.All, want)
		}
	}
}

func TestTodaysFigures(t *testing.T) {
	s := newShelf()
	s.opened("a", respond.LaneClear, time.Hour, decided("dana", "approved", 5*time.Minute, reply(respond.Sent)))
	s.opened("b", respond.LaneClear, time.Hour, decided("dana", "dismissed", 7*time.Minute, reply(respond.Dismissed)))
	s.opened("c", respond.LaneClear, time.Hour, decided("lee", "approved", 50*time.Minute, reply(respond.Approved)))
	s.opened("yesterday", respond.LaneClear, 20*time.Hour, decided("lee", "approved", time.Minute, reply(respond.Sent)))
	s.opened("needs somebody again", respond.LaneClear, time.Hour, decided("lee", "approved", time.Minute, reply(respond.Failed)))
	s.opened("sample", respond.LaneSample, time.Hour, decided("lee", "dismissed", time.Minute, reply(respond.Dismissed)))
	s.opened("by itself", respond.LaneClear, time.Hour, func(c *respond.Case) { c.Actions = []respond.Action{reply(respond.Sent)} })
	b := New(s.feed)
	if d := b.Since(noon.Add(-12 * time.Hour)); d != (Day{Answered: 2, Dismissed: 1, Median: 7 * time.Minute}) {
		t.Errorf("%+v", d)
	}
	if d := b.Since(noon); d != (Day{}) {
		t.Errorf("nothing was decided since: %+v", d)
	}
}

func TestLastDecisionToTakeBack(t *testing.T) {
	s := newShelf()
	out := func(in time.Duration) respond.Action {
		return respond.Action{Kind: ingest.Reply, State: respond.Approved, Due: noon.Add(in)}
	}
	s.opened("going", respond.LaneClear, time.Hour, decided("dana", "approved", 59*time.Minute, out(time.Minute)))
	s.opened("earlier", respond.LaneClear, time.Hour, decided("dana", "approved", 30*time.Minute, out(time.Hour)))
	s.opened("hers", respond.LaneClear, time.Hour, decided("lee", "approved", 60*time.Minute, out(time.Minute)))
	s.opened("dismissed", respond.LaneClear, time.Hour, decided("marta", "dismissed", 59*time.Minute, reply(respond.Dismissed)))
	s.opened("sent", respond.LaneClear, time.Hour, decided("priya", "approved", 59*time.Minute, reply(respond.Sent)))
	b := New(s.feed)
	for by, want := range map[string]string{"dana": "going", "lee": "hers", "marta": "dismissed", "priya": "", "nobody": "", "": ""} {
		if got, _, found := b.Last(by, noon, 2*time.Minute); got.ID != want || found != (want != "") {
			t.Errorf("%s may take back %q, want %q", by, got.ID, want)
		}
	}
	if got, until, _ := b.Last("dana", noon.Add(2*time.Minute), 2*time.Minute); got.ID != "earlier" || !until.Equal(noon.Add(time.Hour)) {
		t.Errorf("when the newest is out she may take back %q until %v", got.ID, until)
	}
	if got, _, found := b.Last("marta", noon.Add(2*time.Minute), 2*time.Minute); found {
		t.Errorf("%s is offered for longer than it is said", got.ID)
	}
}

// What came since a page was made is counted, in the queue as in what is settled.
func TestWhatIsFresh(t *testing.T) {
	s := newShelf()
	s.opened("a", respond.LaneClear, time.Hour)
	s.opened("b", respond.LaneClear, 2*time.Hour, decided("dana", "approved", 0, reply(respond.Sent)))
	b := New(s.feed)
	queue, settled := b.List(Query{}, 0, 50).Mark, b.List(Query{State: Answered}, 0, 50).Mark
	if n := b.Fresh(Query{}, queue) + b.Fresh(Query{State: Answered}, settled); n != 0 {
		t.Errorf("%d are fresh before anything came", n)
	}
	s.opened("c", respond.LaneUrgent, time.Minute)
	s.opened("d", respond.LaneSample, time.Minute)
	s.opened("a", respond.LaneClear, time.Hour, decided("dana", "approved", 59*time.Minute, reply(respond.Sent)))
	for q, want := range map[Query]int{{}: 1, {Lane: respond.LaneClear}: 0, {Lane: respond.LaneSample}: 1} {
		if n := b.Fresh(q, queue); n != want {
			t.Errorf("%+v: %d fresh, want %d", q, n, want)
		}
	}
	if n := b.Fresh(Query{State: Answered}, settled); n != 1 {
		t.Errorf("%d fresh among what is settled, want 1", n)
	}
}

// filled is a board of n cases such as a practice has.
func filled(tb testing.TB, n int) (*Board, *shelf) {
	tb.Helper()
	s := newShelf()
	for _, c := range desktest.NewCrowd(7, noon).Cases(n) {
		s.put(c)
	}
	if len(s.cases) != n {
		tb.Fatalf("%d cases, want %d", len(s.cases), n)
	}
	b := New(s.feed)
	b.Counts(loud)
	return b, s
}

// searches are what people look for, each of it in a hundred thousand cases.
var searches = []Query{{}, {Platform: "google"}, {State: Answered}, {State: Answered, Platform: "wordpress", From: noon.AddDate(-1, 0, 0), To: noon.AddDate(0, -6, 0)},
	{State: Dismissed, Lane: respond.LaneClear, Account: "cedar"}, {State: Answered, Assignee: "dana"}}

func BenchmarkSearch100000(b *testing.B) {
	board, _ := filled(b, 100_000)
	for i := 0; b.Loop(); i++ {
		board.List(searches[i%len(searches)], 0, 50)
	}
}

func BenchmarkChange100000(b *testing.B) {
	board, s := filled(b, 100_000)
	all := slices.Collect(maps.Values(s.cases))
	for i := 0; b.Loop(); i++ {
		c := *all[i%len(all)]
		c.History = []respond.Entry{{At: noon.Add(time.Duration(i)), By: "dana", Do: "approved"}}
		s.put(c)
		board.Counts(loud)
	}
}

// BenchmarkRebuild100000 makes a board of what is in memory.
func BenchmarkRebuild100000(b *testing.B) {
	_, s := filled(b, 100_000)
	for b.Loop() {
		New(func() iter.Seq2[string, *respond.Case] { return maps.All(s.cases) }).Counts(loud)
	}
}
