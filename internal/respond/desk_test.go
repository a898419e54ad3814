package respond

import (
	"errors"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// TestLaneTable is the lane table of the policy, row by row.
func TestLaneTable(t *testing.T) {
	clearAbout := func(s classify.Subject) classify.Judgement {
		return classify.Judgement{Judged: true, Level: classify.Clear, Subject: s}
	}
	for name, tt := range map[string]struct {
		j    classify.Judgement
		lane Lane
		low  bool
		loud Loudness
	}{
		"urgent":                           {classify.Judgement{Judged: true, Urgent: true, Identifier: true, Level: classify.Clear, Subject: classify.Other}, LaneUrgent, false, Pages},
		"urgent without any detail":        {classify.Judgement{Judged: true, Urgent: true}, LaneUrgent, false, Pages},
		"language unknown":                 {classify.Judgement{WhyNot: classify.NotLanguage}, LaneLook, false, Hourly},
		"only a picture":                   {classify.Judgement{WhyNot: classify.NotMedia}, LaneLook, false, Hourly},
		"truncated":                        {classify.Judgement{WhyNot: classify.NotTruncated}, LaneLook, false, Hourly},
		"the platform's mode":              {classify.Judgement{WhyNot: classify.NotMode}, LaneRoutine, false, Silent},
		"identifier without detail":        {classify.Judgement{Judged: true, Identifier: true}, LaneIdentifier, false, Tells},
		"identifier with detail of family": {classify.Judgement{Judged: true, Identifier: true, Level: classify.Clear, Subject: classify.Family}, LaneIdentifier, false, Tells},
		"clear, family":                    {clearAbout(classify.Family), LaneOther, false, Tells},
		"clear, other":                     {clearAbout(classify.Other), LaneOther, false, Tells},
		"clear, self":                      {clearAbout(classify.Self), LaneClear, false, Tells},
		"possible and a question":          {classify.Judgement{Judged: true, Level: classify.Possible, Ask: classify.AsksPractice}, LanePossible, false, Digest},
		"possible":                         {classify.Judgement{Judged: true, Level: classify.Possible}, LanePossible, true, Digest},
		"none, asks about own care":        {classify.Judgement{Judged: true, Ask: classify.AsksOwnCare}, LanePossible, false, Digest},
		"none, asks about parking":         {classify.Judgement{Judged: true, Ask: classify.AsksPractice}, "", false, ""},
		"none":                             {classify.Judgement{Judged: true}, "", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			lane, low, ok := Place(tt.j)
			if lane != tt.lane || low != tt.low || ok != (tt.lane != "") || Plans[lane].Loudness != tt.loud {
				t.Fatalf("got %s low=%v ok=%v %s, want %s low=%v %s", lane, low, ok, Plans[lane].Loudness, tt.lane, tt.low, tt.loud)
			}
		})
	}
}

func TestVerdictThatComesTwiceFindsTheFirstCase(t *testing.T) {
	w := newWorld(t)
	v := clear(w.comment("c1", said))
	w.must(w.Take(t.Context(), []classify.Verdict{v, v}))
	w.approve(v.Comment.ID)
	w.must(w.Take(t.Context(), []classify.Verdict{v}))
	w.stands(v.Comment.ID, Approved)
	if n := w.cases.count(); n != 1 {
		t.Fatalf("%d cases", n)
	}
}

func TestSuggestionPassesTheGateAndSaysNothingOfTheComment(t *testing.T) {
	w := newWorld(t)
	c := w.get(w.open("c1"))
	if c.Suggestion == nil {
		t.Fatal("no suggestion")
	}
	for _, text := range []string{c.Suggestion.Text, c.Suggestion.Private} {
		if text == "" {
			t.Fatal("the public and the private text are both suggested for a clear case")
		}
		if p := w.Gate.Check(Outgoing{Text: text, Comment: said}); len(p) > 0 {
			t.Fatalf("%q: %+v", text, p)
		}
		for word := range strings.FieldsSeq(strings.ToLower(said)) {
			if len(word) > 5 && strings.Contains(strings.ToLower(text), word) {
				t.Fatalf("the suggestion says %q", word)
			}
		}
	}
}

