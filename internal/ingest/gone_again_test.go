package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// What is withheld stays so when the process starts anew or another one takes
// over: nothing of it is erased bit by bit.
func TestWithheldOutlastsARestart(t *testing.T) {
	_, w, _ := newWall(t, 12)
	for i := range 12 {
		w.known[w.id(fmt.Sprint(i))] = fmt.Sprint(i)
	}
	w.remove("1", "2", "3", "4", "5", "6")
	again := func(withheld []string) (*Poller, []string) {
		p, _ := newPoller(w)
		p.Names, p.Deletions = w.names, &Deletions{Account: w, Kept: w}
		p.Withhold(withheld)
		if before := p.Health().Withheld; len(before) != len(withheld) {
			t.Fatalf("%v are told before the first sweep, want %v", before, withheld)
		}
		ctx, cancel := context.WithCancel(t.Context())
		p.Marks = stopAtMark{p.Marks, cancel}
		if err := p.Run(ctx, 1); err != nil {
			t.Fatal(err)
		}
		sweep(t, p)
		return p, p.Health().Withheld
	}
	_, withheld := again(nil)
	if len(withheld) != 6 {
		t.Fatalf("withheld %v, want six", withheld)
	}
	delete(w.known, w.id("1")) // the words of two are not kept any more
	delete(w.known, w.id("2"))
	delete(w.items, w.id("1"))
	delete(w.items, w.id("2"))
	p, withheld := again(withheld)
	if len(withheld) != 4 || len(w.deleted) > 0 {
		t.Fatalf("withheld %v and erased %v after a restart, want the four that are left", withheld, w.deleted)
	}
	w.posts["p"] = append(w.posts["p"], "3", "4", "5") // three come back, and the last is gone as before
	p.Erased = func(id string) bool { return id == w.id("6") }
	if sweep(t, p); len(p.Health().Withheld) > 0 || len(w.deleted) > 0 {
		t.Fatalf("withheld %v, erased %v", p.Health().Withheld, w.deleted)
	}
}

// stopAtMark stops the run once a sweep is through.
type stopAtMark struct {
	Marks
	stop func()
}

func (s stopAtMark) Save(context.Context, string, string, Mark, uint64) error {
	s.stop()
	return nil
}

// What the platform never answers for keeps nothing else from being erased, as
// long as all together are not too many.
func TestUnansweredHoldUpNothingElse(t *testing.T) {
	for name, tt := range map[string]struct {
		gone, mute, hidden int // comments; hidden: of posts whose others are not shown
		want               int
		withheld           int
	}{
		"one is never answered for":           {gone: 2, mute: 1, want: 2},
		"half of the permission is lost":      {gone: 2, mute: 4},
		"too many, whatever the others are":   {gone: 6, mute: 9, withheld: 6},
		"nothing but errors":                  {mute: 200},
		"posts whose others are not shown":    {gone: 2, hidden: 2 * askMost, want: 2},
		"all that can be wrong in one sample": {gone: 3, mute: 2, hidden: 3 * askMost, want: 3},
	} {
		t.Run(name, func(t *testing.T) {
			p, w, _ := newWall(t, 8+tt.mute)
			w.mute = map[string]bool{}
			for i := range tt.hidden {
				post := fmt.Sprint("h", i)
				w.posts[post] = []string{post + "/shown", post + "/gone"}
				w.known[w.id(post+"/gone")] = post + "/gone"
				w.gone[post+"/shown"] = true
			}
			for i := range tt.mute {
				w.mute[fmt.Sprint(8+i)] = true
			}
			sweep(t, p)
			for i := range tt.hidden {
				w.remove(fmt.Sprintf("h%d/gone", i))
			}
			for i := range tt.gone {
				w.remove(fmt.Sprint(i))
			}
			for i := range tt.mute {
				w.remove(fmt.Sprint(8 + i))
			}
			most := askMost + 2
			if tt.gone+tt.hidden == 0 {
				most = goneMost + 2 // a platform that is down is not asked on and on
			}
			for range 12 {
				before := w.asked
				if sweep(t, p); w.asked-before > most {
					t.Fatalf("%d calls after one sweep", w.asked-before)
				}
			}
			if h := p.Health(); len(w.deleted) != tt.want || len(h.Withheld) != tt.withheld {
				t.Fatalf("erased %v and withheld %v, want %d and %d", w.deleted, h.Withheld, tt.want, tt.withheld)
			}
		})
	}
}

