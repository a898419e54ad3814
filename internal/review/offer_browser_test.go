package review

import (
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// TestAnOfficerInABrowser lets out refused words, says what became of a reply, stops
// what nobody approved, and reads why something may not be done.
func TestAnOfficerInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	furnish(t, w)
	offered(t, w)
	b := caseTab(t, w, "otto")
	b.Prefix = "offer-"
	defer b.Watch()()
	b.at("story")
	b.Is("the window stands beside the tick", `document.querySelector(".also .clock").textContent.startsWith("Private message possible for 6 d ")`)
	b.letOut()
	b.at("sent")
	b.Follow("button[value=booked]")
	b.Wait("what was said", "button[value=booked][aria-pressed=true]")
	b.everywhere("outcome")
	b.at("itself")
	b.Shoot("automatic")
	b.Press("u")
	b.Wait("the form", "#decide")
	for _, id := range []string{"closed", "byhand", "waits", "answered"} {
		b.at(id)
		b.everywhere(id)
	}
}

// letOut writes what the check refuses and, as an officer, lets it out all the same.
func (b *atCase) letOut() {
	b.Helper()
	b.Press("e")
	b.Type("#f-reply", refusedReply)
	b.Until("the words are underlined", `!!document.querySelector("[data-kind=reply] .under mark")`)
	b.Is("there is no way around the check yet", `!document.querySelector("#override")`)
	b.Click("button.main[data-key=a]")
	b.Wait("the refusal", "#notice")
	b.Is("the way around is closed", `!document.querySelector("#override").checkVisibility()`)
	b.Click("#decide details.over summary")
	b.Wait("the reasons", "#override")
	b.Do("choose", evaluate(`document.querySelector("#override").value = "consent"`))
	b.Type("#override-note", "She agreed in writing on Monday.")
	b.everywhere("override")
	b.Click("#decide details.over button")
	b.Wait("the countdown", "#bar [data-goes]")
	b.Is("it says who let it out", `document.querySelector(".done").textContent.includes("Let out against the check by otto")`)
	b.Shoot("overrode")
}

// TestTwoOfficersInABrowser: one proposes, the other sees what and why, and confirms.
func TestTwoOfficersInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	w.rules.FourEyes = true
	furnish(t, w)
	propose(t, w, "story")
	b := caseTab(t, w, "ada")
	b.Prefix = "offer-"
	defer b.Watch()()
	b.at("story")
	b.Is("the words are covered yet", `!document.querySelector(".proposal .ours")`)
	b.everywhere("proposal-covered")
	b.Press("r")
	b.Wait("the words", ".proposal .ours")
	b.everywhere("proposal")
	b.Click(".proposal button.main")
	b.Wait("the countdown", "#bar [data-goes]")
	b.Is("both names stand there", `document.querySelector(".done").textContent.includes("Let out against the check by otto, confirmed by ada")`)
	b.everywhere("confirmed")
}

// offered are cases about which something may not be done, or not yet.
func offered(t *testing.T, w *world) {
	t.Helper()
	now := time.Now()
	w.add(t, "itself", respond.LanePossible, "…", func(c *respond.Case) {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Approved, By: respond.Machine, Approved: now, Due: now.Add(5 * time.Minute), Text: "itself.v1"}}
		c.History = append(c.History, respond.Entry{At: now, By: respond.Machine, Do: respond.Automatic, Note: "reply"})
	})
	w.add(t, "closed", respond.LaneClear, "…", func(c *respond.Case) {
		c.Comment.PrivateUntil, c.Comment.CanHide = now.Add(-time.Hour), false
	})
	w.add(t, "byhand", respond.LaneClear, "…", func(c *respond.Case) { c.Comment.NoReply = true })
	w.add(t, "waits", respond.LaneClear, "…", func(c *respond.Case) {
		c.Comment.Account, c.Paused = "paused", now.Add(98*time.Minute)
		c.History = append(c.History, respond.Entry{At: now, By: respond.Machine, Do: "edited", Note: string(respond.LaneClear)})
	})
	w.opts.Desk.Accounts["paused"] = w.opts.Desk.Accounts["cedar"]
	w.add(t, "answered", respond.LaneUrgent, "…", func(c *respond.Case) {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Withdrawn, Look: true, Done: now, Why: "somebody of the practice answered on the platform: look whether more is to be done"}}
		c.History = append(c.History, respond.Entry{At: now, By: respond.Machine, Do: "answered"})
	})
}
