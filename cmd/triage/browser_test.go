package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"triage/internal/chromium"
)

// TestBrowserOnTheDemo is what a newcomer does: start the demo, sign in, open
// what needs somebody, look, approve, and see it published.
func TestBrowserOnTheDemo(t *testing.T) {
	tab := chromium.New(t)
	p := start(t, "demo", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--pace", "1s", "--undo", "2s")
	page, sb := p.value("page"), box{t, p.value("sandbox")}
	user, password, _ := strings.Cut(p.value("login"), " ")

	tab.Do("sign in", chromedp.Navigate(page), chromedp.SendKeys(`[name=name]`, user), chromedp.SendKeys(`[name=password]`, password+"\r"),
		chromedp.WaitVisible(`a[href^="/cases/"]`))
	eventually(t, 30*time.Second, "ten cases", func() bool { return len(caseLink.FindAllString(htmlAt(tab, page), -1)) >= 10 })
	tab.Do("see the queue", chromedp.Navigate(page), chromedp.WaitVisible(`a[href^="/cases/"]`))
	tab.Shoot("queue")
	tab.Do("open a clear one", chromedp.Navigate(page+"/?lane=clear"), chromedp.Click(`a[href^="/cases/"]`), chromedp.WaitVisible(`[name=reply]`))
	tab.Shoot("case")
	tab.Do("reveal it", chromedp.Click(`form[action$="/reveal"] button`), chromedp.WaitVisible(`mark`))
	tab.Do("type something unsafe", chromedp.SendKeys(`[name=reply]`, "So sorry that your surgery went badly! "))
	tab.Until("the gate objects", `document.body.innerText.includes("Not safe to publish yet")`)
	tab.Shoot("case-unsafe")
	tab.Do("start anew and approve the suggestion", chromedp.Reload(), chromedp.WaitVisible(`[name=reply]`), chromedp.Click(`#decide button.main`),
		chromedp.WaitVisible(`form[action$="/undo"]`))
	tab.Shoot("case-approved")
	eventually(t, 20*time.Second, "the reply on the platform", func() bool {
		for _, c := range sb.state().Comments {
			if len(c.Replies) == 1 {
				return true
			}
		}
		return false
	})
	if code := p.stop(); code != 0 {
		t.Fatalf("the demo stopped with %d:\n%s", code, p.output())
	}
}

// htmlAt is the page at an address.
func htmlAt(b *chromium.Tab, url string) string {
	b.Helper()
	b.Do("open "+url, chromedp.Navigate(url))
	return chromium.Value[string](b, `document.documentElement.outerHTML`)
}
