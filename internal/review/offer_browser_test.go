package review

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// TestAnOfficerInABrowser lets out refused words, says what became of a reply, stops
// what nobody approved, and reads why something may not be done.
func TestAnOfficerInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	s := newScreen(t)
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	furnish(t, w)
	offered(t, w)
	s.do("start", chromedp.Navigate("about:blank"))
	defer s.watch()()
	s.size(1200, 900)
	s.dark(false)
	s.do("sign in", chromedp.Navigate(w.server.URL), chromedp.WaitVisible("#password"),
		chromedp.SendKeys("#name", "otto"), chromedp.SendKeys("#password", secret+"\r"))
	s.wait("the queue", "table.cases")
	s.do("a case", chromedp.Navigate(w.server.URL+"/cases/story"), chromedp.WaitVisible("#decide"))
	s.is("the window stands beside the tick", `document.querySelector(".also .clock").textContent.startsWith("Private message possible for 6 d ")`)
	s.shoot("offer-case")

	letOut(s)
	s.do("what went out", chromedp.Navigate(w.server.URL+"/cases/sent"), chromedp.WaitVisible("#came-h"))
	s.shoot("offer-outcome")
	s.do("booked", chromedp.Click("button[value=booked]"))
	s.wait("what was said", "button[aria-pressed=true]")
	s.shoot("offer-outcome-said")
	s.do("nobody approved", chromedp.Navigate(w.server.URL+"/cases/itself"), chromedp.WaitVisible(".done"))
	s.shoot("offer-automatic")
	s.do("stop it", chromedp.KeyEvent("u"))
	s.wait("the form", "#decide")
	for _, id := range []string{"closed", "byhand", "waits", "answered"} {
		s.do(id, chromedp.Navigate(w.server.URL+"/cases/"+id), chromedp.WaitVisible("#decide"))
		s.shoot("offer-" + id)
	}
	s.do("answered", chromedp.Navigate(w.server.URL+"/?state=answered"), chromedp.WaitVisible("table.cases"))
	s.shoot("offer-queue")
	s.dark(true)
	s.do("dark", chromedp.Navigate(w.server.URL+"/cases/waits"), chromedp.WaitVisible("#decide"))
	s.shoot("offer-dark")
}

// letOut writes what the check refuses and, as an officer, lets it out all the same.
func letOut(s *screen) {
	s.t.Helper()
	s.do("write", emptied("#f-reply"), chromedp.SendKeys("#f-reply", refusedReply))
	s.until("the words to be underlined", `!!document.querySelector("[data-kind=reply] .under mark")`)
	s.is("there is no way around the check yet", `!document.querySelector("#override")`)
	s.do("approve", chromedp.Click("button.main"))
	s.wait("the refusal", "#notice")
	s.is("the way around is closed", `!document.querySelector("#override").checkVisibility()`)
	s.shoot("offer-refused")
	s.do("open it", chromedp.Click("#decide details.over summary"), chromedp.WaitVisible("#override"))
	s.do("choose", chromedp.Evaluate[chromedp.Void](`document.querySelector("#override").value = "consent"`),
		chromedp.SendKeys("#override-note", "She agreed in writing on Monday."))
	s.shoot("offer-override")
	s.size(390, 844)
	s.is("nothing is wider than the phone", `document.documentElement.scrollWidth <= 390`)
	s.shoot("offer-override-phone")
	s.size(1200, 900)
	s.do("let it out", chromedp.Click("#decide details.over button"))
	s.wait("the countdown", "[data-goes]")
	s.is("it says who let it out", `document.querySelector(".done").textContent.includes("Let out against the check by otto")`)
	s.shoot("offer-overrode")
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
