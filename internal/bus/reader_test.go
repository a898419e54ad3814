package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// hasten makes failed events rest for a moment only.
func hasten(t *testing.T) {
	old := backOff
	backOff = []time.Duration{time.Millisecond, 2 * time.Millisecond, 3 * time.Millisecond, 4 * time.Millisecond, 5 * time.Millisecond}
	t.Cleanup(func() { backOff = old })
}

// desk counts what a reader did with each event.
type desk struct {
	mu      sync.Mutex
	handled map[string]int
	letters []Letter[event]
}

// read runs a reader until the condition holds.
func (d *desk) read(t *testing.T, topic *Topic[event], r Reader[event], until func() bool) {
	t.Helper()
	ctx, heard, cancel := listen(t)
	defer cancel()
	handle, dead := r.Handle, r.Dead
	r.Name = "reader"
	r.Handle = func(ctx context.Context, batch []event) error {
		heard()
		err := handle(ctx, batch)
		d.mu.Lock()
		defer d.mu.Unlock()
		if err == nil {
			for _, e := range batch {
				d.handled[e.ID]++
			}
		}
		if until() {
			cancel()
		}
		return err
	}
	if dead != nil {
		r.Dead = func(ctx context.Context, l Letter[event]) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			heard()
			d.letters = append(d.letters, l)
			err := dead(ctx, l)
			if until() {
				cancel()
			}
			return err
		}
	}
	if err := topic.Consume(ctx, r); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		t.Fatalf("in vain: handled %d, letters %v", len(d.handled), d.letters)
	}
}

// failing fails on the events of these keys.
func failing(err error, keys ...string) func(context.Context, []event) error {
	return func(_ context.Context, batch []event) error {
		for _, e := range batch {
			for _, k := range keys {
				if e.ID == k {
					return err
				}
			}
		}
		return nil
	}
}

func buried(context.Context, Letter[event]) error { return nil }

func TestDeadLetters(t *testing.T) {
	hasten(t)
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		topic, err := NewTopic[event](t.Context(), b, "comments")
		if err != nil {
			t.Fatal(err)
		}
		if err := topic.Publish(t.Context(), events(0, 50)); err != nil {
			t.Fatal(err)
		}
		if _, err := b.js.Publish(t.Context(), "comments.broken.1", []byte(`{"id":`)); err != nil {
			t.Fatal(err)
		}
		tired, poison := errors.New("not today"), fmt.Errorf("no such thing: %w", ErrPoison)
		d := &desk{handled: map[string]int{}}
		handle := func(ctx context.Context, batch []event) error {
			return errors.Join(failing(tired, "e00007")(ctx, batch), failing(poison, "e00009")(ctx, batch))
		}
		d.read(t, topic, Reader[event]{Handle: handle, Dead: buried}, func() bool { return len(d.letters) == 3 && len(d.handled) == 48 })
		tries := map[string]int{}
		for _, l := range d.letters {
			tries[l.Key] = l.Tries
			if (l.Event == nil) != (l.Key == "broken.1") || l.Err == nil {
				t.Errorf("letter %+v", l)
			}
		}
		if want := map[string]int{"broken.1": 1, "e00009": 1, "e00007": 6}; fmt.Sprint(tries) != fmt.Sprint(want) {
			t.Errorf("tries %v, want %v", tries, want)
		}
		if n := d.handled["e00007"] + d.handled["e00009"]; n != 0 {
			t.Errorf("handled %d times what failed", n)
		}
		settled(t, topic)
	})
}

// settled fails unless the reader has nothing left to do.
func settled(t *testing.T, topic *Topic[event]) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		waiting, _, err := topic.Flow(t.Context(), "reader")
		if err != nil {
			t.Fatal(err)
		}
		if waiting == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d events are not settled", waiting)
		}
	}
}

