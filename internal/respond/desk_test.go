package respond_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// TestLaneTable is the lane table of the policy, row by row.
func TestLaneTable(t *testing.T) {
	clearAbout := func(s classify.Subject) classify.Judgement {
		return classify.Judgement{Judged: true, Level: classify.Clear, Subject: s}
	}
	for name, tt := range map[string]struct {
		j    classify.Judgement
		lane respond.Lane
		low  bool
		loud respond.Loudness
	}{
		"urgent":                           {classify.Judgement{Judged: true, Urgent: true, Identifier: true, Level: classify.Clear, Subject: classify.Other}, respond.LaneUrgent, false, respond.Pages},
		"urgent without any detail":        {classify.Judgement{Judged: true, Urgent: true}, respond.LaneUrgent, false, respond.Pages},
		"language unknown":                 {classify.Judgement{WhyNot: classify.NotLanguage}, respond.LaneLook, false, respond.Hourly},
		"only a picture":                   {classify.Judgement{WhyNot: classify.NotMedia}, respond.LaneLook, false, respond.Hourly},
		"truncated":                        {classify.Judgement{WhyNot: classify.NotTruncated}, respond.LaneLook, false, respond.Hourly},
		"the platform's mode":              {classify.Judgement{WhyNot: classify.NotMode}, respond.LaneRoutine, false, respond.Silent},
		"identifier without detail":        {classify.Judgement{Judged: true, Identifier: true}, respond.LaneIdentifier, false, respond.Tells},
		"identifier with detail of family": {classify.Judgement{Judged: true, Identifier: true, Level: classify.Clear, Subject: classify.Family}, respond.LaneIdentifier, false, respond.Tells},
		"clear, family":                    {clearAbout(classify.Family), respond.LaneOther, false, respond.Tells},
		"clear, other":                     {clearAbout(classify.Other), respond.LaneOther, false, respond.Tells},
		"clear, self":                      {clearAbout(classify.Self), respond.LaneClear, false, respond.Tells},
		"possible and a question":          {classify.Judgement{Judged: true, Level: classify.Possible, Ask: classify.AsksPractice}, respond.LanePossible, false, respond.Digest},
		"possible":                         {classify.Judgement{Judged: true, Level: classify.Possible}, respond.LanePossible, true, respond.Digest},
		"none, asks about own care":        {classify.Judgement{Judged: true, Ask: classify.AsksOwnCare}, respond.LanePossible, false, respond.Digest},
		"none, asks about parking":         {classify.Judgement{Judged: true, Ask: classify.AsksPractice}, "", false, ""},
		"none":                             {classify.Judgement{Judged: true}, "", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			lane, low, ok := respond.Place(tt.j)
			if lane != tt.lane || low != tt.low || ok != (tt.lane != "") || respond.Plans[lane].Loudness != tt.loud {
				t.Fatalf("got %s low=%v ok=%v %s, want %s low=%v %s", lane, low, ok, respond.Plans[lane].Loudness, tt.lane, tt.low, tt.loud)
			}
		})
	}
}

func TestVerdictThatComesTwiceFindsTheFirstCase(t *testing.T) {
	w := newWorld(t)
	v := desktest.Clear(w.Comment("c1", desktest.Said))
	w.Must(w.Take(t.Context(), []classify.Verdict{v, v}))
	w.Answer(v.Comment.ID)
	w.Must(w.Take(t.Context(), []classify.Verdict{v}))
	w.Stands(v.Comment.ID, respond.Approved)
	if n := w.Stored.Count(); n != 1 {
		t.Fatalf("%d cases", n)
	}
}

func TestSuggestionPassesTheGateAndSaysNothingOfTheComment(t *testing.T) {
	w := newWorld(t)
	c := w.Get(w.Open("c1"))
	if c.Suggestion == nil {
		t.Fatal("no suggestion")
	}
	for _, text := range []string{c.Suggestion.Text, c.Suggestion.Private} {
		if text == "" {
			t.Fatal("the public and the private text are both suggested for a clear case")
		}
		if p := w.Gate.Check(respond.Outgoing{Text: text, Comment: desktest.Said}); len(p) > 0 {
			t.Fatalf("%q: %+v", text, p)
		}
		for word := range strings.FieldsSeq(strings.ToLower(desktest.Said)) {
			if len(word) > 5 && strings.Contains(strings.ToLower(text), word) {
				t.Fatalf("the suggestion says %q", word)
			}
		}
	}
}

