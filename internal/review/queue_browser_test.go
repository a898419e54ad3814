package review

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// liveWorld is a desk whose open pages are told of what the returned function tells.
func liveWorld(t *testing.T) (w *world, tell func()) {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	wake := func() {}
	w = newWorld(t, func(o *Options) {
		o.Now, o.Presence = time.Now, &seats{}
		o.OnChange = func(f func()) { wake = f }
	})
	w.health = []ingest.Health{{Platform: "facebook", Account: "cedar", LastOK: time.Now().Add(-40 * time.Second)}}
	t.Cleanup(w.pages.streams.Close) // before the server, which waits for them
	return w, wake
}

// stays marks the page that is open, so that it is seen when another is loaded.
func (b *atCase) stays(what string, f func()) {
	b.Helper()
	b.Is("mark the page", `window.here = true`)
	f()
	b.Is(what+": the page stays", `window.here === true`)
}

// New cases announce themselves at once in a line, and come into the list when she
// says so: nothing jumps, and no page is loaded.
func TestNewCasesAnnounceThemselves(t *testing.T) {
	w, tell := liveWorld(t)
	b := caseTab(t, w, "otto")
	defer b.Watch()()
	b.Wait("an empty queue", ".empty")
	b.everywhere("queue-empty")
	for late := time.Now().Add(time.Minute); w.pages.streams.Len() == 0; {
		if time.Now().After(late) {
			t.Fatal("the page does not listen")
		}
	}
	b.stays("news", func() {
		furnish(t, w)
		began := time.Now()
		tell()
		b.Wait("the line", ".news a")
		t.Logf("told %v after the change", time.Since(began).Round(time.Millisecond))
		b.Is("it says how many", `document.querySelector(".news p").textContent.startsWith("7 new cases")`)
		b.Is("the list does not move by itself", `!document.querySelector("table")`)
		b.Until("the title counts", `document.title.startsWith("(7) Queue")`)
		b.Shoot("queue-news")
		b.Click(".news a")
		b.Wait("the list", "table.cases")
		b.Is("the line is gone", `!document.querySelector(".news p")`)
		b.Is("the first case has the focus", `document.activeElement.getAttribute("href") === "/cases/ours"`)
	})
	b.everywhere("queue-full")
	b.stays("again", func() {
		w.add(t, "later", respond.LaneUrgent, "…", func(c *respond.Case) { c.Opened = time.Now() })
		tell()
		b.Wait("the line", ".news a")
		b.Is("it counts since the list was shown", `document.querySelector(".news p").textContent.startsWith("1 new case")`)
	})
}

// A search shows its list without a page being loaded, has an address, and goes back.
func TestSearchWithoutLoadingPages(t *testing.T) {
	w, _ := liveWorld(t)
	furnish(t, w)
	for i := range 60 {
		w.add(t, fmt.Sprintf("more%d", i), respond.LanePossible, "…", func(c *respond.Case) {
			c.Comment.Platform, c.Assignee = "wordpress", "rita"
			c.Comment.Created = time.Now().AddDate(0, 0, -1-i)
		})
	}
	b := caseTab(t, w, "otto")
	defer b.Watch()()
	b.Wait("the list", "table.cases")
	rows := func(what string, n int) {
		b.Helper()
		b.Until(what, fmt.Sprintf(`document.querySelectorAll("[data-item]").length === %d && !document.querySelector("#list[aria-busy]")`, n))
	}
	b.stays("search", func() {
		b.Press("/")
		b.Is("the first field has the focus", `document.activeElement.id === "s-lane"`)
		b.choose("#s-platform", "google")
		rows("what is on Google", 2)
		b.Is("the address can be kept", `location.search === "?platform=google"`)
		b.Is("the focus stays", `document.activeElement.id === "s-platform"`)
		b.Is("it is said how many", `document.querySelector("#said").textContent === "2 cases" && document.querySelector("#found").textContent === "2 cases"`)
		b.everywhere("queue-search")
		b.choose("#s-from", "2099-01-01")
		b.Until("nothing is there", `document.querySelector(".empty")?.textContent.includes("Nothing fits what you chose.")`)
		b.Shoot("queue-search-empty")
		b.Do("back", chromedp.Evaluate[chromedp.Void](`history.back()`))
		rows("what is on Google again", 2)
		b.Click(".found a")
		rows("everything", 50)
		b.Is("the fields are empty", `document.querySelector("#s-platform").value === ""`)
		b.Click(".turn [rel=next]")
		rows("the second page", 17)
		b.Is("it begins at its top", `scrollY === 0 && document.activeElement.matches("[data-item]")`)
		b.choose("#s-assignee", "rita")
		rows("her cases", 50)
		b.Is("from the first page on", `location.search === "?assignee=rita"`)
		b.Click("#q-headings a[href*=answered]")
		b.Until("her answered ones", `document.querySelector("#q-headings [aria-current]").textContent === "Answered"`)
		b.Is("the search stays", `location.search.includes("assignee=rita") && document.activeElement.matches("[aria-current]")`)
	})
	b.Do("load it anew", chromedp.Reload())
	b.Wait("the same", "#filters[open]")
	b.Is("the fields say what is listed", `document.querySelector("#s-assignee").value === "rita"`)
}

