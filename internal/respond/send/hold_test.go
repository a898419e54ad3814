package send

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// quiet opens a world at 23:00 whose quiet hours are from ten to seven.
func quiet(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	hours, err := respond.ParseHours("22:00-07:00", time.UTC)
	w.Must(err)
	w.Live.Quiet, w.Clock = hours, time.Date(2026, 9, 1, 23, 0, 0, 0, time.UTC)
	return w
}

// openIn makes a case of that lane.
func (w *world) openIn(lane respond.Lane, item string) string {
	w.T.Helper()
	v := desktest.Clear(w.Comment(item, desktest.Said))
	switch lane {
	case respond.LaneUrgent:
		v.Urgent = true
	case respond.LaneIdentifier:
		v.Identifier = true
	case respond.LaneOther:
		v.Subject = classify.Family
	case respond.LanePossible:
		v.Level = classify.Possible
	case respond.LaneRoutine:
		v.Judgement = classify.Judgement{WhyNot: classify.NotMode}
	case respond.LaneLook:
		v.Judgement = classify.Judgement{WhyNot: classify.NotLanguage}
	}
	w.Must(w.Take(w.T.Context(), []classify.Verdict{v}))
	if got := w.Get(v.Comment.ID).Lane; got != lane {
		w.T.Fatalf("the lane is %s, want %s", got, lane)
	}
	return v.Comment.ID
}

func TestQuietHoursHoldWhatCanWait(t *testing.T) {
	waits := map[respond.Lane]bool{respond.LanePossible: true, respond.LaneRoutine: true, respond.LaneClear: true, respond.LaneOther: true,
		respond.LaneIdentifier: true, respond.LaneUrgent: false, respond.LaneLook: false}
	for lane, held := range waits {
		t.Run(string(lane), func(t *testing.T) {
			w := quiet(t)
			id := w.openIn(lane, "c1")
			w.Decide(respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Private: desktest.Safe})
			w.Wait(time.Minute)
			w.Step()
			w.Step()
			if !held {
				w.Stands(id, respond.Sent)
				return
			}
			w.Stands(id, respond.Approved, "postponed reply:")
			if a := w.Get(id).Actions[0]; a.Why != "goes out at 07:00: quiet hours" || a.Due.Format("2 15:04") != "2 07:00" || len(w.Plat.Acts) > 0 {
				t.Fatalf("told %q, due %v, %d calls", a.Why, a.Due, len(w.Plat.Acts))
			}
			w.Clock = time.Date(2026, 9, 2, 6, 59, 59, 0, time.UTC)
			w.Step()
			w.Stands(id, respond.Approved)
			w.Wait(time.Second)
			w.Step()
			w.Step()
			w.Stands(id, respond.Sent)
		})
	}
}

func TestQuietHoursHoldNothingThatCannotWait(t *testing.T) {
	t.Run("with something to hide", func(t *testing.T) {
		w := quiet(t)
		id := w.openIn(respond.LaneIdentifier, "c1")
		w.Decide(respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Hide: "identifier"})
		w.Wait(time.Minute)
		w.Step()
		w.Step()
		w.Stands(id, respond.Sent)
		if fmt.Sprintf("%s %s", w.Plat.Acts[0].Kind, w.Plat.Acts[1].Kind) != "reply hide" {
			t.Errorf("the order was %v", w.Plat.Acts)
		}
	})
	t.Run("a private message whose time ends before", func(t *testing.T) {
		w := quiet(t)
		id := w.Open("c1")
		w.Clock = time.Date(2026, 9, 8, 22, 30, 0, 0, time.UTC) // half an hour is left
		w.Decide(respond.Decision{Case: id, By: "marta", Private: desktest.Safe})
		w.Wait(time.Minute)
		w.Step()
		w.Stands(id, respond.Sent)
	})
	t.Run("nor is it held by the reply beside it", func(t *testing.T) {
		w := quiet(t)
		id := w.Open("c1")
		w.Clock = time.Date(2026, 9, 8, 22, 30, 0, 0, time.UTC) // half an hour is left
		w.Decide(respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Private: desktest.Safe})
		w.Wait(time.Minute)
		w.Step()
		w.Step()
		if len(w.Plat.Acts) != 1 || w.Plat.Acts[0].Kind != ingest.Private {
			t.Fatalf("%d calls", len(w.Plat.Acts))
		}
		w.Stands(id, respond.Approved)
		w.Wait(9 * time.Hour)
		w.Step()
		w.Stands(id, respond.Sent)
	})
	t.Run("a take-down", func(t *testing.T) {
		w := quiet(t)
		text := "We are sorry your surgery went badly, Karen."
		own := w.Own("r9", "c1", text)
		w.Plat.Seen["r9"] = &ingest.Observation{Text: text}
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
		w.Decide(respond.Decision{Case: own.ID, By: "dana", TakeDown: true})
		w.Wait(time.Minute)
		w.Step()
		w.Stands(own.ID, respond.Sent)
	})
}

