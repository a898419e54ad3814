package review

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

const refusedReply = "We hope " + unsafeWords + " went well. Please call us."

// marked is the mark of the refused texts on a page.
func marked(t *testing.T, body string) string {
	t.Helper()
	found := regexp.MustCompile(`name="refused" value="([^"]+)"`).FindStringSubmatch(body)
	if found == nil {
		t.Fatal("the page has no mark")
	}
	return found[1]
}

func TestOverride(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	otto := w.as(t, "otto")
	otto.get("/cases/c1").lacks(t, "/cases/c1/override") // not before a refusal
	got := otto.post("/cases/c1/approve", "step", "1", "reply", refusedReply)
	got.see(t, http.StatusUnprocessableEntity, "Let it out all the same", "The person agreed in writing to exactly this being said",
		"What this changes: the words go out exactly as they stand above")
	mark := marked(t, got.body)
	ask := func(changes ...string) answer {
		form := map[string]string{"step": "1", "reply": refusedReply, "refused": mark, "override": "consent", "override_note": canaryText + " agreed in writing."}
		for i := 0; i < len(changes); i += 2 {
			form[changes[i]] = changes[i+1]
		}
		var flat []string
		for k, v := range form {
			flat = append(flat, k, v)
		}
		return otto.post("/cases/c1/override", flat...)
	}
	ask("override", "").see(t, http.StatusUnprocessableEntity, "Choose one.", "agreed in writing.</textarea>", "<details class=\"also over\" open>")
	ask("override_note", "ok").see(t, http.StatusUnprocessableEntity, "written reason")
	ask("reply", refusedReply+" And your blood sugar?").see(t, http.StatusUnprocessableEntity, "The words changed after the check refused them", "blood sugar")
	ask("reply", refusedReply+"\u200b", "refused", mark).see(t, http.StatusUnprocessableEntity, "goes out for nobody")
	if c, _ := w.cases.Get(t.Context(), "c1"); len(c.Actions) != 0 {
		t.Fatal("something was approved")
	}
	if got := ask(); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, main(got.body))
	}
	otto.get("/cases/c1").see(t, 200, "Let out against the check by otto: the person agreed in writing to exactly this being said.",
		"otto let out what the check refused. Public reply, because the person agreed", "Goes out in 60 seconds.", "Undo")
	c, _ := w.cases.Get(t.Context(), "c1")
	for _, e := range c.History {
		if strings.Contains(e.Note, canaryText) {
			t.Errorf("the history holds the note: %+v", e)
		}
	}
}

func TestLineStaffCannotOverride(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	rita := w.as(t, "rita")
	got := rita.post("/cases/c1/approve", "step", "1", "reply", refusedReply).see(t, http.StatusUnprocessableEntity, "ask a privacy officer")
	got.lacks(t, "/cases/c1/override")
	rita.post("/cases/c1/override", "step", "1", "reply", refusedReply, "refused", w.opts.Desk.Names.Version(refusedReply),
		"override", "consent", "override_note", "She agreed in writing.").see(t, http.StatusForbidden)
	if c, _ := w.cases.Get(t.Context(), "c1"); len(c.Actions) != 0 {
		t.Fatal("line staff let it out")
	}
}

func TestOutcomes(t *testing.T) {
	w := newWorld(t)
	sent := func(c *respond.Case) {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Sent, Done: w.now.Add(-14 * time.Minute), By: "otto"}}
		c.History = append(c.History, respond.Entry{At: w.now.Add(-14 * time.Minute), By: "otto", Do: "approved", Note: "reply"})
	}
	w.add(t, "c1", respond.LaneClear, canaryText, sent)
	w.add(t, "c2", respond.LaneClear, canaryText, sent)
	w.add(t, "c3", respond.LaneClear, canaryText)
	rita, vic := w.as(t, "rita"), w.as(t, "vic")
	rita.get("/cases/c1").see(t, 200, "What became of it", `value="no-answer"`, ">Booked</button>")
	rita.get("/cases/c3").lacks(t, "What became of it")
	vic.get("/cases/c1").lacks(t, "What became of it")
	rita.get("/?state=answered").lacks(t, "What became of these")
	if got := rita.post("/cases/c1/outcome", "outcome", "booked"); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	rita.get("/cases/c1").see(t, 200, "Booked: rita, 14:02.", `value="booked" aria-pressed="true"`,
		"rita recorded what became of it: booked.")
	vic.get("/cases/c1").see(t, 200, "Booked: rita, 14:02.").lacks(t, `name="outcome"`)
	rita.get("/?state=answered").see(t, 200, "otto, 13:48 · booked",
		"What became of these: reached 0, booked 1, no answer 0, declined 0; not said 1.")
	rita.post("/cases/c1/outcome", "outcome", "cured").see(t, http.StatusUnprocessableEntity, "choose one of those offered")
	rita.post("/cases/c3/outcome", "outcome", "booked").see(t, http.StatusUnprocessableEntity, "after a reply went out")
	vic.post("/cases/c1/outcome", "outcome", "reached").see(t, http.StatusForbidden)
}

