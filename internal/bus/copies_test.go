package bus

import (
	"context"
	"testing"
	"time"

	"triage/internal/bus/cluster"
)

// A server that is away is counted while the store goes on; without a majority there is
// no answer; and when all are back nothing is behind. The embedded engine has no copies.
func TestCopiesThatAreBehindAreCounted(t *testing.T) {
	if n, err := start(t, t.TempDir(), "k1").Behind(t.Context()); n != 0 || err != nil {
		t.Fatalf("embedded: %d, %v", n, err)
	}
	if testing.Short() {
		t.Skip("-short: three server processes are not started")
	}
	c := cluster.Start(t)
	b := connect(t, remote(c.Access(t)))
	if _, err := NewLeases(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	settles := func(what string, as func(n int, err error) bool) {
		t.Helper()
		var n int
		var err error
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			n, err = b.Behind(ctx)
			cancel()
			if as(n, err) {
				return
			}
		}
		t.Fatalf("%s: %d behind, %v", what, n, err)
	}
	well := func(n int, err error) bool { return n == 0 && err == nil }
	settles("all are there", well)
	c.Kill(t, 0)
	settles("one is away", func(n int, err error) bool { return n > 0 && err == nil })
	c.Kill(t, 1)
	settles("two are away", func(_ int, err error) bool { return err != nil })
	c.Launch(t, 0)
	c.Launch(t, 1)
	settles("all are back", well)
}
