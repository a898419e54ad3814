package bus

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"triage/internal/bus/cluster"
)

// The leader dies again and again under a publisher that retries: what was
// acknowledged is there. Without any server the bus is not healthy, and with
// them it is again, by itself.
func TestKilledLeaderLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: three server processes are not started")
	}
	t.Parallel() // it mostly waits for elections
	kills := 3
	if long {
		kills = 10
	}
	c := cluster.Start(t)
	b := connect(t, remote(c.Access(t)))
	topic, err := NewTopic[event](t.Context(), b, "comments")
	if err != nil {
		t.Fatal(err)
	}
	p := publishOn(t, topic)
	var failovers []time.Duration
	for range kills {
		p.awaitNext(t)
		failovers = append(failovers, failover(t, c, b, p))
	}
	darkness(t, c, b)
	p.awaitNext(t)
	acked := p.stop()
	for range 10 { // each takes seconds while the servers still agree on who leads
		if err = b.Healthy(); err == nil {
			break
		}
	}
	if err != nil {
		t.Error(err)
	}
	if has, err := readable(t, b, len(acked)); has != len(acked) {
		t.Errorf("%d of %d acknowledged events are there: %v", has, len(acked), err)
	}
	slices.Sort(failovers)
	t.Logf("%d leaders killed: acknowledged %d, missing 0; kill to next acknowledgement p50 %v, p99 %v",
		kills, len(acked), failovers[len(failovers)/2].Round(time.Millisecond), failovers[len(failovers)-1].Round(time.Millisecond))
}

// failover kills the leader and brings it back. It returns how long nothing was
// acknowledged.
func failover(t *testing.T, c *cluster.Cluster, b *Bus, p *publisher) time.Duration {
	t.Helper()
	leader := leaderOf(t, c, b)
	began := time.Now()
	c.Kill(t, leader)
	p.awaitNext(t)
	took := time.Since(began)
	c.Restart(t, leader)
	return took
}

// darkness kills all servers and starts them again.
func darkness(t *testing.T, c *cluster.Cluster, b *Bus) {
	t.Helper()
	for i := range cluster.Size {
		c.Kill(t, i)
	}
	if err := b.Healthy(); err == nil {
		t.Error("healthy without a server")
	}
	for i := range cluster.Size {
		c.Launch(t, i)
	}
}

// publisher publishes events one after another, each until it is acknowledged.
type publisher struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
	beat   chan struct{} // after an acknowledgement, to whom waits
	acked  []event
}

func publishOn(t *testing.T, topic *Topic[event]) *publisher {
	ctx, cancel := context.WithCancel(t.Context())
	p := &publisher{cancel: cancel, beat: make(chan struct{})}
	p.done.Go(func() {
		for i := 0; ctx.Err() == nil; {
			try, done := context.WithTimeout(ctx, 500*time.Millisecond)
			next := events(i, i+1)
			err := topic.Publish(try, next)
			done()
			if err != nil {
				continue
			}
			i++
			p.acked = append(p.acked, next...)
			select {
			case p.beat <- struct{}{}:
			default:
			}
		}
	})
	t.Cleanup(func() { p.stop() })
	return p
}

// awaitNext returns after the second acknowledgement from now: the first may
// have been on its way.
func (p *publisher) awaitNext(t *testing.T) {
	t.Helper()
	for range 2 {
		select {
		case <-p.beat:
		case <-time.After(patience):
			t.Fatal("no acknowledgement for a minute")
		}
	}
}

func (p *publisher) stop() []event {
	p.cancel()
	p.done.Wait()
	return p.acked
}

func leaderOf(t *testing.T, c *cluster.Cluster, b *Bus) int {
	t.Helper()
	s, err := b.js.Stream(t.Context(), "comments")
	if err != nil {
		t.Fatal(err)
	}
	leader := s.CachedInfo().Cluster.Leader
	i := c.Node(leader)
	if i < 0 {
		t.Fatalf("leader %q", leader)
	}
	return i
}
