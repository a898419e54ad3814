package review

import (
	"net/http"
	"strings"
	"testing"

	"triage/internal/respond"
)

func TestAssigning(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneUrgent, canaryText)
	rita, otto, vic := w.as(t, "rita"), w.as(t, "otto"), w.as(t, "vic")
	rita.get("/cases/c1").see(t, 200, "Nobody in particular looks after it.", "Assign to me", "<option>otto</option>", "<option>ada</option>").
		lacks(t, "<option>vic</option>", "<option>rita</option>")
	if got := rita.post("/cases/c1/assign", "to", "rita"); got.status != http.StatusSeeOther || got.location != "/cases/c1#team" {
		t.Fatalf("%d %s", got.status, got.location)
	}
	rita.get("/cases/c1").see(t, 200, "You look after it.", "Give it back", "rita looks after it.")
	otto.get("/cases/c1").see(t, 200, "rita looks after it.", "Looked after by rita", "Nobody in particular</option>")
	otto.post("/cases/c1/assign", "to", "ada")
	otto.get("/cases/c1").see(t, 200, "otto gave it to ada.")
	for _, to := range []string{"vic", "nobody-here", "<b>"} {
		otto.post("/cases/c1/assign", "to", to).see(t, http.StatusUnprocessableEntity, "Nobody of this name can look after a case.")
	}
	otto.post("/cases/c1/assign", "to", "")
	otto.get("/cases/c1").see(t, 200, "otto gave it back: nobody in particular looks after it.")
	vic.get("/cases/c1").lacks(t, "/assign", "Assign to me")
	vic.post("/cases/c1/assign", "to", "vic").see(t, http.StatusForbidden)
	// It holds up nobody who decides.
	if got := rita.post("/cases/c1/approve", "step", "1", "reply", safeReply); got.status != http.StatusSeeOther {
		t.Errorf("approve: %d", got.status)
	}
}

func TestNotesAreGatedAndKept(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, "My gallbladder hurts.")
	rita, otto, vic := w.as(t, "rita"), w.as(t, "otto"), w.as(t, "vic")
	got := rita.post("/cases/c1/note", "note", "Her gallbladder again, <b>please</b> call.")
	got.see(t, http.StatusUnprocessableEntity, "The note is not kept yet", "Her gallbladder again, &lt;b&gt;please&lt;/b&gt; call.</textarea>", "<q>gallbladder</q>", "Not for a note.", safeReply)
	if c, _ := w.cases.Get(t.Context(), "c1"); len(c.Notes) != 0 {
		t.Fatal("it was kept")
	}
	rita.post("/cases/c1/note", "note", "").see(t, http.StatusUnprocessableEntity, "The note is empty: write it first.")
	rita.post("/cases/c1/note", "note", strings.Repeat("Marta calls. ", 100)).see(t, http.StatusUnprocessableEntity, "A note takes 1000 characters", "too many")
	rita.post("/cases/c1/check", "kind", "note", "text", "the gallbladder").see(t, 200, `"words":"gallbladder"`, `"left":"985 left"`)
	if got := rita.post("/cases/c1/note", "note", `Marta calls "tomorrow" & writes it down.`); got.status != http.StatusSeeOther || got.location != "/cases/c1#team" {
		t.Fatalf("%d %s", got.status, main(got.body))
	}
	otto.get("/cases/c1").see(t, 200, "Marta calls &#34;tomorrow&#34; &amp; writes it down.", "<b>rita</b>, 14:02", "rita left a note.")
	vic.get("/cases/c1").see(t, 200, "1 note, which your role may not read.").lacks(t, "tomorrow", "/note")
	vic.post("/cases/c1/note", "note", "x").see(t, http.StatusForbidden)
	if err := w.opts.Desk.Erase(t.Context(), respond.Erasure{Comment: "c1", By: "otto", Why: respond.WhyRequest}); err != nil {
		t.Fatal(err)
	}
	otto.get("/cases/c1").lacks(t, "tomorrow", `name="note"`)
}