func TestNothingIsGivenUpWhileDeadLettersFail(t *testing.T) {
	hasten(t)
	topic, err := NewTopic[event](t.Context(), start(t, t.TempDir(), ""), "comments")
	if err != nil {
		t.Fatal(err)
	}
	if err := topic.Publish(t.Context(), events(0, 3)); err != nil {
		t.Fatal(err)
	}
	full := errors.New("the store is full")
	d := &desk{handled: map[string]int{}}
	d.read(t, topic, Reader[event]{
		Handle: failing(ErrPoison, "e00001"),
		Dead:   func(context.Context, Letter[event]) error { return full },
	}, func() bool { return len(d.letters) == 9 })
	// The next reader finds it still there, and the store has room again. What
	// came after it comes once more.
	d.letters, d.handled = nil, map[string]int{}
	d.read(t, topic, Reader[event]{Handle: failing(ErrPoison, "e00001"), Dead: buried},
		func() bool { return len(d.letters) == 1 && d.handled["e00002"] > 0 })
	if l := d.letters[0]; l.Key != "e00001" || l.Event == nil || l.Event.Body != "x" {
		t.Fatalf("letter %+v", l)
	}
	settled(t, topic)
}

func TestWithoutDeadLettersAllComesAgain(t *testing.T) {
	hasten(t)
	topic, err := NewTopic[event](t.Context(), start(t, t.TempDir(), ""), "comments")
	if err != nil {
		t.Fatal(err)
	}
	if err := topic.Publish(t.Context(), events(0, 3)); err != nil {
		t.Fatal(err)
	}
	n := 0
	d := &desk{handled: map[string]int{}}
	d.read(t, topic, Reader[event]{Handle: func(ctx context.Context, batch []event) error {
		if len(batch) == 1 && batch[0].ID == "e00001" {
			if n++; n < 20 {
				return ErrPoison
			}
			return nil
		}
		return failing(ErrPoison, "e00001")(ctx, batch)
	}}, func() bool { return len(d.handled) == 3 })
	settled(t, topic)
}

func TestChangesOfABucketLeaveOutDeletions(t *testing.T) {
	each(t, func(t *testing.T, open func() *Bus) {
		b := open()
		bucket, err := NewBucket[event](t.Context(), b, "cases")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = bucket.Close() })
		if err := bucket.Create(t.Context(), events(0, 5)); err != nil {
			t.Fatal(err)
		}
		if err := bucket.Delete(t.Context(), "e00002"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.js.Publish(t.Context(), "$KV.cases.broken", []byte("{")); err != nil {
			t.Fatal(err)
		}
		d := &desk{handled: map[string]int{}}
		d.read(t, bucket.Changes(), Reader[event]{Handle: failing(nil), Dead: buried}, func() bool { return len(d.handled) == 4 && len(d.letters) == 1 })
		if d.letters[0].Key != "broken" || d.handled["e00002"] != 0 {
			t.Fatalf("letters %+v, handled %v", d.letters, d.handled)
		}
		settled(t, bucket.Changes())
	})
}

// A request for events that is lost, or refused because the engine knows of no
// such reader yet, is made again before events would come again anyway.
func TestLostRequestIsMadeAgain(t *testing.T) {
	for name, answer := range map[string]func(*nats.Msg) error{
		"lost":    func(*nats.Msg) error { return nil },
		"refused": func(m *nats.Msg) error { return m.RespondMsg(&nats.Msg{Header: nats.Header{"Status": {"503"}}}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it mostly waits
			b := start(t, t.TempDir(), "")
			topic, err := NewTopic[event](t.Context(), b, "comments")
			if err != nil {
				t.Fatal(err)
			}
			if err := topic.Publish(t.Context(), events(0, 10)); err != nil {
				t.Fatal(err)
			}
			const request = "$JS.API.CONSUMER.MSG.NEXT.comments.reader"
			account := b.server.GlobalAccount()
			if err := account.AddMapping(request, "astray"); err != nil {
				t.Fatal(err)
			}
			asked := make(chan []byte, 1)
			if _, err := b.nc.Subscribe("astray", func(m *nats.Msg) {
				account.RemoveMapping(request)
				if err := answer(m); err != nil {
					t.Error(err)
				}
				asked <- m.Data
			}); err != nil {
				t.Fatal(err)
			}
			consume(t, topic, "reader", 10, all)
			var first struct {
				Beat time.Duration `json:"idle_heartbeat"`
			}
			if err := json.Unmarshal(<-asked, &first); err != nil || first.Beat == 0 || 2*first.Beat >= ackWait {
				t.Errorf("it is noticed after two missing heartbeats of %v, want less than %v; %v", first.Beat, ackWait, err)
			}
		})
	}
}
