package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"triage/internal/bus"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/vault"
)

// Texts is the vault as ingest and respond see it.
type Texts struct {
	vault    *vault.Vault
	blobs    *bus.Blobs
	comments *bus.Topic[comment]
	gone     Gone
	bus      *bus.Bus
}

// Keep implements ingest.Keeper. A comment whose newest version this is already
// is left out: its text was kept, and may have been erased since. So is one that
// is erased for good, even while it is kept.
func (t Texts) Keep(ctx context.Context, batch []ingest.Comment) error {
	if err := t.bus.Room(); err != nil {
		return err
	}
	known, err := t.comments.LastOf(ctx, ids(batch))
	if err != nil {
		return err
	}
	out := make([]vault.Text, 0, len(batch))
	for _, c := range batch {
		if last, ok := known[c.ID]; ok && last.Version == c.Version || t.gone.Has(c.ID) {
			continue
		}
		body, err := json.Marshal(c.Content)
		if err != nil {
			return fmt.Errorf("encode content: %w", err)
		}
		out = append(out, vault.Text{Name: c.Key(), Body: body})
	}
	if len(out) == 0 {
		return nil
	}
	if err := t.vault.Keep(ctx, out); err != nil {
		return err
	}
	for _, text := range out {
		if id := idOf(text.Name); t.gone.Has(id) {
			err = errors.Join(err, t.erase(ctx, id))
		}
	}
	return err
}

func ids(batch []ingest.Comment) []string {
	out := make([]string, len(batch))
	for i, c := range batch {
		out[i] = c.ID
	}
	return out
}

// Open implements respond.Texts.
func (t Texts) Open(ctx context.Context, key string) (ingest.Content, error) {
	var c ingest.Content
	body, err := t.vault.Open(ctx, key)
	if errors.Is(err, vault.ErrNone) || errors.Is(err, vault.ErrErased) {
		return c, respond.ErrGone
	}
	if err != nil {
		return c, fmt.Errorf("open text: %w", err)
	}
	return c, json.Unmarshal(body, &c)
}

// Save implements respond.Texts.
func (t Texts) Save(ctx context.Context, key, text string) error {
	body, err := json.Marshal(ingest.Content{Text: text})
	if err != nil {
		return fmt.Errorf("encode reply: %w", err)
	}
	if err := t.vault.Keep(ctx, []vault.Text{{Name: key, Body: body}}); err != nil {
		return err
	}
	if id := idOf(key); t.gone.Has(id) { // erased meanwhile
		return errors.Join(respond.ErrGone, t.erase(ctx, id))
	}
	return nil
}

// sealed is where the vault keeps its sealed bytes.
type sealed struct{ *bus.Blobs }

// Create implements vault.Store.
func (s sealed) Create(ctx context.Context, in []vault.Text) (taken []int, err error) {
	blobs := make([]bus.Blob, len(in))
	for i, t := range in {
		blobs[i] = bus.Blob{Key: t.Name, Data: t.Body}
	}
	return s.Blobs.Create(ctx, blobs)
}

// Get implements vault.Store.
func (s sealed) Get(ctx context.Context, name string) ([]byte, error) {
	box, err := s.Blobs.Get(ctx, name)
	if errors.Is(err, bus.ErrNotFound) {
		return nil, vault.ErrNone
	}
	return box, err
}

// erase removes every text of a comment: each version, and what was said to it.
func (t Texts) erase(ctx context.Context, id string) error { return t.vault.EraseAll(ctx, id) }
