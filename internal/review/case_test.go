package review

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

func TestCaseIsCoveredUntilRevealed(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText+" was operated")
	b := w.as(t, "rita")
	got := b.get("/cases/c1")
	got.see(t, 200, "Clear disclosure", "Facebook", "2 hours ago", "Private reply possible 6 d 22 h", "Covered.",
		"Revealing is recorded", "Names an operation, of oneself.", "Probably about the author&#39;s own health (0.81).",
		safeReply, "safe to publish", "of 8,000", "Case opened: Clear disclosure.")
	got.lacks(t, canaryText, canaryAuthor, canaryTitle, canaryLink)
	if got := b.post("/cases/c1/reveal"); got.status != http.StatusSeeOther || got.location != "/cases/c1" {
		t.Fatalf("reveal: %d %s", got.status, got.location)
	}
	b.get("/cases/c1").see(t, 200, "<mark>"+canaryText+"</mark><sup><span>1</span></sup> was operated", canaryAuthor, canaryTitle,
		canaryLink, "Shown to you, 14:02", "Shown to rita.")
	w.as(t, "otto").get("/cases/c1").lacks(t, canaryText, canaryAuthor)
	w.as(t, "vic").get("/cases/c1").see(t, 200, "Your role may not read comments", "may look, not decide")
	b.post("/cases/c1/cover")
	b.get("/cases/c1").lacks(t, canaryText, canaryAuthor)
	b.post("/cases/c1/reveal")
	w.now = w.now.Add(15 * time.Minute)
	b.get("/cases/c1").lacks(t, canaryText)
}

func TestErasedWords(t *testing.T) {
	w := newWorld(t)
	c := w.add(t, "c1", respond.LaneClear, canaryText)
	delete(w.texts.texts, c.Comment.Key())
	b := w.as(t, "rita")
	b.post("/cases/c1/reveal")
	b.get("/cases/c1").see(t, 200, "The words were erased")
}

