package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

var rule = Retention{Unflagged: 7 * day, Decided: 30 * day}

// retain retains and returns how many comments lost their texts.
func (p *practice) retain(t *testing.T) int {
	t.Helper()
	n, err := p.Retain(t.Context(), p.desk, rule)
	must(t, err)
	return n
}

func TestRetentionByClass(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		all := p.read(t, says(1, "no case"), says(2, "not judged"), says(3, "open"), says(4, "settled"), says(5, "going out"))
		p.judge(t, all[0], all[2], all[3], all[4])
		p.file(t, all[2])
		p.file(t, all[3], respond.Action{Kind: ingest.Reply, State: respond.Sent})
		p.file(t, all[4], respond.Action{Kind: ingest.Reply, State: respond.Approved})
		kept := func(when string, want ...int) {
			t.Helper()
			var got []int
			for i, c := range all {
				if p.opens(t, c.Key()) != "" {
					got = append(got, i)
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%s: kept %v, want %v", when, got, want)
			}
		}
		p.clock.pass(7*day - time.Minute)
		p.retain(t)
		kept("before 7 days", 0, 1, 2, 3, 4)
		p.clock.pass(2 * time.Minute)
		if n := p.retain(t); n != 1 {
			t.Errorf("%d erased", n)
		}
		kept("after 7 days", 1, 2, 3, 4)
		p.change(t, all[3].ID, func(c *respond.Case) { happens(c, p.now(), "handled") })
		p.clock.pass(30*day - time.Minute)
		p.change(t, all[3].ID, func(c *respond.Case) { happens(c, p.now(), respond.Revealed) }) // no step
		p.retain(t)
		kept("before 30 days after the last step", 1, 2, 3, 4)
		p.clock.pass(2 * time.Minute)
		p.retain(t)
		kept("after 30 days", 1, 2, 4)
		c, err := p.Cases.Get(t.Context(), all[3].ID)
		if err != nil || c.Erased != respond.WhyRetention || c.Judgement.Reasons != nil || len(c.Actions) != 1 {
			t.Errorf("settled case: %+v, %v", c, err)
		}
		p.clock.pass(3650 * day)
		if n := p.retain(t); n != 0 {
			t.Errorf("%d erased", n)
		}
		kept("after ten years", 1, 2, 4)
	})
}

// An edit that waits to be judged keeps the comment, whatever its first version
// came to; as it does after it was judged.
func TestRetentionWaitsForTheNewestVersion(t *testing.T) {
	p := open(t, t.TempDir())
	first := p.read(t, says(1, "no case"), says(2, "settled"))
	p.judge(t, first...)
	p.file(t, first[1], respond.Action{Kind: ingest.Reply, State: respond.Sent})
	p.clock.pass(31 * day)
	edited := p.read(t, says(1, "no case, edited"), says(2, "settled, edited"))
	if n := p.retain(t); n != 0 || p.opens(t, edited[0].Key()) == "" || p.opens(t, edited[1].Key()) == "" {
		t.Fatalf("%d lost their texts before they were judged", n)
	}
	p.judge(t, edited...)
	p.clock.pass(7*day - time.Minute)
	if n := p.retain(t); n != 0 {
		t.Fatalf("%d erased too early", n)
	}
	p.clock.pass(2 * time.Minute)
	if n := p.retain(t); n != 1 {
		t.Fatalf("%d erased after 7 days", n)
	}
	p.clock.pass(30 * day)
	if n := p.retain(t); n != 1 {
		t.Fatalf("%d erased after 30 days", n)
	}
}

// What was kept and never published, as a reading that was cut short leaves it,
// is nobody's to judge.
func TestRetentionErasesWhatWasNeverPublished(t *testing.T) {
	p := open(t, t.TempDir())
	left := p.name(says(1, "left"))
	must(t, p.Texts.Keep(t.Context(), left))
	p.read(t, says(2, "other words"))
	if n := p.retain(t); n != 0 {
		t.Fatalf("%d erased at once", n)
	}
	p.clock.pass(8 * day)
	if n := p.retain(t); n != 1 || len(p.subjects(t, left[0].ID)) != 0 {
		t.Fatalf("%d erased", n)
	}
}

func TestWhatRetentionErasedIsNotKeptAgain(t *testing.T) {
	dir := t.TempDir()
	p := open(t, dir)
	c := p.read(t, says(1, "words"))[0]
	p.judge(t, c)
	p.clock.pass(8 * day)
	if n := p.retain(t); n != 1 {
		t.Fatalf("%d erased", n)
	}
	p.stop(t)
	p = open(t, dir)
	p.read(t, says(1, "words")) // a poller that begins anew hands on everything
	if got := p.opens(t, c.Key()); got != "" {
		t.Errorf("it is back: %s", got)
	}
	if n, err := p.Comments.Count(t.Context()); n != 1 || err != nil {
		t.Errorf("%d events, %v", n, err)
	}
	edit := p.read(t, says(1, "other words"))[0]
	if got := p.opens(t, edit.Key()); got != "other words" {
		t.Errorf("the edit says %q", got)
	}
}

func TestRetentionGoesOnAfterATrouble(t *testing.T) {
	p := open(t, t.TempDir())
	all := p.read(t, says(1, "one"), says(2, "two"), says(3, "three"))
	p.judge(t, all...)
	p.file(t, all[0], respond.Action{Kind: ingest.Reply, State: respond.Sent})
	p.clock.pass(31 * day)
	n, err := p.Retain(t.Context(), &cutting{Scrubber: p.desk, cut: func() {}}, rule)
	if n != 2 || !errors.Is(err, errCut) || p.opens(t, all[0].Key()) == "" {
		t.Errorf("%d erased, %v", n, err)
	}
	if n := p.retain(t); n != 1 {
		t.Errorf("%d erased afterwards", n)
	}
}

// What a platform's terms let us keep until it is decided goes a minute after
// that: words, person, event and what the case knew. What is open stays, and so
// does what was judged.
func TestPurgeOfWhatMayNotBeKept(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		all := p.read(t, says(1, "decided"), says(2, "open"), says(3, "judged"))
		p.file(t, all[0], respond.Action{Kind: ingest.Reply, State: respond.Sent, Item: "aaaaaaaaaaaaaaaaaaaa"})
		p.file(t, all[1])
		p.file(t, all[2], respond.Action{Kind: ingest.Reply, State: respond.Sent})
		for _, c := range all[:2] {
			p.change(t, c.ID, func(c *respond.Case) { c.Lane = respond.LaneRoutine })
		}
		p.clock.pass(purgeAfter - time.Second)
		must(t, p.purge(t.Context(), p.desk))
		if p.opens(t, all[0].Key()) == "" {
			t.Fatal("gone while it could be taken back")
		}
		p.clock.pass(2 * time.Second)
		for range 2 { // the second time there is nothing to do
			must(t, p.purge(t.Context(), p.desk))
		}
		if p.opens(t, all[0].Key()) != "" || p.opens(t, all[1].Key()) == "" || p.opens(t, all[2].Key()) == "" {
			t.Error("the wrong words are gone")
		}
		c, err := p.Cases.Get(t.Context(), all[0].ID)
		if err != nil || c.Erased != respond.WhyTerms || c.Comment.Thread != "" || c.Actions[0].Item == "" || c.Open() {
			t.Errorf("the case is %+v, %v", c, err)
		}
		if !p.Gone.Has(all[0].ID) || p.Gone.Has(all[1].ID) {
			t.Error("what was purged may come back, or what is open may not")
		}
	})
}