// choose chooses in a field as somebody does with the keyboard.
func (b *atCase) choose(sel, value string) {
	b.Helper()
	b.Do("choose "+value, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`(() => { const f = document.querySelector(%q); f.closest("details").open = true; f.focus(); f.value = %q; f.dispatchEvent(new Event("change", {bubbles: true})); })()`, sel, value)))
}

// Several are chosen and dismissed by keys, and taken back by one.
func TestSeveralByKeys(t *testing.T) {
	w, _ := liveWorld(t)
	furnish(t, w)
	b := caseTab(t, w, "otto")
	defer b.Watch()()
	b.Wait("the list", "table.cases")
	b.Is("nothing can be dismissed before something is chosen", `document.querySelector(".several").hidden`)
	b.Press("jjx")
	b.Is("what is urgent cannot be chosen", `document.activeElement.getAttribute("href") === "/cases/urgent" && !document.querySelector("tr :checked")`)
	b.Press("jxjx")
	b.Is("two are chosen", `document.querySelector("#chosen").textContent === "2 chosen" && document.querySelectorAll("tr :checked").length === 2`)
	b.everywhere("queue-chosen")
	b.Press("n")
	b.Wait("what became of them", "#together")
	b.Is("it is said", `document.querySelector("#together").textContent.includes("2 cases were dismissed as not sensitive.")`)
	b.Is("they are not in the list", `document.querySelectorAll("[data-item]").length === 5`)
	b.everywhere("queue-dismissed")
	b.Press("u")
	b.Wait("what became of them", "#together:not(:has(form))")
	b.Is("they are back", `document.querySelectorAll("[data-item]").length === 7`)
	b.Is("it is said", `document.querySelector("#together").textContent.includes("2 cases wait again")`)
	b.Press("jo")
	b.Wait("the first case", "#team")
	b.Is("it is open", `location.pathname === "/cases/ours"`)
}

// Without a connection the list says so, stays as it was, and can be asked for again.
func TestQueueWithoutAConnection(t *testing.T) {
	w, _ := liveWorld(t)
	furnish(t, w)
	b := caseTab(t, w, "otto")
	b.Wait("the list", "table.cases")
	offline := func(off bool) {
		b.Do("the connection", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
				MatchedNetworkConditions: []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: -1, Offline: off}}})
			return err
		}))
	}
	offline(true)
	b.choose("#s-platform", "google")
	b.Wait("the sentence", "#failed button")
	b.Is("the list is the one from before", `document.querySelectorAll("[data-item]").length === 7 && !document.querySelector("#list[aria-busy]")`)
	b.Axe("main")
	b.Shoot("queue-offline")
	offline(false)
	b.Click("#failed button")
	b.Until("the list", `document.querySelectorAll("[data-item]").length === 2 && !document.querySelector("#failed")`)
}

// The end of a session is told at once, and the page stays as it is.
func TestAPageIsToldThatItsSessionIsOver(t *testing.T) {
	w, _ := liveWorld(t)
	w.pages.streams.Beat = 50 * time.Millisecond
	furnish(t, w)
	b := caseTab(t, w, "otto")
	b.Wait("the list", "table.cases")
	b.stays("signed out elsewhere", func() {
		b.Do("sign out", chromedp.Evaluate[chromedp.Void](`fetch("/logout", {method: "POST"})`))
		b.Wait("the sentence", `.news a[href="/login"]`)
		b.Is("the list is there", `document.querySelectorAll("[data-item]").length === 7`)
	})
}

// Without JavaScript everything is there, by buttons and pages.
func TestQueueWithoutJavaScript(t *testing.T) {
	w, _ := liveWorld(t)
	furnish(t, w)
	b := caseTab(t, w, "otto")
	b.NoScript(true)
	b.Open(w.server.URL+"/?platform=google", "#found")
	b.Shoot("queue-no-script")
	b.Follow("#search button")
	b.Wait("the list", "table.cases")
	b.Open(w.server.URL, "table.cases")
	b.Click(`tr:nth-child(3) input[name=case]`)
	b.Follow("#dismiss")
	b.Wait("what became of it", "#together")
	b.Follow("#together button")
	b.Wait("the list", "table.cases")
}

func TestQueueInSpanish(t *testing.T) {
	w, _ := liveWorld(t)
	furnish(t, w)
	b := caseTab(t, w, "otto")
	defer b.Watch()()
	b.Click(".tongues button[value=es]")
	b.Wait("the page in Spanish", `html[lang=es] table.cases`)
	b.Click("#filters summary")
	b.everywhere("queue-spanish")
}
