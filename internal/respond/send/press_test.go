package send

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
	"triage/internal/respond/may"
)

// What is urgent does not stand behind what was approved before it.
func TestUrgentGoesFirst(t *testing.T) {
	w := newWorld(t)
	for i := range 8 {
		w.Answer(w.Open(fmt.Sprint("c", i)))
		w.Wait(time.Second)
	}
	urgent := w.openIn(respond.LaneUrgent, "u1")
	w.Answer(urgent)
	w.Wait(time.Minute)
	w.Step()
	if len(w.Plat.Acts) != 9 || w.Plat.Acts[0].Item != "u1" {
		t.Errorf("of %d the first was %q", len(w.Plat.Acts), w.Plat.Acts[0].Item)
	}
}

// That somebody answered does not say that somebody was helped: where it presses the
// case stays with a person, whoever saw the answer first.
func TestAnsweredBeforeItWentOut(t *testing.T) {
	for lane, open := range map[respond.Lane]bool{respond.LaneUrgent: true, respond.LaneIdentifier: true, respond.LaneOther: true,
		respond.LaneClear: false, respond.LanePossible: false} {
		t.Run(string(lane), func(t *testing.T) {
			w := newWorld(t)
			id := w.openIn(lane, "c1")
			w.Answer(id)
			w.Plat.Seen["c1"].Own = []ingest.OwnReply{{Item: "r1", Text: "Please call us."}}
			w.Wait(time.Minute)
			w.Step()
			w.Stands(id, respond.Withdrawn, "answered")
			c := w.Get(id)
			if c.Open() != open || len(w.Plat.Acts) > 0 {
				t.Fatalf("open %v, %d calls", c.Open(), len(w.Plat.Acts))
			}
			if stop, stopped := w.May(c).Stop(ingest.Reply); !stopped || stop.Code != may.CodeAnswered {
				t.Errorf("whoever decides next is told %+v", stop)
			}
		})
	}
}

// What the sender saw is known to whoever decides next.
func TestHiddenMeanwhileIsKnown(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.Answer(id)
	w.Plat.Seen["c1"].Hidden = true
	w.Wait(time.Minute)
	w.Step()
	w.Stands(id, respond.Withdrawn)
	all := w.May(w.Get(id))
	if a := all.Of(ingest.Reply)[0]; a.Code != may.CodeHeld {
		t.Errorf("of a reply it says %+v", a)
	}
	if a, stopped := all.Stop(ingest.Hide); !stopped || a.Code != may.CodeHidden {
		t.Errorf("of hiding it says %+v", a)
	}
	w.Plat.Seen["c1"].Hidden = false // somebody shows it again
	w.Answer(id)
	w.Wait(time.Minute)
	w.Step()
	w.Stands(id, respond.Sent)
	if w.Get(id).Comment.Hidden {
		t.Error("it is shown, and the case says hidden")
	}
}

// An attempt without an answer is found on the platform as its review left it.
func TestReadBackAsItsReviewStands(t *testing.T) {
	for standing, want := range map[ingest.Standing]respond.State{ingest.Rejected: respond.Failed, ingest.Pending: respond.Sent, ingest.Shown: respond.Sent} {
		t.Run("standing "+string(standing), func(t *testing.T) {
			w := newWorld(t)
			w.Plat.Answer, w.Plat.Store = desktest.Always(ingest.Outcome{Result: ingest.Unclear}), true
			id := w.Open("c1")
			w.Answer(id)
			w.Wait(time.Minute)
			w.Step()
			w.Plat.Seen["c1"].Own[0].Standing = standing
			w.Wait(w.Live.ReadBack)
			w.Step()
			w.Stands(id, want)
			if why := w.Get(id).Actions[0].Why; why != respond.Standing[standing] {
				t.Errorf("told %q", why)
			}
		})
	}
}

// A platform that asks for a pause is heard, though it is not clear what it did.
func TestPauseOfAnUnclearAnswer(t *testing.T) {
	w := newWorld(t)
	w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Unclear, StopPosting: true})
	id := w.Open("c1")
	w.Answer(id)
	w.Wait(time.Minute)
	w.Step()
	if c := w.Get(id); !c.Paused.After(w.Clock) {
		t.Error("another process would go on sending")
	}
}

// The page says of urgent cases what the sender does: nothing waits unseen.
func TestWhatThePageSaysOfUrgentCasesHappens(t *testing.T) {
	w := newWorld(t)
	w.Live.DailyCap = 1
	w.Answer(w.Open("c0"))
	w.Wait(time.Minute)
	w.Step()
	for lane, want := range map[respond.Lane]respond.State{respond.LaneUrgent: respond.Manual, respond.LaneClear: respond.Approved} {
		id := w.openIn(lane, "c-"+string(lane))
		says := w.May(w.Get(id)).Of(ingest.Reply)[0].Why
		if strings.Contains(says, "goes out from") != (want == respond.Approved) || strings.Contains(says, "by hand") != (want == respond.Manual) {
			t.Errorf("%s: %q", lane, says)
		}
		w.Answer(id)
		w.Wait(time.Minute)
		w.Step()
		w.Stands(id, want)
	}
}
