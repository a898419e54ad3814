package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"triage/internal/alert"
	"triage/internal/bus"
	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/vault"
)

// stores are the streams and buckets of a practice, each seen by the stages
// through the small interface they declare.
type stores struct {
	comments comments
	verdicts verdicts
	texts    texts
	marks    marks
	cases    cases
	told     told
	users    users
	sessions sessions
}

func openStores(ctx context.Context, b *bus.Bus, k keys) (*stores, error) {
	var s stores
	var errs [8]error
	s.comments.topic, errs[0] = bus.NewTopic[comment](ctx, b, "comments")
	s.verdicts.topic, errs[1] = bus.NewTopic[verdict](ctx, b, "verdicts")
	s.marks.bucket, errs[2] = bus.NewBucket[mark](ctx, b, "marks")
	s.cases.bucket, errs[3] = bus.NewBucket[respond.Case](ctx, b, "cases")
	s.told.bucket, errs[4] = bus.NewBucket[toldRecord](ctx, b, "told")
	s.users.bucket, errs[5] = bus.NewBucket[people.User](ctx, b, "users")
	s.sessions.bucket, errs[6] = bus.NewBucket[session](ctx, b, "sessions")
	blobs, err := bus.NewBlobs(ctx, b, "texts")
	errs[7] = err
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	s.texts.vault, err = vault.New(sealed{blobs}, k.texts)
	return &s, err
}

// texts is the vault as ingest and respond see it.
type texts struct{ vault *vault.Vault }

// Keep implements ingest.Keeper.
func (t texts) Keep(ctx context.Context, batch []ingest.Comment) error {
	out := make([]vault.Text, len(batch))
	for i, c := range batch {
		body, err := json.Marshal(c.Content)
		if err != nil {
			return fmt.Errorf("encode content: %w", err)
		}
		out[i] = vault.Text{Name: c.Key(), Body: body}
	}
	return t.vault.Keep(ctx, out)
}

// Open implements respond.Texts.
func (t texts) Open(ctx context.Context, key string) (ingest.Content, error) {
	var c ingest.Content
	body, err := t.vault.Open(ctx, key)
	if errors.Is(err, bus.ErrNotFound) {
		return c, respond.ErrGone
	}
	if err != nil {
		return c, fmt.Errorf("open text: %w", err)
	}
	return c, json.Unmarshal(body, &c)
}

// Save implements respond.Texts.
func (t texts) Save(ctx context.Context, key, text string) error {
	body, err := json.Marshal(ingest.Content{Text: text})
	if err != nil {
		return fmt.Errorf("encode reply: %w", err)
	}
	return t.vault.Keep(ctx, []vault.Text{{Name: key, Body: body}})
}

// sealed is where the vault keeps its sealed bytes.
type sealed struct{ *bus.Blobs }

func (s sealed) Create(ctx context.Context, in []vault.Text) error {
	blobs := make([]bus.Blob, len(in))
	for i, t := range in {
		blobs[i] = bus.Blob{Key: t.Name, Data: t.Body}
	}
	return s.Blobs.Create(ctx, blobs)
}

// cases implements respond.Cases.
type cases struct{ bucket *bus.Bucket[respond.Case] }

func (s cases) Create(ctx context.Context, in []respond.Case) error { return s.bucket.Create(ctx, in) }

func (s cases) Get(ctx context.Context, id string) (respond.Case, error) {
	r, err := s.bucket.Get(ctx, id)
	if errors.Is(err, bus.ErrNotFound) {
		return respond.Case{}, respond.ErrNotFound
	}
	r.Value.Revision = r.Revision
	return r.Value, err
}

func (s cases) Update(ctx context.Context, c respond.Case) (respond.Case, error) {
	rev, err := s.bucket.Update(ctx, c, c.Revision)
	if errors.Is(err, bus.ErrConflict) {
		return c, respond.ErrConflict
	}
	c.Revision = rev
	return c, err
}

func (s cases) All() iter.Seq[*respond.Case] {
	stored := s.bucket.All()
	return func(yield func(*respond.Case) bool) {
		for _, r := range stored {
			if !yield(&r.Value) {
				return
			}
		}
	}
}

// mark is how far an account was read.
type mark struct {
	Platform string      `json:"platform"`
	Account  string      `json:"account"`
	Mark     ingest.Mark `json:"mark"`
}

// Key implements bus.Keyed.
func (m mark) Key() string { return m.Platform + "/" + m.Account }

// marks implements ingest.Marks.
type marks struct{ bucket *bus.Bucket[mark] }

func (s marks) Load(ctx context.Context, platform, account string) (ingest.Mark, error) {
	r, err := s.bucket.Get(ctx, mark{Platform: platform, Account: account}.Key())
	if errors.Is(err, bus.ErrNotFound) {
		return ingest.Mark{}, nil
	}
	return r.Value.Mark, err
}

func (s marks) Save(ctx context.Context, platform, account string, m ingest.Mark) error {
	_, err := s.bucket.Put(ctx, mark{platform, account, m})
	return err
}

// toldRecord is the pager's memory of one trouble, under a key the bucket takes.
type toldRecord struct{ alert.Told }

// Key implements bus.Keyed.
func (t toldRecord) Key() string { return t.Alert.Key }

// told implements alert.Memory.
type told struct{ bucket *bus.Bucket[toldRecord] }

func (s told) All() []alert.Told {
	var out []alert.Told
	for _, r := range s.bucket.All() {
		out = append(out, r.Value.Told)
	}
	return out
}

func (s told) Put(ctx context.Context, t alert.Told) error {
	_, err := s.bucket.Put(ctx, toldRecord{t})
	return err
}

func (s told) Delete(ctx context.Context, key string) error { return s.bucket.Delete(ctx, key) }