func TestWhyNot(t *testing.T) {
	w := newWorld(t)
	for id, tt := range map[string]struct {
		change func(*respond.Case)
		says   string
		lacks  string
	}{
		"open":     {func(*respond.Case) {}, "Private message possible for 6 d 22 h, then Facebook closes it.", "takes one for a limited time"},
		"closed":   {func(c *respond.Case) { c.Comment.PrivateUntil = w.now.Add(-time.Hour) }, "not possible any more: Facebook takes one", "Also send"},
		"none":     {func(c *respond.Case) { c.Comment.PrivateUntil = time.Time{} }, "Facebook takes no private message to this comment", "Also send"},
		"summoned": {func(c *respond.Case) { c.Comment.NoReply = true }, "copy the text and answer there yourself", "seconds after you approve"},
		"hidden":   {func(c *respond.Case) { c.Comment.Hidden = true }, "It is hidden on the platform already.", "Also hide"},
		"unjudged": {func(c *respond.Case) {
			c.Lane, c.Judgement = respond.LaneRoutine, classify.Judgement{WhyNot: classify.NotMode}
		}, "The terms of Facebook do not let us judge", ""},
		"edited": {func(c *respond.Case) {
			c.History = append(c.History, respond.Entry{At: w.now, By: respond.Machine, Do: "edited"})
		}, "look at it as it is now", ""},
		"answered": {func(c *respond.Case) {
			c.Lane = respond.LaneUrgent
			c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Withdrawn, Look: true}}
			c.History = append(c.History, respond.Entry{At: w.now, By: respond.Machine, Do: "answered"})
		}, "Somebody of the practice answered on the platform already.", `id="f-reply"`},
	} {
		t.Run(id, func(t *testing.T) {
			w.add(t, id, respond.LaneClear, canaryText, tt.change)
			got := w.as(t, "rita").get("/cases/"+id).see(t, 200, tt.says)
			if tt.lacks != "" {
				got.lacks(t, tt.lacks)
			}
		})
	}
	w.add(t, "paused", respond.LaneClear, canaryText, func(c *respond.Case) { c.Paused = w.now.Add(98 * time.Minute) })
	w.as(t, "rita").get("/cases/open").see(t, 200, "Facebook asked this account for a pause: what is approved goes out from 15:40 on.", "When it goes out is said under “May we reply?”.")
}

func TestWhatNobodyApproved(t *testing.T) {
	w := newWorld(t)
	itself := func(state respond.State) func(*respond.Case) {
		return func(c *respond.Case) {
			c.Actions = []respond.Action{{Kind: ingest.Reply, State: state, By: respond.Machine, Approved: w.now, Due: w.now.Add(time.Minute), Done: w.now}}
			c.History = append(c.History, respond.Entry{At: w.now, By: respond.Machine, Do: respond.Automatic, Note: "reply"})
		}
	}
	w.add(t, "c1", respond.LanePossible, canaryText, itself(respond.Approved))
	w.add(t, "c2", respond.LanePossible, canaryText, itself(respond.Sent))
	b := w.as(t, "rita")
	b.get("/cases/c1").see(t, 200, "Approved automatically, goes out at 14:03. Anybody can stop it until then.", "Approved automatically: public reply.", "Undo")
	b.get("/?state=going").see(t, 200, "automatic, goes out in 60 seconds")
	b.get("/?state=answered").see(t, 200, "automatic, 14:02")
	if got := b.post("/cases/c1/undo"); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	b.get("/").see(t, 200, "Possible disclosure", "nothing yet")
}

// What is said of an action is what happens: a reply under review is not shown yet, and
// nothing is hidden before the reply that waits.
func TestTheWholeTruthOfAnAction(t *testing.T) {
	w := newWorld(t)
	w.add(t, "sent", respond.LaneClear, canaryText, func(c *respond.Case) {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Sent, By: "rita", Done: w.now, Why: respond.Standing[ingest.Pending]}}
	})
	w.add(t, "held", respond.LaneIdentifier, canaryText, func(c *respond.Case) {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Approved, By: "rita", Due: w.now.Add(8 * time.Hour), Why: "goes out in the morning"},
			{Kind: ingest.Hide, State: respond.Approved, By: "rita", Due: w.now.Add(-time.Hour), Reason: "identifier"}}
	})
	b := w.as(t, "rita")
	b.get("/cases/sent").see(t, 200, "the platform reviews it before it shows it")
	b.get("/cases/held").see(t, 200, "Happens in 8 hours. Not before the reply.").lacks(t, "Going out now")
}