func TestEditedComment(t *testing.T) {
	edit := func(w *world, v classify.Verdict) { w.must(w.Take(t.Context(), []classify.Verdict{v})) }
	t.Run("before it was sent: the approval is taken back", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.approve(id)
		edit(w, clear(w.comment("c1", "I bleed even more now")))
		w.stands(id, Waiting, "edited")
		w.wait(time.Hour)
		w.step()
		if len(w.plat.acts) > 0 {
			t.Fatal("the old approval went out")
		}
	})
	t.Run("to something harmless, and the first verdict comes late: no case", func(t *testing.T) {
		w := newWorld(t)
		first := clear(w.comment("c1", said))
		edit(w, classify.Verdict{Comment: w.comment("c1", "Thank you!"), Judgement: classify.Judgement{Judged: true}})
		edit(w, first)
		if n := w.cases.count(); n != 0 {
			t.Fatalf("%d cases about words that are gone", n)
		}
	})
	t.Run("to something harmless: nothing is left to do", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		edit(w, classify.Verdict{Comment: w.comment("c1", "Thank you!"), Judgement: classify.Judgement{Judged: true}})
		w.stands(id, Withdrawn)
	})
	t.Run("and back to what it said: it can be approved and sent", func(t *testing.T) {
		w := newWorld(t)
		first := clear(w.comment("c1", said))
		edit(w, first)
		edit(w, clear(w.comment("c1", "I bleed even more now")))
		edit(w, clear(w.comment("c1", said)))
		edit(w, first) // delivered late: it is overtaken
		id := first.Comment.ID
		w.approve(id)
		w.wait(time.Minute)
		w.step()
		w.stands(id, Sent)
	})
	t.Run("after it was sent: a person looks, and nothing is sent again", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.approve(id)
		w.wait(time.Minute)
		w.step()
		edit(w, clear(w.comment("c1", "I bleed even more now")))
		w.stands(id, Withdrawn)
		_, err := w.Approve(t.Context(), Decision{Case: id, By: "marta", Reply: safe})
		var cannot *CannotError
		if !errors.As(err, &cannot) {
			t.Fatalf("a second public reply: %v, want a refusal", err)
		}
		_, err = w.Handle(t.Context(), Decision{Case: id, By: "marta"})
		w.must(err)
		w.stands(id, Sent, "handled")
	})
}

func TestAnswerTypedOnThePlatform(t *testing.T) {
	t.Run("safe: the case is settled", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.must(w.Take(t.Context(), []classify.Verdict{{Comment: w.own("r1", "c1", safe)}}))
		w.stands(id, Withdrawn, "answered")
	})
	t.Run("safe, in the same batch: no case is opened", func(t *testing.T) {
		w := newWorld(t)
		c := w.comment("c1", said)
		w.must(w.Take(t.Context(), []classify.Verdict{clear(c), {Comment: w.own("r1", "c1", safe)}}))
		if n := w.cases.count(); n != 0 {
			t.Fatalf("%d cases", n)
		}
	})
	t.Run("says too much: take-down, and the case stays open", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		own := w.own("r1", "c1", "So sorry about the bleeding after your hysterectomy!")
		w.must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
		w.stands(id, Waiting)
		w.stands(own.ID, Waiting, "take-down")
	})
	t.Run("our own reply, read back: nothing changes", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.approve(id)
		w.wait(time.Minute)
		w.step()
		w.must(w.Take(t.Context(), []classify.Verdict{{Comment: w.own("r1", "c1", safe)}}))
		w.stands(id, Sent)
		if n := w.cases.count(); n != 1 {
			t.Fatalf("%d cases", n)
		}
	})
}

func TestTwoVersionsInOneBatch(t *testing.T) {
	w := newWorld(t)
	first, second := clear(w.comment("c1", said)), clear(w.comment("c1", "I want to die"))
	second.Urgent = true
	w.must(w.Take(t.Context(), []classify.Verdict{first, second}))
	if c := w.get(first.Comment.ID); c.Lane != LaneUrgent || c.Comment.Edit != 1 {
		t.Fatalf("lane %s, edit %d: the newer version is lost", c.Lane, c.Comment.Edit)
	}
}

func TestOwnReplyWhoseCommentHasNoCase(t *testing.T) {
	w := newWorld(t)
	own := w.own("r1", "harmless", "So sorry about your surgery!")
	w.must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
	w.stands(own.ID, Waiting, "take-down")
}