func TestAnEditedCommentIsCoveredAgain(t *testing.T) {
	w := newWorld(t)
	c := w.add(t, "c1", respond.LaneClear, "old words")
	b := w.as(t, "rita")
	b.post("/cases/c1/reveal")
	w.texts.texts["c1.v2"] = ingest.Content{Text: canaryText}
	c, _ = w.cases.Get(t.Context(), "c1")
	c.Comment.Version = "v2"
	if _, err := w.cases.Update(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	b.get("/cases/c1").lacks(t, canaryText)
}

func TestApproveAndUndo(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	b := w.as(t, "rita")
	got := b.post("/cases/c1/approve", "step", "1", "reply", "Thank you.\r\nPlease call us.", "private", "yes",
		"private_text", safeReply, "hide", "yes", "reason", "identifier")
	if got.status != http.StatusSeeOther || got.location != "/cases/c1" {
		t.Fatalf("approve: %d\n%s", got.status, main(got.body))
	}
	w.now = w.now.Add(18 * time.Second)
	b.get("/cases/c1").see(t, 200, "Goes out in 42 seconds.", `data-goes="42"`, "Public reply", "Private message", "Hiding the comment",
		"Thank you.\nPlease call us.", "Undo", "rita approved: public reply, private message and hiding the comment.")
	b.get("/").see(t, 200, `Undo last (<span data-seconds="42">42</span> s)`, "1 answered", "going out")
	b.post("/cases/c1/undo")
	b.get("/cases/c1").see(t, 200, "rita took the decision back.", "Approve")
	b.post("/cases/c1/undo").see(t, http.StatusUnprocessableEntity, "too late to undo")
}

func TestRefusedTextIsKept(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	b := w.as(t, "rita")
	got := b.post("/cases/c1/approve", "step", "1", "reply", "We hope "+unsafeWords+" went well, <b>.", "private", "yes", "private_text", "my own private words")
	got.see(t, http.StatusUnprocessableEntity, "your text is kept", "We hope "+unsafeWords+" went well, &lt;b&gt;.",
		"my own private words", "<q>", "</q>", `aria-invalid="true"`, "checked> Also send a private message")
	if c, _ := w.cases.Get(t.Context(), "c1"); len(c.Actions) != 0 {
		t.Error("it was approved")
	}
	for _, tt := range []struct {
		form []string
		want string
	}{
		{[]string{"step", "1"}, "nothing to approve"},
		{[]string{"step", "1", "reply", "my own words", "private", "yes"}, "private message is empty"},
		{[]string{"step", "1", "reply", "my own words", "hide", "yes"}, "choose one, or untick"},
		{[]string{"step", "1", "reply", safeReply, "hide", "yes", "reason", "criticism"}, "Criticism is never one"},
		{[]string{"step", "1", "reply", strings.Repeat("my own words ", 700)}, "Shorten it"},
	} {
		got := b.post("/cases/c1/approve", tt.form...)
		got.see(t, http.StatusUnprocessableEntity, tt.want)
		if len(tt.form) > 2 {
			got.see(t, http.StatusUnprocessableEntity, strings.TrimSpace(tt.form[3]))
		}
	}
	b.post("/cases/c1/approve", "reply", "x").see(t, http.StatusBadRequest, "did not arrive whole")
	b.post("/cases/c1/approve", "step", "1", "reply", strings.Repeat("x", 256<<10)).see(t, http.StatusRequestEntityTooLarge, "shorten it")
}

func TestSomebodyElseWasFaster(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	otto, rita := w.as(t, "otto"), w.as(t, "rita")
	otto.post("/cases/c1/approve", "step", "1", "reply", safeReply)
	got := rita.post("/cases/c1/approve", "step", "1", "reply", "my own words")
	got.see(t, http.StatusConflict, "Somebody else decided this a moment ago: otto approved it at 14:02.", "What you had written", "my own words")
	otto.post("/cases/c1/approve", "step", "1", "reply", safeReply).see(t, http.StatusConflict, "You have decided this already: you approved it at 14:02.")
	otto.post("/cases/c1/undo")
	rita.post("/cases/c1/dismiss", "step", "1", "reply", "my own words").see(t, http.StatusConflict,
		"otto took the decision back at 14:02.", "my own words</textarea>", `name="step" value="3"`)
	if got := rita.post("/cases/c1/dismiss", "step", "3"); got.status != http.StatusSeeOther {
		t.Errorf("dismiss: %d", got.status)
	}
	rita.get("/cases/c1").see(t, 200, "rita decided that nothing is to be said.", "Undo")
}

func TestCheckAnswersWhileTyping(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	b := w.as(t, "rita")
	before := w.cases.wrote
	var got struct {
		Length   string
		Problems []struct {
			Lead, Words, Rest string
			Start, End        int
		}
	}
	for _, kind := range []string{"reply", "private"} {
		ans := b.post("/cases/c1/check", "kind", kind, "text", "Hé 😀 — "+unsafeWords+" is over")
		if err := json.Unmarshal([]byte(ans.body), &got); err != nil || ans.status != 200 || len(got.Problems) == 0 {
			t.Fatalf("%d %v %s", ans.status, err, ans.body)
		}
		if p := got.Problems[0]; !strings.HasPrefix(p.Words, unsafeWords) || p.Start != 8 || p.End != 8+len(p.Words) || p.Lead+p.Rest == "" {
			t.Errorf("problem %+v", p)
		}
	}
	b.post("/cases/c1/check", "kind", "reply", "text", safeReply).see(t, 200, `"problems":[]`, `"length":"50"`)
	b.post("/cases/c1/check", "kind", "hide", "text", "x").see(t, 400, `"error":`)
	b.post("/cases/none/check", "kind", "reply").see(t, 404, `"error":`)
	if w.cases.wrote != before {
		t.Error("a check wrote")
	}
}

func TestTakeDown(t *testing.T) {
	w := newWorld(t)
	own := func(c *respond.Case) { c.Comment.Own = true }
	for i := range 3 {
		w.add(t, fmt.Sprint("c", i), respond.LaneTakeDown, canaryText, own)
	}
	w.add(t, "c9", respond.LaneTakeDown, canaryText, own, func(c *respond.Case) { c.Comment.Account = "plain" })
	rita := w.as(t, "rita")
	rita.get("/cases/c0").see(t, 200, "What we said", "Delete our reply", "Only a privacy officer may leave it online")
	rita.post("/cases/c0/dismiss", "step", "1").see(t, http.StatusUnprocessableEntity, "Only a privacy officer")
	rita.post("/cases/c0/takedown", "step", "1")
	rita.get("/cases/c0").see(t, 200, "Deleting our reply", "Happens in 60 seconds.")
	rita.get("/cases/c9").see(t, 200, "does not let us delete it from here")
	rita.post("/cases/c9/takedown", "step", "1")
	rita.get("/cases/c9").see(t, 200, "To be done by hand", "Handled by hand")
	otto := w.as(t, "otto")
	otto.get("/cases/c1").see(t, 200, "Leave it online")
	otto.post("/cases/c1/dismiss", "step", "1").see(t, http.StatusUnprocessableEntity, "needs one of the reasons")
	otto.post("/cases/c1/dismiss", "step", "1", "override", "consent", "override_note", "ok").see(t, http.StatusUnprocessableEntity, "written reason", "<details class=\"also over\" open>")
	if c, _ := w.cases.Get(t.Context(), "c1"); !c.Open() {
		t.Fatal("it was left online without a reason")
	}
	rita.post("/cases/c2/dismiss", "step", "1", "override", "consent", "override_note", "She agreed in writing.").see(t, http.StatusUnprocessableEntity, "Only a privacy officer")
	if got := otto.post("/cases/c1/dismiss", "step", "1", "override", "consent", "override_note", "She agreed in writing."); got.status != http.StatusSeeOther {
		t.Errorf("dismiss by the officer: %d", got.status)
	}
	otto.get("/cases/c1").see(t, 200, "Our reply stays online, because the person agreed in writing").lacks(t, "She agreed in writing.")
}

func TestHandledByHand(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText, func(c *respond.Case) {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Failed, Why: "the platform asks to sign in again"}}
	})
	b := w.as(t, "rita")
	b.get("/cases/c1").see(t, 200, "Did not work: the platform asks to sign in again.", "Handled by hand")
	b.post("/cases/c1/handle", "step", "1")
	b.get("/cases/c1").see(t, 200, "rita handled it by hand.", "Settled by rita 14:02")
	b.get("/?state=answered").see(t, 200, "/cases/c1")
}