func TestEditedComment(t *testing.T) {
	edit := func(w *world, v classify.Verdict) { w.Must(w.Take(t.Context(), []classify.Verdict{v})) }
	t.Run("before it was sent: the approval is taken back", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Answer(id)
		edit(w, desktest.Clear(w.Comment("c1", "I bleed even more now")))
		w.Stands(id, respond.Waiting, "edited")
		w.Wait(time.Hour)
		w.Step()
		if len(w.Plat.Acts) > 0 {
			t.Fatal("the old approval went out")
		}
	})
	t.Run("into another lane: it is there since then", func(t *testing.T) {
		w := newWorld(t)
		v := desktest.Clear(w.Comment("c1", desktest.Said))
		edit(w, v)
		opened := w.Get(v.Comment.ID).Opened
		w.Wait(time.Hour)
		edit(w, desktest.Clear(w.Comment("c1", "I bleed more")))
		if c := w.Get(v.Comment.ID); c.Lane != respond.LaneClear || !c.Placed().Equal(opened) {
			t.Errorf("it is in lane %s since %v, opened %v", c.Lane, c.Placed(), opened)
		}
		edit(w, classify.Verdict{Comment: w.Comment("c1", "I bleed more and may faint"), Judgement: classify.Judgement{Judged: true, Urgent: true, Lang: "en"}})
		if c := w.Get(v.Comment.ID); c.Lane != respond.LaneUrgent || !c.Opened.Equal(opened) || !c.Placed().Equal(w.Clock) {
			t.Errorf("it is in lane %s since %v, opened %v", c.Lane, c.Placed(), opened)
		}
	})
	t.Run("to something harmless, and the first verdict comes late: no case", func(t *testing.T) {
		w := newWorld(t)
		first := desktest.Clear(w.Comment("c1", desktest.Said))
		edit(w, classify.Verdict{Comment: w.Comment("c1", "Thank you!"), Judgement: classify.Judgement{Judged: true}})
		edit(w, first)
		if n := w.Stored.Count(); n != 0 {
			t.Fatalf("%d cases about words that are gone", n)
		}
	})
	t.Run("to something harmless: nothing is left to do", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		edit(w, classify.Verdict{Comment: w.Comment("c1", "Thank you!"), Judgement: classify.Judgement{Judged: true}})
		w.Stands(id, respond.Withdrawn)
	})
	t.Run("and back to what it desktest.Said: it can be approved and sent", func(t *testing.T) {
		w := newWorld(t)
		first := desktest.Clear(w.Comment("c1", desktest.Said))
		edit(w, first)
		edit(w, desktest.Clear(w.Comment("c1", "I bleed even more now")))
		edit(w, desktest.Clear(w.Comment("c1", desktest.Said)))
		edit(w, first) // delivered late: it is overtaken
		id := first.Comment.ID
		w.Answer(id)
		w.Wait(time.Minute)
		w.Step()
		w.Stands(id, respond.Sent)
	})
	t.Run("after it was sent: a person looks, and nothing is sent again", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Answer(id)
		w.Wait(time.Minute)
		w.Step()
		edit(w, desktest.Clear(w.Comment("c1", "I bleed even more now")))
		w.Stands(id, respond.Withdrawn)
		_, err := w.Approve(t.Context(), respond.Decision{Case: id, By: "marta", Reply: desktest.Safe})
		var cannot *respond.CannotError
		if !errors.As(err, &cannot) {
			t.Fatalf("a second public reply: %v, want a refusal", err)
		}
		_, err = w.Handle(t.Context(), respond.Decision{Case: id, By: "marta"})
		w.Must(err)
		w.Stands(id, respond.Sent, "handled")
	})
}

func TestAnswerTypedOnThePlatform(t *testing.T) {
	t.Run("safe: the case is settled", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: w.Own("r1", "c1", desktest.Safe)}}))
		w.Stands(id, respond.Withdrawn, "answered")
	})
	t.Run("safe, in the same batch: no case is opened", func(t *testing.T) {
		w := newWorld(t)
		c := w.Comment("c1", desktest.Said)
		w.Must(w.Take(t.Context(), []classify.Verdict{desktest.Clear(c), {Comment: w.Own("r1", "c1", desktest.Safe)}}))
		if n := w.Stored.Count(); n != 0 {
			t.Fatalf("%d cases", n)
		}
	})
	t.Run("says too much: take-down, and the case stays open", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		own := w.Own("r1", "c1", "So sorry about the bleeding after your hysterectomy!")
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
		w.Stands(id, respond.Waiting)
		w.Stands(own.ID, respond.Waiting, "take-down")
	})
	t.Run("our own reply, read back: nothing changes", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Answer(id)
		w.Wait(time.Minute)
		w.Step()
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: w.Own("r1", "c1", desktest.Safe)}}))
		w.Stands(id, respond.Sent)
		if n := w.Stored.Count(); n != 1 {
			t.Fatalf("%d cases", n)
		}
	})
}

