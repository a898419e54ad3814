package cluster

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A cluster keeps a message on all servers, goes on without any one of them,
// and takes it back.
func TestClusterOutlivesEachServer(t *testing.T) {
	began := time.Now()
	c := Start(t)
	t.Logf("ready after %v", time.Since(began).Round(time.Millisecond))
	c.Access(t)
	nc, js, err := c.connect(c.clients[0])
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	s, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "s", Subjects: []string{"s.>"}, Replicas: Size})
	if err != nil {
		t.Fatal(err)
	}
	publish := func() error { _, err := js.Publish(t.Context(), "s.x", nil); return err }
	for i := range Size {
		if err := eventually("published", publish); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		c.Kill(t, i)
		if err := eventually("published without one", publish); err != nil {
			t.Fatal(err)
		}
		t.Logf("server %d gone for %v", i, time.Since(began).Round(time.Millisecond))
		c.Restart(t, i)
	}
	info, err := s.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.State.Msgs < 2*Size || len(info.Cluster.Replicas) != Size-1 || c.Node(info.Cluster.Leader) < 0 {
		t.Fatalf("%d messages, %d followers of %s", info.State.Msgs, len(info.Cluster.Replicas), info.Cluster.Leader)
	}
}

// A frozen majority answers nothing; awake, it goes on.
func TestPausedMajorityAnswersNothing(t *testing.T) {
	c := Start(t)
	nc, js, err := c.connect(c.clients[0])
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err = js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "s", Subjects: []string{"s.>"}, Replicas: Size}); err != nil {
		t.Fatal(err)
	}
	at := c.Node(nc.ConnectedServerName())
	c.Pause(t, (at+1)%Size)
	c.Pause(t, (at+2)%Size)
	if _, err := js.Publish(t.Context(), "s.x", nil, jetstream.WithRetryAttempts(0)); err == nil {
		t.Fatal("published with two of three servers frozen")
	}
	c.Resume(t, (at+1)%Size)
	c.Resume(t, (at+2)%Size)
	if err := eventually("published", func() error { _, err := js.Publish(t.Context(), "s.x", nil); return err }); err != nil {
		t.Fatal(err)
	}
}
