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
	"sync"
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
	// Water is the file of the high-water marks, beside the store and not in it:
	// a store that holds less than it did is refused. Empty keeps none.
	Water string
	// AcceptLoss goes on with a store that lost something, and takes what is left
	// for the new mark.
	AcceptLoss bool
	// Lazy gives up the promise of being on disk, for measurements only.
	Lazy bool
	Log  *zap.Logger

	pulse time.Duration // between two marks; 0 is a minute
}

// Bus is a running engine, or servers elsewhere, and our connection to it.
type Bus struct {
	left   roomLeft
	js     jetstream.JetStream
	nc     *nats.Conn
	server *server.Server // nil if it runs elsewhere
	lock   *flock.Flock
	water  *water
	copies int // of each thing, if the engine runs elsewhere
	log    *zap.Logger

	closing sync.Once
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
	if err := ours(o.Dir); err != nil {
		return err
	}
	if err := checkKey(o.Dir, o.Key); err != nil {
		return err
	}
	if err := finishRekey(o.Dir); err != nil {
		return err
	}
	if err := removeLitter(o.Dir, len(o.Key) > 0); err != nil {
		return unusable(err)
	}
	if b.server, err = server.NewServer(b.serverOptions(o)); err != nil {
		return fmt.Errorf("start the store: %w", err)
	}
	b.server.SetLoggerV2(serverLog{b.log}, false, false, false)
	b.server.Start()
	if err := b.ready(ctx); err != nil {
		return fmt.Errorf("start the store: %w", err)
	}
	if why := b.engineTrouble(); why != "" {
		return fmt.Errorf("the store in %s is damaged and was left as it is (%s): restore a backup, or move the directory aside to start empty", o.Dir, why)
	}
	if err := b.compareMarks(o); err != nil {
		return fmt.Errorf("the store in %s was left as it is: %w", o.Dir, err)
	}
	if b.nc, err = nats.Connect("", nats.InProcessServer(b.server), nats.MaxReconnects(-1), nats.Name("triage")); err != nil {
		return fmt.Errorf("connect to the store: %w", err)
	}
	if b.js, err = jetstream.New(b.nc, jetstream.WithDefaultTimeout(20*time.Second)); err != nil {
		return fmt.Errorf("connect to the store: %w", err)
	}
	b.keepMarks()
	return ctx.Err()
}

// ready waits until the engine can be connected to.
func (b *Bus) ready(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for !b.server.ReadyForConnections(100 * time.Millisecond) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if limit.Err() != nil {
			return fmt.Errorf("not ready after %v: see the log lines before this one", startTimeout)
		}
	}
	return nil
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

// Exclusive reports whether nobody else can use the store: the embedded one is
// locked, one elsewhere serves several processes.
func (b *Bus) Exclusive() bool { return b.server != nil }

// replicas is on how many servers each thing is kept.
func (b *Bus) replicas() int { return max(1, b.copies) }

// checkReplicas refuses to keep things on another number of servers than they
// are kept on: two processes would each undo what the other did.
func (b *Bus) checkReplicas(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, agreeTimeout)
	defer cancel()
	streams := b.js.ListStreams(ctx)
	for s := range streams.Info() {
		if n, ours := s.Config.Replicas, b.replicas(); n != ours {
			return fmt.Errorf("connect to NATS: stream %s is kept on %d servers and nats.replicas is %d; nothing was touched: set replicas to %d, or first give every stream of the account %d", s.Config.Name, n, ours, n, ours)
		}
	}
	if err := streams.Err(); err != nil {
		return fmt.Errorf("connect to NATS: %w", err)
	}
	return nil
}

// Close stops in the order that loses nothing. Consumers must have returned.
// Closing twice is harmless.
func (b *Bus) Close() (err error) {
	b.closing.Do(func() { err = b.close() })
	return err
}

func (b *Bus) close() (err error) {
	if b.water != nil {
		b.water.halt()
	}
	if b.nc != nil {
		if b.nc.IsConnected() {
			_ = b.nc.FlushTimeout(5 * time.Second)
		}
		b.nc.Close()
	}
	if b.server != nil {
		err = b.stopServer()
	}
	if b.lock != nil {
		err = errors.Join(err, b.lock.Unlock())
	}
	return err
}

// stopServer stops the engine, and only then says how far it had come.
func (b *Bus) stopServer() error {
	var states map[string]state
	var err error
	if b.water != nil {
		states, err = b.states()
	}
	b.server.Shutdown()
	b.server.WaitForShutdown()
	if err != nil || b.water == nil {
		return err
	}
	return b.water.settle(states)
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
