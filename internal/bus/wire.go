package bus

import (
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"
)

// Wire carries, between the processes of a practice, what is worth something only at
// this moment. Nothing of it is stored or waited for: what nobody hears is lost.
type Wire[T any] struct {
	bus     *Bus
	subject string
	heard   *nats.Subscription
}

// NewWire begins to listen under a name. hear is called with what any process says,
// this one too, one thing after the other; what cannot be read is left out.
func NewWire[T any](b *Bus, name string, hear func(T)) (*Wire[T], error) {
	w := &Wire[T]{bus: b, subject: "wire." + name}
	var err error
	w.heard, err = b.nc.Subscribe(w.subject, func(m *nats.Msg) {
		var said T
		if json.Unmarshal(m.Data, &said) == nil {
			hear(said)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", w.subject, err)
	}
	return w, nil
}

// Say tells every process that listens. It returns before any has heard.
func (w *Wire[T]) Say(v T) error {
	data, err := json.Marshal(v)
	if err == nil {
		err = w.bus.nc.Publish(w.subject, data)
	}
	if err != nil {
		return fmt.Errorf("say on %s: %w", w.subject, err)
	}
	return nil
}

// Close stops listening.
func (w *Wire[T]) Close() error { return w.heard.Unsubscribe() }
