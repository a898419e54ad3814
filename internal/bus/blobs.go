package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Blob is bytes under a key.
type Blob struct {
	Key  string
	Data []byte
}

// Blobs keeps bytes that are written once, never changed, and can be erased
// from the disk for good.
type Blobs struct {
	bus            *Bus
	name           string
	stream, leader jetstream.Stream
}

// NewBlobs opens a store of blobs, creating it the first time.
func NewBlobs(ctx context.Context, b *Bus, name string) (*Blobs, error) {
	s, leader, err := b.open(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{name + ".>"}})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return &Blobs{bus: b, name: name, stream: s, leader: leader}, nil
}

// Create stores the blobs whose keys are free, leaves the others alone, and
// returns the indices of those.
func (s *Blobs) Create(ctx context.Context, blobs []Blob) (taken []int, err error) {
	writes := make([]write, len(blobs))
	for i, b := range blobs {
		writes[i] = write{subject: s.name + "." + b.Key, data: b.Data}
	}
	if taken, err = s.bus.createAll(ctx, writes); err != nil {
		return nil, fmt.Errorf("write to %s: %w", s.name, err)
	}
	return taken, nil
}

// Get returns the bytes under key, or ErrNotFound.
func (s *Blobs) Get(ctx context.Context, key string) ([]byte, error) {
	if key == "" || key[0] == '.' || key[len(key)-1] == '.' {
		return nil, ErrNotFound // a part of the name is missing: it names nothing
	}
	m, err := newest(ctx, s.stream, s.leader, s.name+"."+key)
	if errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("read from %s: %w", s.name, err)
	}
	return m.Data, nil
}

// Erase overwrites the bytes under key on the disk. Erasing what is not there
// is harmless.
func (s *Blobs) Erase(ctx context.Context, key string) error {
	_, err := s.bus.erase(ctx, s.leader, s.name+"."+key)
	return err
}

// EraseAll erases every blob whose key begins with "prefix." and says how many
// there were.
func (s *Blobs) EraseAll(ctx context.Context, prefix string) (int, error) {
	return s.bus.erase(ctx, s.leader, s.name+"."+prefix+".>")
}

// Names hands on the keys of what was stored before the time, in the order in
// which it was, until f fails. The bytes are not read.
func (s *Blobs) Names(ctx context.Context, before time.Time, f func(key string, stored time.Time) error) error {
	return s.bus.walk(ctx, walk{stream: s.leader, filter: s.name + ".>", headers: true}, func(m jetstream.Msg, meta *jetstream.MsgMetadata) error {
		at := storedAt(m.Headers(), meta.Timestamp)
		if !at.Before(before) { // what follows may be older: clocks are set back
			return nil
		}
		return f(strings.TrimPrefix(m.Subject(), s.name+"."), at)
	})
}