func TestEveryStateIsSaidInWords(t *testing.T) {
	w := newWorld(t)
	for state, want := range map[respond.State]string{
		respond.Approved: "Goes out in 60 seconds.", respond.Sending: "waiting for the platform", respond.Sent: "Published 14:01.",
		respond.Failed: "Did not work: because.", respond.Manual: "To be done by hand: because.",
		respond.Withdrawn: "Withdrawn 14:01 because because.", respond.Dismissed: "Settled by otto 14:01", respond.Recorded: "not published: posting is off",
	} {
		id := string(state)
		w.add(t, id, respond.LaneClear, canaryText, func(c *respond.Case) {
			c.Actions = []respond.Action{{Kind: ingest.Reply, State: state, By: "otto", Why: "because", Due: w.now.Add(time.Minute), Done: w.now.Add(-time.Minute)}}
		})
		w.as(t, "vic").get("/cases/"+id).see(t, 200, want)
	}
}

func TestNothingIsSuggestedUntilSomebodyLooked(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneLook, canaryText)
	b := w.as(t, "rita")
	got := b.get("/cases/c1")
	got.see(t, 200, "Reveal the comment first")
	got.lacks(t, `id="wording"`)
	b.post("/cases/c1/reveal")
	b.get("/cases/c1").see(t, 200, "Nothing is suggested here: please write.", "A safe wording (")
}

func TestWhatIsNotPossibleIsNotOffered(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText, func(c *respond.Case) { c.Comment.Account = "plain" })
	w.add(t, "c2", respond.LaneClear, canaryText, func(c *respond.Case) {
		c.Comment.PrivateUntil, c.Comment.CanHide = w.now, false
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Sent}, {Kind: ingest.Hide, State: respond.Failed}}
	})
	b := w.as(t, "rita")
	b.get("/cases/c1").lacks(t, "Also send", "Also hide", "Private reply possible")
	got := b.get("/cases/c2")
	got.see(t, 200, "One public reply per comment, for ever.")
	got.lacks(t, "Also send", "Also hide", `name="reply"`)
	w.add(t, "c3", respond.LaneClear, canaryText)
	b.get("/cases/c3").see(t, 200, "On Facebook a hidden comment stays visible to its author and their friends.",
		"Criticism is never a reason", `<option value="identifier">`)
}

func TestShadowSaysSo(t *testing.T) {
	w := newWorld(t)
	w.rules.Shadow = true
	w.add(t, "c1", respond.LaneClear, canaryText)
	b := w.as(t, "rita")
	for _, path := range []string{"/", "/cases/c1"} {
		b.get(path).see(t, 200)
		if !strings.Contains(b.get(path).body, "Posting is off: decisions are recorded, nothing is published.") {
			t.Errorf("%s does not say that posting is off", path)
		}
	}
	b.post("/cases/c1/approve", "step", "1", "reply", safeReply)
	b.get("/cases/c1").see(t, 200, "Recorded 14:02, not published: posting is off.")
}

func TestCaseNewsTellsWhenItWentOn(t *testing.T) {
	w := newWorld(t)
	c := w.add(t, "c1", respond.LaneClear, canaryText)
	b := w.as(t, "rita")
	seen := "/cases/c1/news?seen=" + fmt.Sprintf("%d+%s", c.Step(), c.State())
	b.get("/cases/c1").see(t, 200)
	b.get(seen).see(t, 200, `"say":""`)
	b.post("/cases/c1/reveal")
	b.get(seen).see(t, 200, `"say":""`)
	w.as(t, "otto").post("/cases/c1/approve", "step", "1", "reply", safeReply)
	b.get(seen).see(t, 200, "Somebody else decided this a moment ago: otto approved it at 14:02.")
	c, _ = w.cases.Get(t.Context(), "c1")
	c.Actions[0].State, c.Actions[0].Done = respond.Sent, w.now
	c.Note(w.now, respond.Machine, "sent", "reply")
	if _, err := w.cases.Update(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	b.get(seen).see(t, 200, "Public reply: Published 14:02.")
}

func TestNoSuchCase(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, "rita")
	for _, path := range []string{"/cases/nothere", "/cases/NOT..HERE", "/cases/" + strings.Repeat("x", 2000)} {
		b.get(path).see(t, 404, "There is no such case")
	}
	b.get("/nowhere").see(t, 404, "There is no page at this address")
}
