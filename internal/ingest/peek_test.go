package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestPeeksBetweenSweeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard("one", "two", "three")
		p, s := newPoller(b)
		p.Every, p.Budget = 10*time.Second, 120
		run(t, p, 2*time.Hour)
		if b.looks[0].look != sweeping || b.looks[1].look != peeking {
			t.Error("the first look is no sweep, or the second one is")
		}
		if n := len(only(sweeping, b.looks)); n < 8 || n > 12 {
			t.Errorf("%d sweeps in two hours", n)
		}
		if n := len(only(peeking, b.looks)); n < 180 || n > 320 {
			t.Errorf("%d peeks in two hours", n)
		}
		if short, _ := gaps(b.looks); short < p.Every {
			t.Errorf("%v between two looks", short)
		}
		if got := s.events(); got != "0:1 1:1 2:1" {
			t.Errorf("events: %s", got)
		}
	})
}

// A source without a meter, such as a file, costs nothing and is swept each Every.
func TestWhatIsNotMeteredIsSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard("one")
		p, _ := newPoller(struct {
			Source
			Peeker
		}{b, b})
		p.Every = time.Minute
		run(t, p, time.Hour)
		if n := len(only(sweeping, b.looks)); n != len(b.looks) || n < 54 || n > 60 {
			t.Errorf("%d sweeps of %d looks in an hour", n, len(b.looks))
		}
	})
}

func TestWhatAPeekHandsOnComesOnce(t *testing.T) {
	b := newBoard("one", "two", "three")
	p, s := newPoller(b)
	p.begin(1)
	sweep(t, p)
	look := func(want string) {
		t.Helper()
		if err := p.peek(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.events(); got != want {
			t.Fatalf("events: %s, want %s", got, want)
		}
	}
	look("0:1 1:1 2:1")
	b.write("3", "four")
	look("0:1 1:1 2:1 3:1")
	b.write("3", "four, edited")
	look("0:1 1:1 2:1 3:2")
	b.write("0", "one, edited where no peek looks")
	look("0:1 1:1 2:1 3:2")
	sweep(t, p)
	look("0:2 1:1 2:1 3:2")
	b.items[3].Standing = Rejected
	look("0:2 1:1 2:1 3:3")
	sweep(t, p)
	if got := s.events(); got != "0:2 1:1 2:1 3:3" {
		t.Fatalf("events: %s", got)
	}
}

// A peek may show what a sweep leaves out: it is known from one to the next.
func TestKnownIsWhatWasHandedOn(t *testing.T) {
	b := newBoard("one", "two")
	p, s := newPoller(b)
	p.begin(1)
	sweep(t, p)
	b.write("2", "three")
	gone := p.Names.ID("facebook", "cedar", "erased")
	p.Erased = func(id string) bool { return id == gone }
	want := map[string]bool{"0": true, "1": true, "2": false, "erased": true, "never seen": false}
	b.atPeek = func(known Known) {
		for item, is := range want {
			if known(item) != is {
				t.Errorf("%s is known: %v", item, !is)
			}
		}
	}
	for range 3 {
		if err := p.peek(t.Context()); err != nil {
			t.Fatal(err)
		}
		want["2"] = true
		all := b.items
		b.items = all[:2] // the sweep leaves it out
		sweep(t, p)
		b.items = all
	}
	if got := s.events(); got != "0:1 1:1 2:1" {
		t.Errorf("events: %s", got)
	}
}

func TestAPeekThatFailsLosesNothing(t *testing.T) {
	for name, fail := range map[string]func(b *board, s *shelf, err error){
		"half of it":          func(b *board, _ *shelf, err error) { b.fails[peeking], b.breaks = err, true },
		"all of it":           func(b *board, _ *shelf, err error) { b.fails[peeking] = err },
		"the store refuses":   func(_ *board, s *shelf, err error) { s.fail = err },
		"it is never mended":  func(b *board, _ *shelf, err error) { b.fails[peeking] = err },
		"sweeps fail as well": func(b *board, _ *shelf, err error) { b.fails, b.breaks = [2]error{err, err}, true },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard("one", "two")
			p, s := newPoller(b)
			p.begin(1)
			sweep(t, p)
			mark := s.mark
			b.write("2", "three")
			b.write("3", "four")
			fail(b, s, errors.New("cut"))
			if err := p.peek(t.Context()); err == nil {
				t.Fatal("it did not fail")
			}
			if b.fails[sweeping] != nil {
				if _, err := p.Sweep(t.Context()); err == nil {
					t.Fatal("the sweep did not fail")
				}
			}
			if s.mark != mark {
				t.Fatal("the mark moved")
			}
			s.fail, b.fails[sweeping] = nil, nil
			if name != "it is never mended" {
				b.fails[peeking] = nil
				if err := p.peek(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			sweep(t, p)
			if got := s.events(); got != "0:1 1:1 2:1 3:1" {
				t.Errorf("events: %s", got)
			}
		})
	}
}

// peepingWall is a wall whose peeks show what they are told, and nothing else.
type peepingWall struct {
	*wall
	shows []string
}

func (w peepingWall) Meter() Meter { return Meter{} }

func (w peepingWall) Peek(ctx context.Context, _ Mark, _ Known, emit Emit) error {
	for _, item := range w.shows {
		w.items[w.id(item)] = item
		if err := emit(ctx, []Comment{{Platform: "facebook", Account: "cedar", Content: Content{Item: item, Post: "p", Text: item}}}); err != nil {
			return err
		}
	}
	return nil
}

// Only sweeps say what is gone: neither what a peek leaves out nor what it shows.
func TestPeeksSayNothingOfDeletions(t *testing.T) {
	p, w, _ := newWall(t, 4)
	peep := peepingWall{wall: w, shows: []string{"1", "new and gone at once"}}
	p.Source = peep
	w.remove("1") // but the peek shows it from a stale list
	asked := w.asked
	for range 3 {
		if err := p.peek(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if w.asked != asked || len(w.deleted) > 0 {
		t.Fatalf("after peeks %d were asked for and %v erased", w.asked-asked, w.deleted)
	}
	w.gone["new and gone at once"] = true
	w.known[w.id("new and gone at once")] = "new and gone at once" // the desk has it
	sweep(t, p)
	if slices.Sort(w.deleted); fmt.Sprint(w.deleted) != "[1 new and gone at once]" {
		t.Fatalf("erased %v", w.deleted)
	}
}
