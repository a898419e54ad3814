package alert

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestOneFailingNotifierDoesNotKeepAnotherFromTelling(t *testing.T) {
	for _, order := range []string{"first", "last"} {
		w := newWatch(t, trouble(Page))
		broken := &phone{err: errors.New("no line")}
		if w.Notifiers = []Notifier{broken, w.phone}; order == "last" {
			w.Notifiers = []Notifier{w.phone, broken}
		}
		w.tells(1, 0, "new")
		w.tells(0, time.Minute, "remembered")
		w.check.alerts = nil
		w.tells(1, time.Minute, "over")
	}
}

func TestNobodyToldIsNotRemembered(t *testing.T) {
	w := newWatch(t, trouble(Page))
	w.phone.err = errors.New("no line")
	if err := w.Look(t.Context()); err == nil || !strings.Contains(err.Error(), "nobody was told of cases/clear/cedar") {
		t.Fatalf("error %v", err)
	}
	w.phone.err = nil
	if m := w.tells(1, time.Second, "at the next look")[0]; m.Times != 1 {
		t.Errorf("told as %+v", m)
	}
	w.check.alerts, w.phone.err = nil, errors.New("no line")
	if err := w.Look(t.Context()); err == nil {
		t.Fatal("nobody was told that it is over, and no error")
	}
	w.phone.err = nil
	w.tells(1, time.Second, "over, at the next look")
}

// full is a Memory whose store takes nothing.
type full struct{ memory }

var errFull = errors.New("no room")

func (full) Put(context.Context, Told) error      { return errFull }
func (full) Delete(context.Context, string) error { return errFull }

func TestFullStoreDoesNotTellAtEveryLook(t *testing.T) {
	w := newWatch(t, trouble(Page))
	room := w.Memory
	for _, step := range []struct {
		room  bool
		lasts bool
		tells int
	}{{false, true, 1}, {false, true, 0}, {true, true, 0}, {false, false, 1}, {false, false, 0}, {true, false, 0}} {
		if w.Memory = room; !step.room {
			w.Memory = full{room.(memory)}
		}
		if w.check.alerts = nil; step.lasts {
			w.check.alerts = []Alert{trouble(Page)}
		}
		w.phone.got, w.clock = nil, w.clock.Add(30*time.Second)
		if err := w.Look(t.Context()); errors.Is(err, errFull) == step.room || len(w.phone.got) != step.tells {
			t.Errorf("%+v: told %v, error %v", step, w.phone.got, err)
		}
		if n := len(room.All()); step.room && n > 0 != step.lasts {
			t.Errorf("%+v: %d remembered", step, n)
		}
	}
}

func TestNoNotifierIsSaid(t *testing.T) {
	w := newWatch(t, trouble(Page))
	w.Notifiers = nil
	if err := w.Look(t.Context()); err == nil || strings.Contains(err.Error(), "%!") {
		t.Errorf("error %v", err)
	}
}