// The platform may say that a reply to a nested comment hangs under the top one.
func TestOurReplySettlesOnlyItsOwnCase(t *testing.T) {
	w := newWorld(t)
	top, nested := w.open("top"), w.open("nested")
	w.approve(nested)
	w.wait(time.Minute)
	w.step()
	w.must(w.Take(t.Context(), []classify.Verdict{{Comment: w.own("r1", "top", safe)}}))
	w.stands(nested, Sent)
	w.stands(top, Waiting)
}

func TestAnAnswerByHandLeavesTheHideToAPerson(t *testing.T) {
	w := newWorld(t)
	id := w.open("c1")
	_, err := w.Approve(t.Context(), Decision{Case: id, By: "marta", Reply: safe, Hide: "identifier"})
	w.must(err)
	w.must(w.Take(t.Context(), []classify.Verdict{{Comment: w.own("r1", "c1", safe)}}))
	w.stands(id, Withdrawn, "answered")
	if !w.get(id).Open() {
		t.Fatal("the approved hide was dropped unseen")
	}
}

func TestOwnReplyThatWasCorrected(t *testing.T) {
	w := newWorld(t)
	own := func(text string, edit int) ingest.Comment {
		c := w.own("r1", "c1", text)
		c.Edit = edit
		w.must(w.Take(t.Context(), []classify.Verdict{{Comment: c}}))
		return c
	}
	id := own("So sorry about the bleeding after your hysterectomy!", 0).ID
	w.stands(id, Waiting, "take-down")
	own("So sorry about your surgery!", 1)
	w.stands(id, Waiting, "take-down")
	own(safe, 2)
	w.stands(id, Withdrawn, "edited")
	own("So sorry about your surgery!", 1) // delivered late
	w.stands(id, Withdrawn)
}

func TestUnsafeTextIsNeverApproved(t *testing.T) {
	w := newWorld(t)
	id := w.open("c1")
	for _, text := range []string{
		"We are sorry to hear about the bleeding after your surgery.",
		"Thank you for trusting us with your care!",
	} {
		for _, dec := range []Decision{{Reply: text}, {Reply: safe, Private: text}} {
			dec.Case, dec.By = id, "marta"
			_, err := w.Approve(t.Context(), dec)
			var refused *RefusedError
			if !errors.As(err, &refused) || len(refused.Problems) == 0 {
				t.Errorf("%q: %v, want a refusal with places", text, err)
			}
		}
	}
	w.stands(id, Waiting)
}

func TestSlowerOneIsTold(t *testing.T) {
	w := newWorld(t)
	id := w.open("c1")
	step := w.get(id).Step()
	if _, err := w.Reveal(t.Context(), id, "priya"); err != nil {
		t.Fatal(err)
	}
	_, err := w.Dismiss(t.Context(), Decision{Case: id, Step: step, By: "priya"})
	w.must(err) // having looked is no step
	_, err = w.Approve(t.Context(), Decision{Case: id, Step: step, By: "marta", Reply: safe})
	if !errors.Is(err, ErrConflict) {
		t.Fatalf("got %v, want ErrConflict", err)
	}
	_, err = w.Undo(t.Context(), id, "priya")
	w.must(err)
	w.stands(id, Waiting, "dismissed")
}

func TestHidingNeedsAPrivacyReason(t *testing.T) {
	w := newWorld(t)
	id := w.open("c1")
	_, err := w.Approve(t.Context(), Decision{Case: id, By: "marta", Reply: safe, Hide: "rude"})
	var cannot *CannotError
	if !errors.As(err, &cannot) || !strings.Contains(cannot.Why, "Criticism is never one") {
		t.Fatalf("got %v", err)
	}
}

func TestFileCommentIsAnsweredByHand(t *testing.T) {
	w := newWorld(t)
	w.Accounts["export"] = Account{Lang: "en"}
	c := w.comment("c1", said)
	c.Account, c.Platform = "export", "file"
	w.must(w.Take(t.Context(), []classify.Verdict{clear(c)}))
	w.approve(c.ID)
	w.stands(c.ID, Manual)
	_, err := w.Handle(t.Context(), Decision{Case: c.ID, By: "marta"})
	w.must(err)
	w.stands(c.ID, Dismissed)
}

var _ ingest.Actor = (*platform)(nil)
