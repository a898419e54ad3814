package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
)

// nearlyFull is from which share of its quota on the store is in trouble.
const nearlyFull = 0.95

// roomLeft is what Room last found.
type roomLeft struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// roomFor is how long that counts.
const roomFor = 100 * time.Millisecond

// Room reports whether there is room for what comes in from outside. The last
// twentieth of the quota is for what people do then: sign in, decide, erase.
func (b *Bus) Room() error {
	b.left.mu.Lock()
	defer b.left.mu.Unlock()
	if time.Since(b.left.at) < roomFor {
		return b.left.err
	}
	share, err := b.Fill()
	if err == nil && share > nearlyFull {
		err = fmt.Errorf("the store's quota is nearly used up: %s", b.hint())
	}
	b.left.at, b.left.err = time.Now(), err
	return err
}

// hint is what to do about a full store.
func (b *Bus) hint() string {
	if b.server == nil {
		return "raise the account's storage limit"
	}
	return "raise data.max_store or free space on the disk"
}

// Healthy reports whether the engine answers, its store is in order, and there
// is room to write.
func (b *Bus) Healthy() error {
	if b.server != nil {
		if why := b.engineTrouble(); why != "" {
			return fmt.Errorf("store: %s", why)
		}
		if err := b.water.damaged(); err != nil {
			return err
		}
	} else if !b.nc.IsConnected() {
		return errors.New("store: no connection to NATS, trying again: see that the servers run and can be reached")
	}
	share, err := b.Fill()
	if err == nil && share > nearlyFull {
		err = fmt.Errorf("store: %.0f %% of its quota is used: %s", 100*share, b.hint())
	}
	return err
}

// healthTimeout bounds a look at servers elsewhere.
const healthTimeout = 2 * time.Second

// Fill is which share of the quota the store takes, from 0 to 1; 0 where there
// is no quota. Elsewhere it is the fullest of the account's tiers.
func (b *Bus) Fill() (float64, error) {
	if b.server != nil {
		info, err := b.server.Jsz(nil)
		if err != nil {
			return 0, fmt.Errorf("store: %w", err)
		}
		return share(info.Store, info.Config.MaxStore), nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), healthTimeout)
	defer cancel()
	info, err := b.js.AccountInfo(ctx)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	fullest := share(info.Store, info.Limits.MaxStore)
	for _, tier := range info.Tiers {
		fullest = max(fullest, share(tier.Store, tier.Limits.MaxStore))
	}
	return fullest, nil
}

// Behind counts the streams of which a copy is away or has not caught up. A stream
// without a majority of its copies does not answer: an error. The embedded engine has
// no copies.
func (b *Bus) Behind(ctx context.Context) (n int, err error) {
	if b.server != nil {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	names, err := b.Streams(ctx)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		s, err := b.js.Stream(ctx, name)
		if err != nil {
			return 0, fmt.Errorf("look at the copies of stream %s: %w", name, err)
		}
		if c := s.CachedInfo().Cluster; c != nil && slices.ContainsFunc(c.Replicas, behind) {
			n++
		}
	}
	return n, nil
}

func behind(p *jetstream.PeerInfo) bool { return p.Offline || !p.Current }

func share(used uint64, quota int64) float64 {
	if quota <= 0 {
		return 0
	}
	return float64(used) / float64(quota)
}

// engineTrouble is what the engine says is wrong; empty: nothing. It looks for a
// millisecond whether it is ready at all, which a busy machine does not always
// give it: then it is asked again.
func (b *Bus) engineTrouble() (why string) {
	for range 40 {
		why = b.server.Healthz(&server.HealthzOptions{}).Error
		if !strings.Contains(why, "ready for connections") {
			return why
		}
		time.Sleep(50 * time.Millisecond)
	}
	return why
}