func TestErasedCommentsAreNotHandedOn(t *testing.T) {
	p, s := newPoller(&script{items: map[string]string{"a": "one", "b": "two"}})
	gone := p.Names.ID("facebook", "cedar", "a")
	p.Erased = func(id string) bool { return id == gone }
	core, logged := observer.New(zap.InfoLevel)
	p.Log = zap.New(core)
	sweep(t, p)
	sweep(t, p)
	if len(s.kept) != 1 || len(s.published) != 1 || p.Health().Comments != 1 {
		t.Fatalf("%d kept, %d published", len(s.kept), len(s.published))
	}
	if said := logged.FilterField(zap.String("comment", gone)).Len(); said != 1 {
		t.Errorf("that it is shown again was said %d times, want once", said)
	}
	for _, c := range s.kept {
		if c.ID == gone {
			t.Fatal("what was erased came back")
		}
	}
}

// An app that lost its rights to what people write is still shown what the
// practice wrote itself: that something of it reads proves nothing.
func TestOwnCommentsProveNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		others   int
		change   func(w *wall)
		want     string
		withheld int
	}{
		"only our own are left":                 {2, func(w *wall) { w.remove("0", "1") }, "[]", 0},
		"only our own are left, of many":        {3, func(w *wall) { w.remove("0", "1", "2") }, "[]", 3},
		"only our own are shown when asked for": {2, func(w *wall) { w.posts["q"] = []string{"q/0"}; w.remove("0", "1"); w.blind = true }, "[]", 0},
		"others are left and shown elsewhere":   {2, func(w *wall) { w.posts["q"] = []string{"q/0"}; w.remove("0", "1") }, "[0 1]", 0},
		"one is left beside our own, not shown": {3, func(w *wall) { w.remove("0", "1"); w.gone["2"] = true }, "[]", 0},
		"one is left beside our own, and shown": {3, func(w *wall) { w.remove("0", "1") }, "[0 1]", 0},
	} {
		t.Run(name, func(t *testing.T) {
			p, w, _ := newWall(t, tt.others)
			w.posts["p"] = append(w.posts["p"], "own")
			w.own = map[string]bool{"own": true}
			sweep(t, p)
			tt.change(w)
			for range 3 {
				sweep(t, p)
			}
			if slices.Sort(w.deleted); fmt.Sprint(w.deleted) != tt.want || len(p.Health().Withheld) != tt.withheld {
				t.Fatalf("erased %v and withheld %v, want %s and %d", w.deleted, p.Health().Withheld, tt.want, tt.withheld)
			}
		})
	}
}

// That nothing is shown any more of what was there is told, and mends itself.
func TestAllGoneAtOnceIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		known, listed bool // from before the start; asked for, each is shown
		told          int
	}{
		"in this run":             {false, false, 4},
		"from before the start":   {true, false, 4},
		"shown when asked for":    {false, true, 0},
		"so are those of before ": {true, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p, w, _ := newWall(t, 4)
			core, logged := observer.New(zap.WarnLevel)
			p.Log = zap.New(core)
			if tt.known {
				maps.Copy(w.known, w.items)
				p.Deletions.forget()
			}
			items := w.posts["p"]
			w.posts["p"], w.blind = nil, !tt.listed
			for range 3 {
				sweep(t, p)
			}
			if h := p.Health(); len(h.Withheld) != tt.told || len(w.deleted) > 0 || logged.Len() != min(tt.told, 1) {
				t.Fatalf("withheld %v, erased %v, said %d times", h.Withheld, w.deleted, logged.Len())
			}
			if w.asked > 12 || tt.listed && w.asked != 4 {
				t.Errorf("asked for %d", w.asked)
			}
			w.posts["p"], w.blind = items, false
			w.remove("2")
			sweep(t, p)
			w.remove("3")
			sweep(t, p)
			if h := p.Health(); len(h.Withheld) != 0 || fmt.Sprint(w.deleted) != "[2 3]" {
				t.Fatalf("withheld %v and erased %v after they came back", h.Withheld, w.deleted)
			}
		})
	}
}

// What lists leave out and the platform shows is asked for again: its author may
// delete it yet.
func TestHiddenAndThenDeleted(t *testing.T) {
	p, w, _ := newWall(t, 4)
	now := time.Now()
	p.Now = func() time.Time { return now }
	w.remove("1")
	clear(w.gone)
	sweep(t, p)
	w.gone["1"] = true
	if sweep(t, p); len(w.deleted) > 0 {
		t.Fatal("it was asked for again at once")
	}
	now = now.Add(shownFor)
	if sweep(t, p); fmt.Sprint(w.deleted) != "[1]" {
		t.Fatalf("erased %v", w.deleted)
	}
}

// What was deleted while nothing could be seen is found when it can be again.
func TestDeletedWhileBlind(t *testing.T) {
	p, w, _ := newWall(t, 2)
	w.posts["p"] = nil
	sweep(t, p)
	w.posts["p"], w.gone["1"] = []string{"0"}, true
	if sweep(t, p); fmt.Sprint(w.deleted) != "[1]" {
		t.Fatalf("erased %v", w.deleted)
	}
}
