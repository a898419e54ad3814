package bus

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"triage/internal/bus/cluster"
)

func TestMain(m *testing.M) {
	child() // does not return where this process is one
	goleak.VerifyTestMain(m,
		// The engine's own background goroutines end a moment after its shutdown.
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).syncBlocks"),
		goleak.Cleanup(func(code int) {
			cluster.StopShared()
			os.Exit(code)
		}))
}

// each runs a test on every kind of engine that there is. Opening again after
// Close finds what was stored; an embedded store is open only once at a time.
func each(t *testing.T, test func(t *testing.T, open func() *Bus)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		dir := t.TempDir()
		test(t, func() *Bus { return start(t, dir, "k1") })
	})
	t.Run("cluster", func(t *testing.T) {
		if testing.Short() {
			t.Skip("-short: three server processes are not started")
		}
		r := remote(cluster.Shared(t).Access(t))
		test(t, func() *Bus { return connect(t, r) })
	})
}

// start opens the embedded store in dir.
func start(t *testing.T, dir string, key string) *Bus {
	t.Helper()
	b, err := Start(t.Context(), Options{Dir: dir, Key: []byte(key), Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// connect opens an account on servers elsewhere.
func connect(t *testing.T, r Remote) *Bus {
	t.Helper()
	b, err := Connect(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func remote(a cluster.Access) Remote {
	return Remote{URL: a.URL, NKeyFile: a.NKeyFile, CAFile: a.CAFile, Replicas: a.Replicas, Key: []byte("k1"), Log: zap.NewNop()}
}

// patience is how long a test bears that nothing happens. It is no claim: how
// long all of it takes is the machine's affair.
const patience = time.Minute

// listen returns a context that ends at stop, or once heard was not called for
// so long.
func listen(t *testing.T) (ctx context.Context, heard func(), stop context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(t.Context())
	silence := time.AfterFunc(patience, func() { cancel(errors.New("nothing comes any more")) })
	return ctx, func() { silence.Reset(patience) }, func() {
		silence.Stop()
		cancel(nil)
	}
}
