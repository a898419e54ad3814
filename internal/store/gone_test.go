package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/vault"
)

func decoded[T any](t *testing.T, data []byte) (v T) {
	t.Helper()
	must(t, json.Unmarshal(data, &v))
	return v
}

// full reads a comment in three versions, of which the practice answered one,
// and one of somebody else.
func full(t *testing.T, p *practice) (victim, other ingest.Comment) {
	t.Helper()
	victim = p.read(t, says(1, "first words"))[0]
	p.judge(t, victim)
	for _, text := range []string{"second words", "first words"} {
		victim = p.read(t, says(1, text))[0]
		p.judge(t, victim)
	}
	say := respond.Action{Kind: ingest.Reply, State: respond.Sent, Text: victim.ID + ".say-reply.abc"}
	must(t, p.Texts.Save(t.Context(), say.Text, "typed words"))
	other = p.read(t, says(2, "other words"))[0]
	p.judge(t, other)
	p.file(t, victim, say)
	p.file(t, other)
	return victim, other
}

// gone fails unless nothing is left of a comment but a tombstone and the fact.
func (p *practice) gone(t *testing.T, c ingest.Comment) {
	t.Helper()
	if left := p.subjects(t, c.ID); !slices.Equal(left, []string{"$KV.cases." + c.ID, "$KV.gone." + c.ID}) {
		t.Fatalf("left: %v", left)
	}
	left, err := p.Cases.Get(t.Context(), c.ID)
	must(t, err)
	if left.Erased == "" || left.Comment.Version != "" || left.Judgement.Reasons != nil || left.Suggestion.Text != "" {
		t.Fatalf("the case knows more than the fact: %+v", left)
	}
	if _, err := p.Said(t.Context(), c.ID); !errors.Is(err, respond.ErrGone) {
		t.Fatalf("Said = %v", err)
	}
	if stone, ok := p.Gone.bucket.Peek(c.ID); !ok || !stone.Value.Done || stone.Value.By != "dana" {
		t.Fatalf("tombstone: %+v, %v", stone, ok)
	}
	if n := count(p.told(t), "erasure-ordered", c.ID); n != 1 {
		t.Fatalf("%d orders in the audit", n)
	}
}

func TestEraseLeavesTheFactAndATombstone(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		victim, other := full(t, p)
		if n := len(p.subjects(t, victim.ID)); n != 3+3+3+3+1 { // texts, keys, comments, verdicts, case
			t.Fatalf("%d things under the id before: the test shows nothing", n)
		}
		for range 2 { // a second time is harmless, and no second act
			p.erase(t, victim.ID)
			p.gone(t, victim)
		}
		order := p.told(t)[0]
		if order.By != "dana" || order.OS != "root" || order.From != "command" || order.Note != respond.WhyRequest {
			t.Errorf("order: %+v", order.Act)
		}
		// Nothing brings it back, neither what is read again nor what was under way.
		p.read(t, says(1, "first words"), says(1, "third words"))
		must(t, p.Verdicts.Publish(t.Context(), []classify.Verdict{{Comment: victim}}))
		must(t, p.desk.TakeDead(t.Context(), victim.ID, nil))
		p.gone(t, victim)
		if p.opens(t, other.Key()) != "other words" || len(p.subjects(t, other.ID)) != 5 {
			t.Error("another comment lost something")
		}
		for id, want := range map[string]bool{victim.ID: true, other.ID: true, "nobody": false} {
			if got, err := p.Knows(t.Context(), id); got != want || err != nil {
				t.Errorf("Knows(%s) = %v, %v", id, got, err)
			}
		}
	})
}

var errCut = errors.New("cut short")

// cutting is a desk that breaks after some erasures.
type cutting struct {
	Scrubber
	left int
	cut  func()
}

func (c *cutting) Erase(ctx context.Context, e respond.Erasure) error {
	if c.left--; c.left < 0 {
		c.cut()
		return errCut
	}
	return c.Scrubber.Erase(ctx, e)
}