func TestTwoVersionsInOneBatch(t *testing.T) {
	w := newWorld(t)
	first, second := desktest.Clear(w.Comment("c1", desktest.Said)), desktest.Clear(w.Comment("c1", "I want to die"))
	second.Urgent = true
	w.Must(w.Take(t.Context(), []classify.Verdict{first, second}))
	if c := w.Get(first.Comment.ID); c.Lane != respond.LaneUrgent || c.Comment.Edit != 1 {
		t.Fatalf("lane %s, edit %d: the newer version is lost", c.Lane, c.Comment.Edit)
	}
}

func TestOwnReplyWhoseCommentHasNoCase(t *testing.T) {
	w := newWorld(t)
	own := w.Own("r1", "harmless", "So sorry about your surgery!")
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
	w.Stands(own.ID, respond.Waiting, "take-down")
}

// The platform may say that a reply to a nested comment hangs under the top one.
func TestOurReplySettlesOnlyItsOwnCase(t *testing.T) {
	w := newWorld(t)
	top, nested := w.Open("top"), w.Open("nested")
	w.Answer(nested)
	w.Wait(time.Minute)
	w.Step()
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: w.Own("r1", "top", desktest.Safe)}}))
	w.Stands(nested, respond.Sent)
	w.Stands(top, respond.Waiting)
}

func TestAnAnswerByHandLeavesTheHideToAPerson(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	_, err := w.Approve(t.Context(), respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Hide: "identifier"})
	w.Must(err)
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: w.Own("r1", "c1", desktest.Safe)}}))
	w.Stands(id, respond.Withdrawn, "answered")
	if !w.Get(id).Open() {
		t.Fatal("the approved hide was dropped unseen")
	}
}

func TestOwnReplyThatWasCorrected(t *testing.T) {
	w := newWorld(t)
	own := func(text string, edit int) ingest.Comment {
		c := w.Own("r1", "c1", text)
		c.Edit = edit
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: c}}))
		return c
	}
	id := own("So sorry about the bleeding after your hysterectomy!", 0).ID
	w.Stands(id, respond.Waiting, "take-down")
	own("So sorry about your surgery!", 1)
	w.Stands(id, respond.Waiting, "take-down")
	own(desktest.Safe, 2)
	w.Stands(id, respond.Withdrawn, "edited")
	own("So sorry about your surgery!", 1) // delivered late
	w.Stands(id, respond.Withdrawn)
}

func TestUnsafeTextIsNeverApproved(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	for _, text := range []string{
		"We are sorry to hear about the bleeding after your surgery.",
		"Thank you for trusting us with your care!",
	} {
		for _, dec := range []respond.Decision{{Reply: text}, {Reply: desktest.Safe, Private: text}} {
			dec.Case, dec.By = id, "marta"
			_, err := w.Approve(t.Context(), dec)
			var refused *respond.RefusedError
			if !errors.As(err, &refused) || len(refused.Problems) == 0 {
				t.Errorf("%q: %v, want a refusal with places", text, err)
			}
		}
	}
	w.Stands(id, respond.Waiting)
}

func TestSlowerOneIsTold(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	step := w.Get(id).Step()
	if _, err := w.Reveal(t.Context(), id, "priya"); err != nil {
		t.Fatal(err)
	}
	_, err := w.Dismiss(t.Context(), respond.Decision{Case: id, Step: step, By: "priya"})
	w.Must(err) // having looked is no step
	_, err = w.Approve(t.Context(), respond.Decision{Case: id, Step: step, By: "marta", Reply: desktest.Safe})
	if !errors.Is(err, respond.ErrConflict) {
		t.Fatalf("got %v, want ErrConflict", err)
	}
	_, err = w.Undo(t.Context(), id, "priya")
	w.Must(err)
	w.Stands(id, respond.Waiting, "dismissed")
}

func TestHidingNeedsAPrivacyReason(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	_, err := w.Approve(t.Context(), respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Hide: "rude"})
	var cannot *respond.CannotError
	if !errors.As(err, &cannot) || !strings.Contains(cannot.Why, "Criticism is never one") {
		t.Fatalf("got %v", err)
	}
}

func TestFileCommentIsAnsweredByHand(t *testing.T) {
	w := newWorld(t)
	w.Accounts["export"] = respond.Account{Lang: "en"}
	c := w.Comment("c1", desktest.Said)
	c.Account, c.Platform = "export", "file"
	w.Must(w.Take(t.Context(), []classify.Verdict{desktest.Clear(c)}))
	w.Answer(c.ID)
	w.Stands(c.ID, respond.Manual)
	_, err := w.Handle(t.Context(), respond.Decision{Case: c.ID, By: "marta"})
	w.Must(err)
	w.Stands(c.ID, respond.Dismissed)
}
