package digest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// crowded is a practice of many cases of every kind, likely and not.
func crowded(t *testing.T) (*world, time.Time) {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	w, noon := newWorld(), time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	r := desktest.Random{Rand: rand.New(rand.NewPCG(seed, 1))}
	for i := range 2000 {
		c := r.Case()
		c.Comment.ID = fmt.Sprint("r", i)
		if c.Lane == respond.LaneSample {
			c.Sampled = "2026-05-04"
		}
		w.shelf.put(c)
	}
	for _, c := range desktest.NewCrowd(seed, noon).Cases(2000) {
		w.shelf.put(c)
	}
	w.now = noon
	return w, noon
}

func (w *world) period(t *testing.T, from, until time.Time) *period {
	t.Helper()
	p := newPeriod(from, until)
	if err := w.sum(t.Context(), from, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// sizes are a period's counts, which add up.
func (p *period) sizes() map[string]int {
	out := map[string]int{"routine": p.routine, "approved": p.approved, "dismissed": p.dismissed, "handled": p.handled, "harmless": p.harmless,
		"itself": p.itself, "recorded": p.recorded, "failed": p.failed, "old": p.old, "kept": p.kept, "looked": p.looked, "missed": p.missed,
		"decide": len(p.toDecide), "send": len(p.toSend), "urgent": len(p.toUrgent), "online": len(p.online)}
	for l, n := range p.lanes {
		out["lane "+string(l)] = n
	}
	for a, n := range p.accounts {
		out["account "+a.platform+a.name] = n
	}
	for k, n := range p.sent {
		out["sent "+string(k)] = n
	}
	for o, n := range p.outcomes {
		out["outcome "+o] = n
	}
	maps.DeleteFunc(out, func(_ string, n int) bool { return n == 0 })
	return out
}

// What two weeks have is what the fortnight has; what stands in lanes is what stands at
// accounts, and what is open waits in one lane.
func TestCountsAddUp(t *testing.T) {
	w, noon := crowded(t)
	a, b, c := noon.AddDate(0, 0, -14), noon.AddDate(0, 0, -6), noon
	first, second, both := newPeriod(a, b), newPeriod(b, c), newPeriod(a, c)
	if err := w.sum(t.Context(), a, first, second, both); err != nil {
		t.Fatal(err)
	}
	sum := first.sizes()
	for what, n := range second.sizes() {
		sum[what] += n
	}
	if whole := both.sizes(); !reflect.DeepEqual(sum, whole) || len(whole) < 20 {
		t.Errorf("the parts have\n%v, the whole\n%v", sum, whole)
	}
	at := 0
	for _, n := range both.accounts {
		at += n
	}
	if at != both.opened() || at == 0 {
		t.Errorf("%d were opened by lane and %d by account", both.opened(), at)
	}
	if both.sizes()["decide"]+both.old > both.decided() || both.harmless > both.dismissed || both.missed > both.looked {
		t.Errorf("parts are more than their whole: %v", both.sizes())
	}
	open := 0
	for _, c := range w.shelf.all {
		if c.Open() {
			open++
		}
	}
	now := standing(w.shelf.All(), noon, noon.Add(next))
	if got := now.total() + now.in(respond.LaneRoutine).n + now.in(respond.LaneSample).n; got != open || open == 0 {
		t.Errorf("%d wait and %d are open", got, open)
	}
}

// Letters can be written of whatever there is.
func TestLettersOfAnything(t *testing.T) {
	w, _ := crowded(t)
	for _, kind := range []Kind{Morning, Weekly} {
		for _, lang := range []string{"en", "es"} {
			l := w.write(t, kind, lang)
			if bad := odd.FindString(l.Subject + l.Text); bad != "" || len(l.HTML) < len(l.Text) {
				t.Errorf("%s %s: there is %q in\n%s", kind, lang, bad, l.Text)
			}
		}
	}
}

func TestRank(t *testing.T) {
	var all []time.Duration
	if rank(all, 0.5) != 0 {
		t.Error("of nothing there is a half")
	}
	for i := range 10 {
		all = append(all, time.Duration(10-i))
	}
	for share, want := range map[float64]time.Duration{0: 1, 0.1: 1, 0.5: 5, 0.9: 9, 0.91: 10, 1: 10} {
		if got := rank(all, share); got != want {
			t.Errorf("at %g of ten is %d, want %d", share, got, want)
		}
	}
	if got := rank(all[:3], 0.5); got != 9 {
		t.Errorf("the middle of three is %d", got)
	}
}

// What each kind of case adds to its week.
func TestWhatACaseAdds(t *testing.T) {
	w := newWorld()
	from, until := w.ago(7*dayLong), w.now
	reply := func(s respond.State) respond.Action { return w.act(ingest.Reply, s, dayLong) }
	takeDown := func(do string, a respond.Action) respond.Case {
		c := w.decide(w.open(respond.LaneTakeDown, "facebook", 20*dayLong), dayLong, do, a)
		c.Opened, c.Comment.Own = w.ago(2*dayLong), true
		return c
	}
	undone := w.decide(w.open(respond.LaneClear, "facebook", 2*dayLong), dayLong, "approved")
	undone.Note(w.ago(hour), "dana", "undone", "")
	itself := w.open(respond.LanePossible, "facebook", 2*dayLong)
	itself.Actions = []respond.Action{reply(respond.Sent)}
	itself.Actions[0].By = respond.Machine
	noLabel := w.decide(w.open(respond.LaneClear, "facebook", 2*dayLong), dayLong, "dismissed", reply(respond.Dismissed))
	said := noLabel
	said.Label = &respond.Label{Level: classify.Clear, Said: true}
	none := noLabel
	none.Label = &respond.Label{Level: classify.None}
	edited := none
	edited.History = append(slices.Clone(none.History), respond.Entry{At: w.ago(hour), By: respond.Machine, Do: "edited"})
	outcome := w.open(respond.LaneClear, "facebook", 30*dayLong)
	outcome.Outcome = &respond.Outcome{Code: respond.Reached, At: w.ago(hour)}
	for name, c := range map[string]struct {
		c    respond.Case
		want map[string]int
	}{
		"undone":          {undone, map[string]int{"lane clear": 1}},
		"by itself":       {itself, map[string]int{"lane possible": 1, "sent reply": 1, "itself": 1, "send": 1}},
		"dismissed":       {noLabel, map[string]int{"lane clear": 1, "dismissed": 1, "decide": 1}},
		"said otherwise":  {said, map[string]int{"lane clear": 1, "dismissed": 1, "decide": 1}},
		"not sensitive":   {none, map[string]int{"lane clear": 1, "dismissed": 1, "harmless": 1, "decide": 1}},
		"edited since":    {edited, map[string]int{"lane clear": 1}},
		"outcome of old":  {outcome, map[string]int{"outcome reached": 1}},
		"taken down":      {takeDown("approved", w.act(ingest.TakeDown, respond.Sent, dayLong)), map[string]int{"lane take-down": 1, "approved": 1, "sent takedown": 1, "online": 1}},
		"mended by hand":  {takeDown("handled", reply(respond.Dismissed)), map[string]int{"lane take-down": 1, "handled": 1, "online": 1}},
		"left on purpose": {takeDown("dismissed", reply(respond.Dismissed)), map[string]int{"lane take-down": 1, "dismissed": 1, "kept": 1}},
		"still online":    {takeDown(respond.Revealed, respond.Action{Kind: ingest.TakeDown, State: respond.Failed, Done: w.ago(hour)}), map[string]int{"lane take-down": 1, "failed": 1}},
	} {
		w.shelf.all = map[string]respond.Case{}
		w.shelf.put(c.c)
		p := w.period(t, from, until)
		got := p.sizes()
		delete(got, "account facebookcedar")
		if !maps.Equal(got, c.want) {
			t.Errorf("%s adds %v, want %v", name, got, c.want)
		}
		if len(p.online) == 1 && p.online[0] != 19*dayLong {
			t.Errorf("%s: it was online for %s", name, p.online[0])
		}
	}
}

// Which alerts say that an account is not read, and for how long.
func TestUnread(t *testing.T) {
	from := date(time.UTC, "2026-11-16 00:00")
	at := func(h int) time.Time { return from.Add(time.Duration(h) * hour) }
	got := unread([]Call{
		{Key: "sources/a", Where: "a", Began: at(-5), Over: at(2)},
		{Key: "sources/a", Where: "a", Began: at(10), Over: at(11)},
		{Key: "sources/b/down", Where: "b", Began: at(160)},
		{Key: "sources/b/expiry", Where: "b", Began: at(1)},
		{Key: "sources/c", Where: "c", Began: at(-5), Over: at(-1)},
		{Key: "cases/clear/a", Where: "a", Began: at(1)},
	}, from, at(168))
	if want := map[string]time.Duration{"a": 3 * hour, "b": 8 * hour}; !maps.Equal(got, want) {
		t.Errorf("not read were %v, want %v", got, want)
	}
}
