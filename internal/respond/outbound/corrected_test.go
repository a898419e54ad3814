package outbound_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/outbound"
)

// handled lets a person say that a reply, which says too much only beside its comment,
// is gone.
func (w *world) handled() (id string) {
	w.T.Helper()
	id = w.published("r1", twins)
	_, err := w.Change(w.T.Context(), id, func(c *respond.Case) error {
		c.Actions = []respond.Action{{Kind: ingest.TakeDown, State: respond.Manual}}
		return nil
	})
	w.Must(err)
	_, err = w.Handle(w.T.Context(), respond.Decision{Case: id, By: "dana"})
	w.Must(err)
	return id
}

// Words that must go and are there still are never proven to be corrected, whatever
// becomes of the comment beside which they say too much.
func TestTheSameWordsAreNotCorrected(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"the comment is there":           func(*world) {},
		"its author deleted the comment": func(w *world) { delete(w.texts, "c-r1") },
		"the comment was edited":         func(w *world) { w.texts["c-r1"] = "A fine place" },
		"no answer about the comment":    func(w *world) { w.mute["c-r1"] = true },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.handled()
			spoil(w)
			w.look(time.Minute)
			if last := w.last(id).Do; last != "handled" {
				t.Errorf("a moment later: %s", last)
			}
			w.look(10 * time.Minute)
			if w.last(id).Do != outbound.Back || !w.of(id).Open() {
				t.Errorf("ten minutes later: %+v", w.last(id))
			}
		})
	}
}

// Other words are proven to be right only if there are some, and only beside what
// they answer.
func TestOtherWordsAreNotCorrectedUnseen(t *testing.T) {
	for name, c := range map[string]struct {
		now   string
		spoil func(*world)
		want  string
	}{
		"no words":                       {" ", func(*world) {}, "without its words"},
		"the comment is not shown":       {good, func(w *world) { delete(w.texts, "c-r1") }, "cannot be read"},
		"no answer about the comment":    {good, func(w *world) { w.mute["c-r1"] = true }, ""},
		"the comment's words are kept":   {good, func(w *world) { w.keeps("A fine place") }, outbound.Corrected},
		"which say that it is no better": {twins, func(w *world) { w.keeps("Dr. Ruiz delivered my twins in May") }, "handed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.published("r1", bad)
			w.texts["r1"] = c.now
			c.spoil(w)
			w.look(time.Minute)
			got := ""
			switch one := w.of(id); {
			case len(w.handed) > 0:
				got = "handed"
			case w.last(id).Do == outbound.Corrected:
				got = outbound.Corrected
			case len(one.Actions) > 0:
				got = one.Actions[0].Why
			}
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// keeps lets the platform hide a comment whose words are kept.
func (w *world) keeps(text string) {
	delete(w.texts, "c-r1")
	w.Kept = func(_ context.Context, id string) (ingest.Content, error) {
		if id != w.Names.ID("facebook", "cedar", "c-r1") {
			return ingest.Content{}, respond.ErrGone
		}
		return ingest.Content{Text: text}, nil
	}
}

// A reply in a language that the check cannot read is followed too.
func TestUnreadableIsFollowed(t *testing.T) {
	w := newWorld(t)
	id := w.published("r1", "Dziękujemy za wizytę, życzymy dużo zdrowia i zapraszamy ponownie do naszego gabinetu")
	if lane := w.of(id).Lane; lane != respond.LaneLook {
		t.Fatalf("its lane is %s", lane)
	}
	delete(w.texts, "r1")
	w.look(time.Minute)
	if w.last(id).Do != outbound.Removed {
		t.Errorf("%+v", w.last(id))
	}
}

// A machine's clock that ran ahead and was put right hides nothing that is back.
func TestBackAfterTheClockJumped(t *testing.T) {
	w := newWorld(t)
	id := w.published("r1", bad)
	delete(w.texts, "r1")
	w.look(1000 * time.Hour)
	w.texts["r1"] = bad
	w.Wait(-990 * time.Hour)
	w.Must(w.all())
	if w.last(id).Do != outbound.Back {
		t.Errorf("%+v", w.last(id))
	}
}

// Watching keeps to its budget, and each reply has its turn all the same.
func TestWatchKeepsToItsBudget(t *testing.T) {
	w := newWorld(t)
	const many, hourly = 70, 10
	for i := range many {
		w.published(fmt.Sprint("r", i), bad)
	}
	w.watch.Hourly = map[string]float64{"cedar": hourly}
	for range 60 {
		w.look(time.Minute)
	}
	if w.asked < 2*hourly || w.asked > 3*hourly {
		t.Errorf("asked %d times in the first hour", w.asked)
	}
	for range 10 * 60 {
		w.look(time.Minute)
	}
	if len(w.recorded) != many {
		t.Errorf("%d of %d had their turn", len(w.recorded), many)
	}
}

// What could not be read back is counted.
func TestUnreadIsCounted(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		w.published(fmt.Sprint("r", i), bad)
	}
	w.mute["r3"] = true
	if unread, err := w.watch.LookAll(t.Context()); unread != 1 || err != nil {
		t.Errorf("%d, %v", unread, err)
	}
	w.failing = true
	if unread, err := w.watch.LookAll(t.Context()); unread != 7 || err != nil {
		t.Errorf("%d, %v", unread, err)
	}
}

// What a platform calls a code cannot carry words into the audit.
func TestFindingIsBounded(t *testing.T) {
	f := outbound.Finding{After: "none", Answer: strings.Repeat("Frau Müller\n", 50)}
	note := f.String()
	if len(note) > 80 || strings.ContainsAny(note, "ü\n") || len(strings.Fields(note)) != 2 {
		t.Errorf("%q", note)
	}
}