func TestMendFinishesWhatWasCutShort(t *testing.T) {
	for _, step := range []string{"tombstone", "case", "case and bus", "texts", "verdicts", "comments"} {
		t.Run(step, func(t *testing.T) {
			p := open(t, t.TempDir())
			victim, _ := full(t, p)
			stone := tombstone{ID: victim.ID, At: p.now(), By: "dana", OS: "root", From: "command", Why: respond.WhyRequest}
			desk := &cutting{Scrubber: p.desk, cut: func() {}}
			switch step {
			case "case and bus":
				desk.cut = func() { must(t, p.bus.Close()) }
				fallthrough
			case "case":
				if err := p.Erase(t.Context(), desk, Erasure{Comment: victim.ID, Why: respond.WhyRequest, Act: byDana}); !errors.Is(err, errCut) {
					t.Fatalf("Erase = %v", err)
				}
			default: // a process that died on the way
				_, err := p.Gone.bucket.Insert(t.Context(), stone)
				must(t, err)
			}
			switch step {
			case "comments":
				must(t, p.Comments.topic.Erase(t.Context(), victim.ID))
				fallthrough
			case "verdicts":
				must(t, p.Verdicts.topic.Erase(t.Context(), victim.ID))
				fallthrough
			case "texts":
				must(t, p.Texts.erase(t.Context(), victim.ID))
			}
			if step == "case and bus" {
				p = open(t, p.dir)
			}
			if !p.Gone.Has(victim.ID) {
				t.Fatal("it is not gone at once")
			}
			for range 2 {
				must(t, p.Mend(t.Context(), p.desk))
				p.gone(t, victim)
			}
		})
	}
}

func TestWhatWasErasedWhileItWasKept(t *testing.T) {
	p := open(t, t.TempDir())
	c := p.name(says(1, "words"))
	p.erase(t, c[0].ID) // as another process does between the first look and the last
	must(t, p.Texts.vault.Keep(t.Context(), []vault.Text{{Name: c[0].Key(), Body: []byte("{}")}}))
	p.read(t, says(2, "other words"))
	if n := len(p.subjects(t, c[0].ID)); n != 3 {
		t.Fatalf("%d things under the id: the test shows nothing", n)
	}
	p.clock.pass(8 * day)
	n, err := p.Retain(t.Context(), p.desk, rule)
	if left := p.subjects(t, c[0].ID); n != 1 || err != nil || len(left) != 1 {
		t.Errorf("%d erased, %v; left: %v", n, err, left)
	}
}

func TestWrittenFindsAllOfAnAuthorAndNothingElse(t *testing.T) {
	p := open(t, t.TempDir())
	var all []ingest.Comment
	want := map[string]bool{}
	for n := range 2000 {
		c := says(n, fmt.Sprint("words ", n))
		switch n % 4 {
		case 1:
			c.Platform, c.Account = "youtube", "tube"
		case 2:
			c.Content.AuthorID = ""
		}
		all = append(all, c)
	}
	named := p.read(t, all...)
	for _, c := range named {
		want[c.ID] = c.Platform == "facebook" && c.Content.AuthorID == "person3"
	}
	edited := all[3]
	edited.Content.Text = "edited words"
	p.read(t, edited)
	looked := 0
	found, err := p.Written(t.Context(), "facebook", "person3", func(n int) { looked = n })
	must(t, err)
	for _, id := range found {
		if !want[id] {
			t.Errorf("%s is not his", id)
		}
		delete(want, id)
	}
	left := 0
	for _, his := range want {
		if his {
			left++
		}
	}
	if len(found) != 20 || left != 0 || looked != 2000 {
		t.Errorf("found %d, missed %d, looked at %d", len(found), left, looked)
	}
	// One that is gone is not found, one that cannot be opened keeps nobody's.
	p.erase(t, found[0])
	must(t, p.Texts.vault.Erase(t.Context(), named[0].Key()))
	again, err := p.Written(t.Context(), "facebook", "person3", func(int) {})
	if len(again) != 19 || err != nil {
		t.Errorf("found %d, %v", len(again), err)
	}
}

func TestWrittenSaysWhatItCouldNotOpen(t *testing.T) {
	p := open(t, t.TempDir())
	named := p.read(t, says(1, "his"), says(2, "sealed otherwise"))
	other, err := vault.New(vault.Options{Texts: sealed{p.Texts.blobs}, Keys: sealed{p.keys(t)}, Ring: vault.Ring{{2}}})
	must(t, err)
	must(t, p.Texts.erase(t.Context(), named[1].ID))
	must(t, other.Keep(t.Context(), []vault.Text{{Name: named[1].Key(), Body: []byte("{}")}}))
	found, err := p.Written(t.Context(), "facebook", "person1", func(int) {})
	if !slices.Equal(found, []string{named[0].ID}) || err == nil || !strings.HasPrefix(err.Error(), "1 texts cannot") {
		t.Errorf("found %v, %v", found, err)
	}
}
