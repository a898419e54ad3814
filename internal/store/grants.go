package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"triage/internal/bus"
	"triage/internal/ingest"
	"triage/internal/vault"
)

// grant is what a platform granted to an account, sealed under the practice's
// key: it opens the account to whoever has it. It is in no backup: of most
// platforms' tokens only the newest is good, so that an older one that came back
// would be dead, and using it could end the newer one.
type grant struct {
	Name   string `json:"name"`
	Sealed []byte `json:"sealed"`
}

// Key implements bus.Keyed.
func (g grant) Key() string { return g.Name }

// Grants implements ingest.Grants.
type Grants struct {
	bucket *bus.Bucket[grant]
	leases *bus.Leases
	ring   vault.Ring
	log    *zap.Logger
}

func grantName(platform, account string) string { return platform + "/" + account }

// Load implements ingest.Grants. One that no key of the practice opens is none: a
// person connects the account again.
func (s Grants) Load(ctx context.Context, platform, account string) (g ingest.Grant, err error) {
	name := grantName(platform, account)
	kept, err := s.bucket.Get(ctx, name)
	if errors.Is(err, bus.ErrNotFound) {
		return g, nil
	}
	if err != nil {
		return g, fmt.Errorf("load grant: %w", err)
	}
	plain, err := s.ring.Unseal(name, kept.Value.Sealed)
	if err == nil {
		err = json.Unmarshal(plain, &g)
	}
	if err != nil {
		s.log.Warn("what was granted to the account was sealed under another key and is not used: put the key back, or connect the account again",
			zap.String("platform", platform), zap.String("account", account))
		g = ingest.Grant{}
	}
	g.Revision = kept.Revision
	return g, nil
}

// Save implements ingest.Grants.
func (s Grants) Save(ctx context.Context, platform, account string, g ingest.Grant) (uint64, error) {
	plain, err := json.Marshal(g)
	if err != nil {
		return 0, fmt.Errorf("save grant: %w", err)
	}
	kept := grant{Name: grantName(platform, account)}
	kept.Sealed = s.ring.Seal(kept.Name, plain)
	var revision uint64
	if g.Revision == 0 {
		revision, err = s.bucket.Insert(ctx, kept)
	} else {
		revision, err = s.bucket.Update(ctx, kept, g.Revision)
	}
	switch {
	case errors.Is(err, bus.ErrExists), errors.Is(err, bus.ErrConflict):
		return 0, ingest.ErrStale
	case err != nil:
		return 0, fmt.Errorf("save grant: %w", err)
	}
	return revision, nil
}

// Grant is ingest's, for those that know no more of ingest.
type Grant = ingest.Grant

// replaceMost bounds how often a grant that others change is tried to replace.
const replaceMost = 10

// Replace keeps g whatever is kept, and over all of that: a person connected the
// account.
func (s Grants) Replace(ctx context.Context, platform, account string, g Grant) error {
	for range replaceMost {
		old, err := s.Load(ctx, platform, account)
		if err != nil {
			return err
		}
		g.Revision = old.Revision
		if _, err = s.Save(ctx, platform, account, g.Over(old)); !errors.Is(err, ingest.ErrStale) {
			return err
		}
	}
	return errors.New("the account's token changes all the time: try again")
}

// Alone implements ingest.Grants.
func (s Grants) Alone(ctx context.Context, platform, account string, work func(ctx context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var result error
	done := false
	err := s.leases.Hold(ctx, "grant/"+grantName(platform, account), func(ctx context.Context, _ uint64) error {
		result, done = work(ctx), true
		stop() // once is enough
		return nil
	})
	switch {
	case done:
		return result
	case err != nil:
		return err
	default:
		return ctx.Err()
	}
}
