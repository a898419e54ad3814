package bus

import (
	"context"
	"errors"
	"fmt"

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
	bus    *Bus
	name   string
	stream jetstream.Stream
}

// NewBlobs opens a store of blobs, creating it the first time.
func NewBlobs(ctx context.Context, b *Bus, name string) (*Blobs, error) {
	s, err := b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: name, Subjects: []string{name + ".>"},
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		AllowDirect: true, AllowAtomicPublish: true,
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return &Blobs{bus: b, name: name, stream: s}, nil
}

// Create stores the blobs whose keys are free and leaves the others alone.
func (s *Blobs) Create(ctx context.Context, blobs []Blob) error {
	writes := make([]write, len(blobs))
	for i, b := range blobs {
		writes[i] = write{subject: s.name + "." + b.Key, data: b.Data}
	}
	if _, err := s.bus.createAll(ctx, writes); err != nil {
		return fmt.Errorf("write to %s: %w", s.name, err)
	}
	return nil
}

// Get returns the bytes under key, or ErrNotFound.
func (s *Blobs) Get(ctx context.Context, key string) ([]byte, error) {
	if key == "" || key[0] == '.' || key[len(key)-1] == '.' {
		return nil, ErrNotFound // a part of the name is missing: it names nothing
	}
	m, err := s.stream.GetLastMsgForSubject(ctx, s.name+"."+key)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read from %s: %w", s.name, err)
	}
	return m.Data, nil
}

// Erase overwrites the bytes under key on the disk. Erasing what is not there
// is harmless.
func (s *Blobs) Erase(ctx context.Context, key string) error {
	m, err := s.stream.GetLastMsgForSubject(ctx, s.name+"."+key)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("erase from %s: %w", s.name, err)
	}
	if err := s.stream.SecureDeleteMsg(ctx, m.Sequence); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("erase from %s: %w", s.name, err)
	}
	return nil
}
