package bus

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
)

// A full store takes no lease away, and gives one to a process that starts on it;
// still one at a time, and with a higher token.
func TestFullStoreKeepsItsLeases(t *testing.T) {
	b, err := Start(t.Context(), Options{Dir: t.TempDir(), MaxStore: 1 << 20, Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	l := briefly(t, b)
	if _, err := l.take(t.Context(), lease{Name: "page", Token: 6, Process: "of old"}, 0); err != nil {
		t.Fatal(err)
	}
	ended, begun := make(chan struct{}), make(chan uint64, 4)
	hold(t, l, "poll", func(ctx context.Context, token uint64) error {
		begun <- token
		<-ctx.Done()
		close(ended)
		return nil
	})
	within(t, begun)
	bucket, err := NewBucket[event](t.Context(), b, "texts")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bucket.Close() })
	for n, size := 0, 20_000; size > 0; n++ { // until not even a lease fits
		if _, err := bucket.Put(t.Context(), event{ID: fmt.Sprint("k", n), Body: strings.Repeat("y", size)}); err != nil {
			size /= 2
		}
	}
	page := make(chan uint64, 4)
	stop := hold(t, l, "page", until(page))
	if token := within(t, page); token != 7 {
		t.Fatalf("token %d, want 7", token)
	}
	hold(t, l, "page", until(page))
	select {
	case <-ended:
		t.Fatal("a full store took the lease away")
	case <-page:
		t.Fatal("two hold one lease")
	case <-time.After(3 * l.term):
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	within(t, page)
	stored := make(chan struct{}, 1)
	l.bucket.OnChange(func() {
		if r, _ := l.bucket.Peek("page"); r.Value.Process == l.process && len(stored) == 0 {
			stored <- struct{}{}
		}
	})
	stream, err := b.js.Stream(t.Context(), "KV_texts")
	if err == nil {
		err = stream.Purge(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	within(t, stored)
}
