package chromium

import (
	"context"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Requests listens to what the browser asks for from now on, also where it is refused.
// The returned function ends that and returns the addresses.
func (b *Tab) Requests() func() []string {
	b.Helper()
	b.Do("listen to requests", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{})
		return err
	}))
	ctx, cancel := context.WithCancel(b.Ctx)
	events := chromedp.Events(ctx, network.RequestWillBeSent)
	var mu sync.Mutex
	var urls []string
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for e, err := range events {
			if err != nil {
				return
			}
			mu.Lock()
			urls = append(urls, e.Request.URL)
			mu.Unlock()
		}
	}()
	return func() []string {
		cancel()
		<-ended
		return urls
	}
}
