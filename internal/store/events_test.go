package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"triage/internal/bus"
	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

func TestVersionsAreNumberedAsTheyWereSeen(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		var want []string
		for i, text := range []string{"a", "a", "b", "b", "a", "c"} {
			c := p.read(t, says(1, text), says(2, "other"))[0]
			if n := len(want); n == 0 || want[n-1] != c.Version {
				want = append(want, c.Version)
			}
			if n, err := p.Comments.Newest(t.Context(), c.ID); n != len(want)-1 || err != nil {
				t.Fatalf("step %d: the newest is %d, %v", i, n, err)
			}
		}
		both := p.name(says(1, "d"), says(1, "e")) // two versions at once
		must(t, p.Comments.Publish(t.Context(), both))
		want = append(want, both[0].Version, both[1].Version)
		var got []string
		must(t, p.Comments.topic.Each(t.Context(), func(c comment) error {
			if c.ID == both[0].ID {
				got = append(got, c.Version)
				if c.Edit != len(got)-1 {
					t.Errorf("event %d has the number %d", len(got)-1, c.Edit)
				}
			}
			return nil
		}))
		if !slices.Equal(got, want) {
			t.Errorf("%d events, want %d", len(got), len(want))
		}
	})
}

// What the platform's review came to is news, though the text is the same.
func TestAnotherStandingIsAnotherEvent(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		for i, standing := range []ingest.Standing{ingest.Pending, ingest.Pending, ingest.Rejected, ingest.Rejected, ingest.Shown} {
			c := says(1, "Thank you for your words.")
			c.Standing = standing
			c = p.read(t, c)[0]
			want := []int{0, 0, 1, 1, 2}[i]
			if n, err := p.Comments.Newest(t.Context(), c.ID); n != want || err != nil {
				t.Fatalf("step %d: the newest is %d, %v, want %d", i, n, err, want)
			}
		}
	})
}

// dead is what was given up: the ids, and which of them came with a comment.
type dead struct {
	mu sync.Mutex
	m  map[string]bool
}

func (d *dead) take(desk *respond.Desk) Dead {
	return func(ctx context.Context, id string, c *ingest.Comment) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.m == nil {
			d.m = map[string]bool{}
		}
		d.m[id] = c != nil
		return desk.TakeDead(ctx, id, c)
	}
}

// An event that cannot be read and one that breaks whoever handles it become
// cases for a person, and hold up nothing else.
func TestDeadLettersBecomeCases(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		all := p.read(t, says(1, "good"), says(2, "breaks"), says(3, "good as well"), says(4, "unreadable as a verdict"))
		unreadable := p.names.ID("facebook", "main", "unreadable")
		for stream, key := range map[string]string{"comments": unreadable, "verdicts": all[3].ID} {
			raw, err := bus.NewBlobs(t.Context(), p.bus, stream)
			must(t, err)
			_, err = raw.Create(t.Context(), []bus.Blob{{Key: key + ".0", Data: []byte("no event")}})
			must(t, err)
		}
		var given dead
		broken := fmt.Errorf("broken: %w", bus.ErrPoison)
		judging := beside(t, func(ctx context.Context) error {
			return p.Comments.Consume(ctx, func(ctx context.Context, batch []ingest.Comment) error {
				var verdicts []classify.Verdict
				for _, c := range batch {
					if c.ID == all[1].ID {
						return broken
					}
					verdicts = append(verdicts, classify.Verdict{Comment: c, At: p.now()})
				}
				return p.Verdicts.Publish(ctx, verdicts)
			}, given.take(p.desk))
		})
		var mu sync.Mutex
		got := map[string]bool{}
		opening := beside(t, func(ctx context.Context) error {
			return p.Verdicts.Consume(ctx, func(_ context.Context, batch []classify.Verdict) error {
				mu.Lock()
				defer mu.Unlock()
				for _, v := range batch {
					got[v.Comment.ID] = true
				}
				return nil
			}, given.take(p.desk))
		})
		until(t, "everything went through", func() bool {
			waiting, _, err := p.Comments.Flow(t.Context())
			behind, through, errTo := p.Verdicts.Flow(t.Context())
			mu.Lock()
			defer mu.Unlock()
			return errors.Join(err, errTo) == nil && waiting == 0 && behind == 0 && through == 3 && len(got) == 2
		})
		judging()
		opening()
		if !got[all[0].ID] || !got[all[2].ID] || len(got) != 2 {
			t.Errorf("%d went through", len(got))
		}
		for id, known := range map[string]bool{unreadable: false, all[1].ID: true, all[3].ID: false} {
			c, err := p.Cases.Get(t.Context(), id)
			must(t, err)
			if c.Lane != respond.LaneLook || c.Judgement.WhyNot != respond.NotHandled || given.m[id] != known || (c.Comment.Version != "") != known {
				t.Errorf("case: %+v", c)
			}
		}
		if len(given.m) != 3 {
			t.Errorf("given up: %v", given.m)
		}
	})
}