// Whoever changes a rule sees what it held back go out, or wait, accordingly.
func TestRulesThatHoldMayChange(t *testing.T) {
	for name, tt := range map[string]struct{ hold, free func(*world) }{
		"quiet hours": {func(w *world) {}, func(w *world) { w.Live.Quiet = respond.Hours{} }},
		"daily cap":   {func(w *world) { w.Live.Quiet, w.Live.DailyCap = respond.Hours{}, 1 }, func(w *world) { w.Live.DailyCap = 2 }},
		"thread cap":  {func(w *world) { w.Live.Quiet, w.Live.ThreadCap = respond.Hours{}, 1 }, func(w *world) { w.Live.ThreadCap = 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			w := quiet(t)
			now := w.Live
			w.Posts = map[string]string{"c1": "post", "c2": "post"}
			w.Live = respond.Rules{Window: now.Window, ReadBack: now.ReadBack}
			first := w.Open("c1")
			w.Answer(first)
			w.Wait(time.Minute)
			w.Step()
			w.Stands(first, respond.Sent)
			w.Live = now
			tt.hold(w)
			id := w.Open("c2")
			w.Answer(id)
			w.Wait(time.Minute)
			w.Step()
			w.Step()
			w.Stands(id, respond.Approved, "postponed reply:")
			if a := w.Get(id).Actions[0]; a.Why == "" || a.Held == "" || !a.Due.After(w.Clock) {
				t.Fatalf("%+v", a)
			}
			tt.free(w)
			w.Step()
			w.Stands(id, respond.Sent)
			if a := w.Get(id).Actions[0]; a.Held != "" || a.Why != "" {
				t.Errorf("sent, and %q: %q", a.Held, a.Why)
			}
		})
	}
}

func TestThreadCap(t *testing.T) {
	w := newWorld(t)
	w.Live.ThreadCap = 2
	open := func(item, post string, lane respond.Lane) string {
		w.Posts[item] = post
		return w.openIn(lane, item)
	}
	var ids []string
	for i := range 3 {
		ids = append(ids, open(fmt.Sprint("a", i), "first", respond.LaneClear))
	}
	other := open("b1", "second", respond.LaneClear)
	urgent := open("a9", "first", respond.LaneUrgent)
	hidden := open("a8", "first", respond.LaneIdentifier)
	for _, id := range append(ids, other) {
		w.Answer(id)
		w.Wait(time.Second)
	}
	w.Decide(respond.Decision{Case: hidden, By: "marta", Hide: "identifier"})
	w.Wait(time.Minute)
	w.Step()
	w.Answer(urgent) // the thread is full, which is nothing to it
	w.Wait(time.Minute)
	w.Step()
	for i, id := range ids {
		want := respond.Sent
		if i == 2 {
			want = respond.Approved
		}
		w.Stands(id, want)
	}
	for _, id := range []string{other, urgent, hidden} {
		w.Stands(id, respond.Sent) // under another post, urgent, no reply
	}
	if a := w.Get(ids[2]).Actions[0]; !strings.Contains(a.Why, "2 times under this post") {
		t.Errorf("told %q", a.Why)
	}
	w.Wait(24 * time.Hour)
	w.Step()
	w.Stands(ids[2], respond.Sent)
}

// Reviews stand each by itself: that they are of one place is no conversation.
func TestThreadCapIsForConversations(t *testing.T) {
	w := newWorld(t)
	w.Live.ThreadCap, w.Plat.Alone = 1, true
	for i := range 3 {
		item := fmt.Sprint("c", i)
		w.Posts[item] = "place"
		w.Answer(w.Open(item))
	}
	w.Wait(time.Minute)
	w.Step()
	if n := w.Plat.Replies(); n != 3 {
		t.Errorf("%d replies", n)
	}
}

// What is urgent is not put off unseen: a person is told at once.
func TestUrgentIsHandedOver(t *testing.T) {
	for name, hinder := range map[string]func(w *world){
		"the daily cap": func(w *world) {
			w.Live.DailyCap = 1
			w.Answer(w.Open("c0"))
			w.Wait(time.Minute)
			w.Step()
		},
		"the platform's pause": func(w *world) {
			w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Refused, StopPosting: true, Code: "368"})
			w.Answer(w.Open("c0"))
			w.Wait(time.Minute)
			w.Step()
			w.Plat.Answer = nil
		},
		"the platform takes it later": func(w *world) {
			w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Later, After: time.Hour, Why: "nothing to do, it goes on by itself"})
		},
		"the platform cannot be read": func(w *world) { w.Plat.Deaf = true },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			hinder(w)
			id := w.openIn(respond.LaneUrgent, "c1")
			w.Answer(id)
			for range 12 {
				w.Wait(time.Minute)
				w.Step()
			}
			w.Stands(id, respond.Manual)
			if c := w.Get(id); !c.Open() || !strings.Contains(c.Actions[0].Why, "by hand") || strings.Contains(c.Actions[0].Why, "by itself") {
				t.Errorf("open %v: %q", c.Open(), c.Actions[0].Why)
			}
		})
	}
	t.Run("not for a minute", func(t *testing.T) {
		w := newWorld(t)
		w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Later, After: time.Minute})
		id := w.openIn(respond.LaneUrgent, "c1")
		w.Answer(id)
		w.Wait(time.Minute)
		w.Step()
		w.Plat.Answer = nil
		w.Wait(time.Minute)
		w.Step()
		w.Stands(id, respond.Sent)
	})
}

func TestPrivateMessageAfterItsTime(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.Decide(respond.Decision{Case: id, By: "marta", Private: desktest.Safe})
	w.Wait(8 * 24 * time.Hour)
	w.Step()
	w.Stands(id, respond.Manual)
	if n := len(w.Plat.Acts); n > 0 {
		t.Errorf("%d calls", n)
	}
}
