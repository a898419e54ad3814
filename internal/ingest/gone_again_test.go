package ingest

import (
	"context"
	"fmt"
	"testing"

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