func TestPeopleSeeEachOther(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Presence = &seats{} })
	c := w.add(t, "c1", respond.LaneClear, canaryText)
	rita, otto := w.as(t, "rita"), w.as(t, "otto")
	rita.get("/cases/c1").see(t, 200, `data-live="/live?case=c1&amp;`).lacks(t, "looking at this too, since")
	otto.get("/cases/c1").see(t, 200, "rita is looking at this too, since ")
	rita.get("/cases/c1/news?seen="+strings.ReplaceAll(fmtTag(c), " ", "+")).see(t, 200, `"here":"otto is looking at this too, since `, `"say":""`)
	w.as(t, "ada").get("/cases/c1").see(t, 200, " and others are looking at this too, since ")
}

func TestFourEyes(t *testing.T) {
	w := newWorld(t)
	w.rules.FourEyes = true
	w.add(t, "c1", respond.LaneClear, canaryText)
	rita, otto, ada := w.as(t, "rita"), w.as(t, "otto"), w.as(t, "ada")
	otto.post("/cases/c1/approve", "step", "1", "reply", refusedReply).see(t, http.StatusUnprocessableEntity, "This takes two", "Propose to let these words out")
	propose(t, w, "c1")
	otto.get("/cases/c1").see(t, 200, "At 14:02 otto proposed to publish words that the check refuses, because the person agreed in writing", "You proposed it yourself", "Take the proposal back").
		lacks(t, "/confirm", "Undo")
	rita.get("/cases/c1").see(t, 200, "A privacy officer confirms or declines it.").lacks(t, "She agreed in writing", "/confirm", "/withdraw", unsafeWords)
	ada.get("/cases/c1").see(t, 200, "Reveal the comment to see the words").lacks(t, "She agreed in writing", "/confirm", unsafeWords)
	otto.post("/cases/c1/confirm", "step", "2").see(t, http.StatusUnprocessableEntity, "This takes a second person: you proposed it yourself.")
	rita.post("/cases/c1/confirm", "step", "2").see(t, http.StatusForbidden)
	ada.post("/cases/c1/reveal")
	ada.get("/cases/c1").see(t, 200, "She agreed in writing on Monday.", refusedReply, "Confirm it", "Decline it")
	ada.post("/cases/c1/confirm", "step", "1").see(t, http.StatusConflict, "otto proposed to let out what the check refuses, at 14:02.")
	if got := ada.post("/cases/c1/confirm", "step", "2"); got.status != http.StatusSeeOther {
		t.Fatalf("confirm: %d %s", got.status, main(got.body))
	}
	rita.get("/cases/c1").see(t, 200, "Let out against the check by otto, confirmed by ada: the person agreed", "ada confirmed what otto proposed.",
		"otto proposed what the check refuses. Public reply, because", "Goes out in 60 seconds.")
}

func TestAProposalIsDeclinedOrTakenBack(t *testing.T) {
	w := newWorld(t)
	w.rules.FourEyes = true
	w.add(t, "c1", respond.LaneClear, canaryText)
	w.add(t, "c2", respond.LaneClear, canaryText)
	propose(t, w, "c1")
	propose(t, w, "c2")
	w.as(t, "ada").post("/cases/c1/withdraw")
	otto := w.as(t, "otto")
	otto.get("/cases/c1").see(t, 200, "ada declined what otto proposed.").lacks(t, "A second person is asked")
	otto.post("/cases/c2/withdraw")
	otto.get("/cases/c2").see(t, 200, "otto took the proposal back.").lacks(t, "A second person is asked")
	otto.post("/cases/c2/withdraw").see(t, http.StatusUnprocessableEntity, "Nothing is proposed here any more")
	w.as(t, "rita").post("/cases/c2/withdraw").see(t, http.StatusForbidden)
}
