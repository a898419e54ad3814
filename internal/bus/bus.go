// Package bus carries events and remembers state. It is the only package that
// knows NATS: others see a Topic (what happened, in order, each thing once) and
// a Bucket (how things stand, changed by compare-and-set).
//
// What it promises: what Publish, Create or Update returned without an error is
// on disk. What it does not: that a handler sees a thing only once. Handlers
// are idempotent by key.
package bus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// Errors that callers tell apart.
var (
	// ErrExists: there is something under that key already.
	ErrExists = errors.New("the key is taken")
	// ErrConflict: the revision is not the stored one any more.
	ErrConflict = errors.New("the revision has passed")
	// ErrNotFound: there is nothing under that key.
	ErrNotFound = errors.New("nothing under that key")
)

// Options configure the embedded engine.
type Options struct {
	// Dir holds the store. One process at a time may use it.
	Dir string
	// Key encrypts the store at rest; empty leaves it plain.
	Key []byte
	// MaxStore is how many bytes the store may take; 0 takes what is sensible
	// for the free space.
	MaxStore int64
	// Lazy gives up the promise of being on disk, for measurements only.
	Lazy bool
	Log  *zap.Logger
}

// Bus is a running engine and our connection to it.
type Bus struct {
	js     jetstream.JetStream
	nc     *nats.Conn
	server *server.Server
	lock   *flock.Flock
	log    *zap.Logger
}

// startTimeout bounds the start of the engine: reading a store of a million
// messages after a crash took 5 s where it was measured.
const startTimeout = 2 * time.Minute

// Start locks the directory, checks the key, and starts the embedded engine.
// Nothing is created before the store was found in good order.
func Start(ctx context.Context, o Options) (*Bus, error) {
	b := &Bus{log: o.Log}
	if err := b.start(ctx, o); err != nil {
		_ = b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bus) start(ctx context.Context, o Options) (err error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return unusable(err)
	}
	if b.lock, err = lock(o.Dir); err != nil {
		return err
	}
	if err := checkKey(o.Dir, o.Key); err != nil {
		return err
	}
	if b.server, err = server.NewServer(b.serverOptions(o)); err != nil {
		return fmt.Errorf("start the store: %w", err)
	}
	b.server.SetLoggerV2(serverLog{b.log}, false, false, false)
	b.server.Start()
	if !b.server.ReadyForConnections(startTimeout) {
		return fmt.Errorf("start the store: not ready after %v: see the log lines before this one", startTimeout)
	}
	if h := b.server.Healthz(&server.HealthzOptions{}); h.Error != "" {
		return fmt.Errorf("the store in %s is damaged and was left as it is (%s): restore a backup, or move the directory aside to start empty", o.Dir, h.Error)
	}
	if b.nc, err = nats.Connect("", nats.InProcessServer(b.server), nats.MaxReconnects(-1), nats.Name("triage")); err != nil {
		return fmt.Errorf("connect to the store: %w", err)
	}
	if b.js, err = jetstream.New(b.nc, jetstream.WithDefaultTimeout(20*time.Second)); err != nil {
		return fmt.Errorf("connect to the store: %w", err)
	}
	return ctx.Err()
}

func (b *Bus) serverOptions(o Options) *server.Options {
	so := &server.Options{
		ServerName: "triage", DontListen: true, NoSigs: true,
		JetStream: true, StoreDir: o.Dir, DisableJetStreamBanner: true,
		SyncAlways: !o.Lazy, SyncInterval: 2 * time.Minute,
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: o.MaxStore,
		MaxPayload: 4 << 20, MaxPending: 64 << 20,
	}
	if so.JetStreamMaxStore == 0 {
		so.JetStreamMaxStore = quota(o.Dir)
	}
	if len(o.Key) > 0 {
		so.JetStreamKey, so.JetStreamCipher = string(o.Key), server.AES
	}
	return so
}

// nearlyFull is from which share of its quota on the store is in trouble.
const nearlyFull = 0.95

// Healthy reports whether the engine answers, its store is in order, and there
// is room to write.
func (b *Bus) Healthy() error {
	if h := b.server.Healthz(&server.HealthzOptions{}); h.Error != "" {
		return fmt.Errorf("store: %s", h.Error)
	}
	share, err := b.Fill()
	if err == nil && share > nearlyFull {
		err = fmt.Errorf("store: %.0f %% of its quota is used: raise data.max_store or free space on the disk", 100*share)
	}
	return err
}

// Fill is which share of the quota the store takes, from 0 to 1.
func (b *Bus) Fill() (float64, error) {
	info, err := b.server.Jsz(nil)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	if info.Config.MaxStore <= 0 {
		return 0, nil
	}
	return float64(info.Store) / float64(info.Config.MaxStore), nil
}

// Close stops in the order that loses nothing. Consumers must have returned.
func (b *Bus) Close() error {
	if b.nc != nil {
		_ = b.nc.FlushTimeout(5 * time.Second)
		b.nc.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
	if b.lock == nil {
		return nil
	}
	return b.lock.Unlock()
}

// lock takes the directory for this process. The kernel gives it back when the
// process dies, however it dies.
func lock(dir string) (*flock.Flock, error) {
	path := filepath.Join(dir, "lock")
	l := flock.New(path, flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, unusable(err)
	}
	if !ok {
		holder, _ := os.ReadFile(path)
		return nil, fmt.Errorf("the data directory %s is in use by %s: stop that one first, or name another directory", dir, strings.TrimSpace(string(holder)))
	}
	if err := os.WriteFile(path, fmt.Appendf(nil, "process %d, started %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339)), 0o600); err != nil {
		return l, unusable(err)
	}
	return l, nil
}

func unusable(err error) error {
	return fmt.Errorf("the data directory cannot be used: %w: make it writable, or name another with --data or data.dir", err)
}

// serverLog passes on what the engine says that matters. Its messages name
// streams and subjects, which here are ids.
type serverLog struct{ log *zap.Logger }

func (l serverLog) Noticef(string, ...any) {}
func (l serverLog) Debugf(string, ...any)  {}
func (l serverLog) Tracef(string, ...any)  {}
func (l serverLog) Warnf(format string, v ...any) {
	l.log.Warn("store", zap.String("says", fmt.Sprintf(format, v...)))
}
func (l serverLog) Errorf(format string, v ...any) {
	l.log.Error("store", zap.String("says", fmt.Sprintf(format, v...)))
}
func (l serverLog) Fatalf(format string, v ...any) {
	l.log.Error("store", zap.String("says", fmt.Sprintf(format, v...)))
}
