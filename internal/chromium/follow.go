package chromium

import (
	"context"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Follow clicks on what leads to another page, and waits until that is loaded: what is
// looked for next is not looked for on the page before.
func (b *Tab) Follow(sel string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, wait)
	defer cancel()
	loaded := func(page.EventLoadEventFired) bool { return true }
	if _, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, loaded, chromedp.Click(sel))); err != nil {
		b.Shoot("failed")
		b.Fatalf("follow %s: %v", sel, err)
	}
}