func TestNobodyReadsAnAccount(t *testing.T) {
	p := open(t, t.TempDir())
	at := time.Now()
	p.Sources.now = func() time.Time { return at }
	is := func(why string, since time.Time) {
		t.Helper()
		if h := p.Sources.Of("facebook", "main"); h.Why != why || h.Stuck != (why == unread) || !h.Since.Equal(since) || h.Platform != "facebook" || h.Account != "main" {
			t.Fatalf("health: %+v", h)
		}
	}
	began := at
	is("", time.Time{})
	at = at.Add(60 * time.Second)
	is("", time.Time{})
	at = at.Add(time.Second)
	is(unread, began)
	// Whoever reports may have another clock.
	ok := ingest.Health{Platform: "facebook", Account: "main", LastOK: at.Add(-time.Hour)}
	must(t, p.Sources.Report(t.Context(), ok))
	reported := at
	is("", time.Time{})
	at = at.Add(61 * time.Second)
	is(unread, reported)
	must(t, p.Sources.Report(t.Context(), ok)) // the same once more is a sign of life
	is("", time.Time{})
	since := at.Add(-2 * time.Hour)
	ok.Since, ok.Why = since, "the token is no longer valid"
	must(t, p.Sources.Report(t.Context(), ok))
	at = at.Add(time.Hour)
	is(ok.Why, since)
}

func TestMarksOfAStaleReaderAreRefused(t *testing.T) {
	p := open(t, t.TempDir())
	m, err := p.Marks.Load(t.Context(), "facebook", "main")
	if err != nil || m != (ingest.Mark{}) {
		t.Fatalf("an account never read: %+v, %v", m, err)
	}
	must(t, p.Marks.Save(t.Context(), "facebook", "main", ingest.Mark{Offset: 1}, 2))
	if err := p.Marks.Save(t.Context(), "facebook", "main", ingest.Mark{Offset: 9}, 1); !errors.Is(err, ingest.ErrStale) {
		t.Errorf("Save = %v", err)
	}
	if m, err := p.Marks.Load(t.Context(), "facebook", "main"); err != nil || m.Offset != 1 {
		t.Errorf("the mark is %+v, %v", m, err)
	}
}

func TestSessionsEnd(t *testing.T) {
	p := open(t, t.TempDir())
	must(t, p.Sessions.Commit("old", []byte("a"), time.Now().Add(-time.Second)))
	must(t, p.Sessions.Commit("new", []byte("b"), time.Now().Add(time.Hour)))
	must(t, p.Sessions.prune(t.Context()))
	for token, want := range map[string]bool{"old": false, "new": true, "none": false} {
		if data, found, err := p.Sessions.Find(token); found != want || err != nil || found && string(data) != "b" {
			t.Errorf("%s: %q, %v, %v", token, data, found, err)
		}
	}
	if n := p.Sessions.bucket.Len(); n != 1 {
		t.Errorf("%d sessions are left", n)
	}
	must(t, p.Sessions.Delete("new"))
	if _, found, err := p.Sessions.Find("new"); found || err != nil {
		t.Errorf("signed out and still in: %v", err)
	}
	must(t, p.bus.Close()) // a store that takes nothing says so of who is not known
	if err := p.Sessions.Commit("another", nil, time.Now().Add(time.Hour)); err == nil {
		t.Error("a session was not stored, and nobody is told")
	}
}
